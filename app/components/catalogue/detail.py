"""One category in detail: where mending it would help, what usually helps, and its examples."""

from __future__ import annotations

import streamlit as st

from app import access, boards, loading
from app.components import links
from app.components.board import facts
from app.components.guard import guarded
from app.components.images import linking
from app.components.picked_set import CLASSES
from app.components.queue import place
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.catalogue import board as acts
from diagnostics.catalogue import knowledge as known
from diagnostics.catalogue.breakdown import parts
from diagnostics.catalogue.groups import groups, sizes
from diagnostics.catalogue.table import CatalogueRow
from diagnostics.workspace import BoardView, PredictionsEntry

LISTED = 200


def draw(entry: PredictionsEntry, view: BoardView, rows: list[CatalogueRow]) -> None:
    """Draw a picker of the category and what is known of it."""
    of = {row.category.id: row for row in rows}
    id = st.selectbox(_("Category in detail"), list(of), format_func=lambda one: plain(of[one].category.name),
                      key="detail_category", width=360)  # fmt: skip
    row = of[id]
    left, right = st.columns(2, gap="medium")
    with left:
        _where(entry, view, row)
    with right:
        _helps(entry, view, row)
    _examples(entry, view, row)


def _where(entry: PredictionsEntry, view: BoardView, row: CatalogueRow) -> None:
    st.markdown(f"**{_('Where mending it would help')}**")
    predictions = loading.predictions(entry)
    errors = boards.errors(predictions)
    found = boards.cards(predictions, view.state)
    names = {"truth": _("Truth"), "answer": _("Answer")}
    ways = groups(found, classes=predictions.task in CLASSES)
    offered = {group.name: group for group in ways if group.name != "answer"}
    if not offered:
        st.caption(_("Nothing to split by."))
        return
    by = st.selectbox(_("Split by"), list(offered), format_func=lambda n: names.get(n, plain(n)), key="detail_split")
    group = offered[by]
    value_of = {key: group.values[place] for key, place in group.of.items()}
    totals = loading.measured(sizes, predictions, by, group.values, group.cuts)
    told = parts(view.state, row.category.id, value_of, totals, errors=len(errors), cost=errors.cost)
    columns: dict[str, list[object]] = {
        plain(names.get(by, by)): [plain(one.value) for one in told],
        _("Tagged"): [one.tagged for one in told],
    }
    if errors.tail is None:
        columns[_("Gain, 95 %")] = [facts.share(one.gain, interval=True) for one in told]
    if errors.cost is not None:
        columns[facts.worth(errors)] = [facts.saved(one.loss) for one in told]
    st.dataframe(
        columns,
        hide_index=True,
        alt=_("Gain of mending this category, for each value"),
    )
    if why := facts.undefined([*(one.gain for one in told), *(one.loss for one in told)]):
        st.caption(why)


def _helps(entry: PredictionsEntry, view: BoardView, row: CatalogueRow) -> None:
    st.markdown(f"**{_('What usually helps')}**")
    category = row.category
    may_write = access.may(access.WRITE, entry.project)
    with st.container(horizontal=True, gap="small"):
        for number, title in enumerate(known.interventions(category.id, category.name, language())):
            st.button(escape(title), key=f"help_{category.id}_{number}", on_click=_plan, disabled=not may_write,
                      args=(entry, view.entry.id, category.id, title))  # fmt: skip
    st.caption(_("A click writes it into the column Action."))
    if category.fields.get("was") is not None:
        text = _("Before the last predictions: {was} examples; of these still wrong: {now}, right by now: {gone}.")
        st.caption(text.format(was=category.fields["was"], now=len(category.examples), gone=len(category.gone)))


def _examples(entry: PredictionsEntry, view: BoardView, row: CatalogueRow) -> None:
    found = boards.cards(loading.predictions(entry), view.state)
    keys = [key for key in row.category.examples[:LISTED] if key in found]
    if not keys:
        st.caption(_("No example yet."))
        return
    event = st.dataframe(
        {
            _("Row"): [found[key].row + 1 for key in keys],
            _("Example"): [plain(found[key].title) for key in keys],
            _("Truth"): [plain(found[key].truth) for key in keys],
            _("Answer"): [plain(found[key].answer) for key in keys],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"detail_examples_{row.category.id}",
        alt=_("Examples of this category"),
    )
    chosen = event["selection"]["rows"]
    key = keys[chosen[0]] if chosen and chosen[0] < len(keys) else keys[0]
    with st.container(horizontal=True):
        place.link(key, _("Open {name} in the queue").format(name=shorten(found[key].title, 40)) + " ›")
        linking.of_row(entry, loading.predictions(entry), found[key].row, found[key].image)
        links.to_page("board", _("Open the board") + " ›")


@guarded
def _plan(entry: PredictionsEntry, board: str, id: str, title: str) -> None:
    boards.write(entry.project, board, lambda now, who: acts.edit(now, who, id, action=title))
