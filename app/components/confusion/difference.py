"""The confusion matrix against that of another prediction set: where it is better, where worse, beyond chance."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import active_slice, chart, set_page
from app.components.text import plain, shorten
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.figures.axes import AxisWords
from diagnostics.figures.matrix_difference import matrix_difference
from diagnostics.knowledge.numbers import integer, percent, percent_interval
from diagnostics.metrics.arrangement import most_confused
from diagnostics.metrics.differences import CellDifference, aligned, changed_cells, share_difference
from diagnostics.types import ConfusionCounts
from diagnostics.workspace import PredictionsEntry

DRAWN = 25


def draw(entry: PredictionsEntry, confusion: ConfusionCounts, key: str) -> None:
    """Draw the choice of the other set and the difference; nothing where no other set has the classes."""
    everyone = loading.prediction_sets(state.selection().project)
    others = {one.id: one for one in everyone if one.id != entry.id and one.task == entry.task}
    if not others:
        return
    with st.expander(_("Compare with another prediction set"), expanded=bool(state.asked("against_set"))):
        state.from_address("against_set")
        if state.widget("against_set") not in others:
            state.control("against_set", None)
        chosen = st.selectbox(
            _("Before"), list(others), format_func=lambda id: shorten(loading.label(others[id], everyone)), index=None,
            key="against_set", placeholder=_("Pick a set"),
        )  # fmt: skip
        state.to_address("against_set", chosen)
        if chosen:
            _difference(others[chosen], confusion, key)


def _difference(other: PredictionsEntry, confusion: ConfusionCounts, key: str) -> None:
    try:
        before = loading.confusion(active_slice.picked(other))
    except RunClinicError:
        st.caption(_("The other set has no truth and prediction to count."))
        return
    shared = set(before.classes) & set(confusion.classes)
    if len(shared) < 2:
        st.caption(_("The two sets have no two classes in common."))
        return
    before = aligned(before, confusion.classes)
    cells = changed_cells(before, confusion)
    places = list(range(len(confusion.classes)))
    if len(places) > DRAWN:
        places = most_confused(confusion, DRAWN).tolist()
    delta = share_difference(before, confusion)[places][:, places]
    words = AxisWords(x=_("predicted"), y=_("truth"), separators=set_page.separators())
    figure = matrix_difference([confusion.classes[place] for place in places], delta, words, state.theme())
    alt = _("Difference of two confusion matrices in shares of truth; {n} cells changed by more than chance.").format(
        n=integer(len(cells), language())
    )
    chart.chart(figure, key=f"difference-{key}-{other.id}", alt=alt, file="difference")
    st.caption(_("Blue: this set is better. Orange: it is worse. Intervals are adjusted for all cells compared."))
    if not cells:
        st.markdown(_("No cell changed by more than chance explains."))
        return
    _table(cells, key)


def _table(cells: tuple[CellDifference, ...], key: str) -> None:
    def share(value: float) -> str:
        return percent(value, language())

    st.dataframe(
        {
            _("Truth → predicted"): [f"{plain(one.truth)} → {plain(one.predicted)}" for one in cells],
            _("Before"): [share(one.before) for one in cells],
            _("Now"): [share(one.after) for one in cells],
            _("Difference"): [
                f"{share(one.delta)} ({percent_interval(one.low, one.high, language())})" for one in cells
            ],
            _("Better"): [one.better for one in cells],
        },
        hide_index=True,
        key=f"changed-{key}",
        alt=_("Cells of the matrix that changed by more than chance"),
    )
