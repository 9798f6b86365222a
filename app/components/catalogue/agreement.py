"""Two people tag the same examples blind; their agreement and where they differ."""

from __future__ import annotations

import streamlit as st

from app import boards, loading, state
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.catalogue.agreement import agreement
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.events import State
from diagnostics.knowledge.numbers import interval, number, percent
from diagnostics.workspace import BoardView, PredictionsEntry

SESSION = "agreement"
BOARD_TAGS = ""


def session(view: BoardView) -> str:
    """Return the name of the session while blind tagging is switched on, else ""."""
    return SESSION if state.widget("blind", False) and drawn(view.state).categories else ""


def switch(view: BoardView) -> None:
    """Draw the switch of blind tagging."""
    if not drawn(view.state).categories:
        st.caption(_("Make a category first."))
        return
    st.toggle(
        _("Tag blind, to measure agreement"), key="blind",
        help=_("Tags count for the comparison only and the board does not change. An example's tags are shown once "
               "both have tagged it. The result is on the catalogue page."),
    )  # fmt: skip


def draw(entry: PredictionsEntry, view: BoardView) -> None:
    """Draw kappa and the disagreements of two people."""
    tags = _tags(view.state)
    if len(tags) < 2:
        st.caption(
            _("Two people, or one person twice, are needed: tag examples on the queue with the blind switch on.")
        )
        return
    names = {who: who or _("the board") for who in tags}
    with st.container(horizontal=True):
        first = st.selectbox(
            _("First"), list(tags), format_func=lambda w: plain(names[w]), key="agree_first", width=240
        )
        others = [who for who in tags if who != first]
        second = st.selectbox(_("Second"), others, format_func=lambda w: plain(names[w]), key="agree_second", width=240)
    found = agreement(tags[first], tags[second])
    kappa = found.kappa
    if kappa.value is None:
        reasons = {
            "nothing_in_common": _("They have no example in common yet."),
            "one_category": _("Both used one and the same category only: chance alone explains that."),
        }
        st.caption(reasons.get(kappa.reason, "–"))
        return
    text = _("Cohen's kappa {kappa} ({interval}, n = {n}); the same category for {observed}.")
    st.markdown(escape(text.format(
        kappa=number(kappa.value, language(), 2), interval=interval(kappa.low, kappa.high, language(), 2), n=kappa.n,
        observed=percent(found.observed, language()))))  # fmt: skip
    if found.disagreements:
        _differences(entry, view, found.disagreements, (names[first], names[second]))


def _tags(now: State) -> dict[str, dict[str, str]]:
    """Category of each example by person; the board's own tags go by the name ""."""
    found: dict[str, dict[str, str]] = {}
    for name, fields in now.of("blind"):
        parts = name.split("/", 2)
        if len(parts) == 3 and parts[0] == SESSION and fields.get("category"):
            found.setdefault(parts[1], {})[parts[2]] = str(fields["category"])
    own = {key: str(fields["category"]) for key, fields in now.of("example") if fields.get("category")}
    if own and found:
        found[BOARD_TAGS] = own
    return found


def _differences(
    entry: PredictionsEntry, view: BoardView, differ: tuple[tuple[str, str, str], ...], who: tuple[str, str]
) -> None:
    titles = {key: card.title for key, card in boards.cards(loading.predictions(entry), view.state).items()}
    names = {id: str(fields.get("name", id)) for id, fields in view.state.of("category")}
    st.dataframe(
        {
            _("Example"): [plain(titles.get(key, key)) for key, _a, _b in differ],
            plain(who[0]): [plain(names.get(a, a)) for _key, a, _b in differ],
            plain(who[1]): [plain(names.get(b, b)) for _key, _a, b in differ],
        },
        hide_index=True,
        alt=_("Examples that the two put into different categories"),
    )
