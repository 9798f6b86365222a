"""A contact sheet: many pictures explained alike, from the active slice, its errors, or a category of the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import boards, loading, state
from app.components import choices
from app.components.explain import store
from app.components.images import controls, one
from app.components.images.linking import ROW
from app.components.text import escape, shorten
from app.i18n import _, language, ngettext
from diagnostics.knowledge.numbers import integer, percent, percent_interval

if TYPE_CHECKING:
    from app.components.images.subject import Subject
    from diagnostics.explanations.images.examples import Example
    from diagnostics.explanations.images.explaining import ImageExplanation

TILE = 145
COUNTS = {"12": "12", "24": "24", "48": "48"}
ERRORS, ALL = "errors", "all"
OPACITY = 0.7


def draw(subject: Subject) -> None:
    """Draw the choices and the pictures; those that are done are there at once."""
    from diagnostics.explanations.images import work
    from diagnostics.explanations.images.examples import spread

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        found = _source(subject)
        code = controls.explained(subject)
        count = choices.one(_("Pictures"), COUNTS, key="tiles", default="12")
    chosen = spread(found, int(count))
    way = controls.way(subject, pictures=len(chosen))
    if not chosen:
        st.info(_("No picture of this kind in what is shown."))
        return
    if way is None:
        return
    numbers = [controls.number(code, example) for example in chosen]
    names = tuple(example.picture for example in chosen)
    done = store.wait_for(
        f"sheet-{subject.model.key(subject.key, names, way, numbers)}",
        lambda job: work.explain_pictures(job, subject.model, subject.pictures, chosen, way, numbers),
        told=_("Asking the model about picture after picture"), place="sheet",
    )  # fmt: skip
    if done:
        text = ngettext("{n} of {all} picture, evenly spread", "{n} of {all} pictures, evenly spread", len(found))
        st.caption(text.format(n=integer(len(done), language()), all=integer(len(found), language())))
        _summary([explained for explained in done if explained is not None])
        _tiles(subject, chosen, done)


def _source(subject: Subject) -> list[Example]:
    """Draw where the pictures come from and return all of them."""
    named = {ERRORS: _("Wrong answers"), ALL: _("All rows")}
    categories = _categories(subject)
    named |= {code: shorten(name, 40) for code, (name, _rows) in categories.items()}
    state.from_address("sheet")
    if state.widget("sheet") not in named:
        state.control("sheet", ERRORS)
    chosen: str = st.selectbox(
        _("Pictures of"), list(named), format_func=named.__getitem__, key="sheet", width=260,
        help=_("Rows of the active slice, or a category of the error board."),
    )  # fmt: skip
    state.to_address("sheet", chosen, default=ERRORS)
    if chosen in categories:
        rows = categories[chosen][1]
        return [e for e in loading.measured(one.of_rows, subject.whole, rows) if e.picture in subject.pictures]
    return [e for e in subject.examples if chosen == ALL or e.is_error]


def _categories(subject: Subject) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Categories of the set's board that hold examples: their names and rows, by code."""
    from diagnostics.catalogue.board import board

    view = boards.find(subject.entry)
    if view is None:
        return {}
    rows = boards.rows(view.state)
    found = {}
    for category in board(view.state).categories:
        places = tuple(sorted(rows[key] for key in category.examples if key in rows))
        if places:
            found[f"board-{category.id}"] = (_("Board: {name}").format(name=category.name), places)
    return found


def _summary(found: list[ImageExplanation]) -> None:
    from diagnostics.explanations.images import painting
    from diagnostics.explanations.images.together import together

    told = together(found)
    if told.mean is None or told.share is None:
        return
    left, right = st.columns([1, 4], vertical_alignment="center", gap="medium")
    with left:
        st.image(painting.picture(painting.colours(told.mean).astype("uint8"), TILE * 2), width=TILE,
                 alt=_("Mean map of these pictures"))  # fmt: skip
    with right:
        text = _(
            "The mean map, hottest where the network looks most often. In {share} of {n} pictures "
            "({interval}) hiding the hottest tenth costs more than hiding the same shape anywhere else tried."
        )
        st.markdown(
            escape(text.format(
                share=percent(told.share, language()), n=integer(told.n, language()),
                interval=percent_interval(told.low, told.high, language()),
            ))
        )  # fmt: skip


def _tiles(subject: Subject, chosen: tuple[Example, ...], done: tuple[ImageExplanation | None, ...]) -> None:
    with st.container(horizontal=True, gap="medium", key="rc-tiles"):
        for example, found in zip(chosen, done, strict=False):
            with st.container(width=TILE, gap="small"):
                _tile(subject, example, found)


def _tile(subject: Subject, example: Example, found: ImageExplanation | None) -> None:
    from diagnostics.explanations.images import painting
    from diagnostics.readers.pictures import pixels as decoded

    small = loading.thumbnail(subject.entry.project, example.picture, TILE * 2)
    pixels = None if small is None else decoded(small)
    if pixels is None or found is None:
        st.caption(_("cannot be decoded"))
        return
    heat = found.saliency.shown
    content = painting.picture(pixels, TILE * 2) if heat is None else painting.overlay(pixels, heat, OPACITY, TILE * 2)
    label = one.told(subject, example)
    st.image(content, width=TILE, alt=label)
    if heat is None:
        st.caption(f":orange[◆] {_('no map')}", help=one.flagged(found.saliency.flag))
    st.button(escape(label), key=f"tile-{example.row}", type="tertiary", on_click=_open, args=(example.row,))


def _open(row: int) -> None:
    """Show a picture large."""
    state.control("look", "one")
    state.control(ROW, str(row))
