"""The confusion matrix and the list of the most frequent mistakes; both lead to the rows behind a cell."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import state
from app.components import chart
from app.components.confusion import controls
from app.components.confusion.controls import Reading
from app.components.confusion.critical import Critical
from app.components.text import plain, shorten
from app.i18n import _, language
from diagnostics import figures
from diagnostics.figures.words import MatrixWords
from diagnostics.knowledge.numbers import integer, percent, percent_interval
from diagnostics.metrics.arrangement import Mistake, mistakes, most_confused, order, restricted, shares
from diagnostics.types import ConfusionCounts

LISTED = 50
"""Mistakes in the list."""

Cell = tuple[str, str]


def draw(confusion: ConfusionCounts, reading: Reading, critical: Critical, *, key: str) -> None:
    """Draw the matrix; a click keeps the cell for `picked`."""
    shown = confusion
    if not reading.whole:
        focus = most_confused(confusion, controls.FOCUS)
        shown = restricted(confusion, focus) if len(focus) else confusion
    numbers = order(shown, reading.order, critical.label)
    # Shares are those of the whole matrix: leaving classes out of sight must not change a recall.
    values = shares(confusion, reading.share)
    places = [confusion.classes.index(shown.classes[number]) for number in numbers]
    labels = [confusion.classes[place] for place in places]
    grid = (confusion.counts[places][:, places], values[places][:, places])
    figure = figures.matrix(labels, *grid, _words(reading.share), state.theme(), shares=reading.share != "counts")
    events = chart.chart(figure, key=f"matrix-{key}", alt=_alternative(confusion), file="confusion", clickable=True)
    if events.click is not None:
        _keep(key, labels, events.click)
    if not reading.whole and len(labels) < len(confusion.classes):
        text = _("The {n} classes that are mixed up most, of {all}. The list holds the most frequent mistakes of all.")
        st.caption(text.format(n=len(labels), all=integer(len(confusion.classes), language())))


def top(confusion: ConfusionCounts, critical: Critical, *, key: str) -> None:
    """Draw the most frequent mistakes, those of the critical class first; picking a row shows its examples."""
    found = mistakes(confusion, LISTED, first=critical.label, by=critical.by)
    st.header(_("Most frequent mistakes"), anchor=False)
    if not found:
        st.caption(_("There is none: every row is on the diagonal."))
        return
    name = f"mistakes-{key}"
    st.dataframe(
        {
            _("Truth → predicted"): [f"{shorten(one.truth, 24)} → {shorten(one.predicted, 24)}" for one in found],
            _("Rows"): [one.count for one in found],
            _("Share of truth"): [_share(one) for one in found],
            _("Of all mistakes"): [percent(one.of_errors, language()) for one in found],
        },
        hide_index=True,
        height=min(38 * len(found) + 40, 420),
        key=name,
        on_select=lambda: _row_picked(key, name, found),
        selection_mode="single-row",
        alt=_("Pairs of classes that are mixed up, most frequent first"),
    )
    st.caption(_("Tick a row, or click a cell of the matrix, to see its examples. Intervals: 95 %, Wilson."))


def picked(key: str) -> Cell | None:
    """The cell whose examples are asked for: (truth, predicted)."""
    cell = state.recall(f"cell-{key}")
    return tuple(cell) if cell else None


def _keep(key: str, labels: Sequence[str], click: object) -> None:
    column, row = int(click["x"]), int(click["y"])
    if 0 <= row < len(labels) and 0 <= column < len(labels):
        state.remember(f"cell-{key}", (labels[row], labels[column]))


def _row_picked(key: str, name: str, found: Sequence[Mistake]) -> None:
    chosen = state.widget(name, {})
    rows = chosen["selection"]["rows"] if chosen else []
    if rows and rows[0] < len(found):
        state.remember(f"cell-{key}", (found[rows[0]].truth, found[rows[0]].predicted))


def _share(one: Mistake) -> str:
    return f"{percent(one.share, language())} ({percent_interval(one.low, one.high, language())})"


def _words(share: str) -> MatrixWords:
    parts = {"counts": "", "truth": _("of this true class"), "predicted": _("of these predictions")}
    return MatrixWords(
        truth=_("truth"), predicted=_("predicted"), rows=_("rows"), share=parts[share],
        separators=",." if language() == "pt_BR" else ".,",
    )  # fmt: skip


def _alternative(confusion: ConfusionCounts) -> str:
    worst = mistakes(confusion, 3)
    head = _("Confusion matrix of {n} classes, {rows} rows.").format(
        n=len(confusion.classes), rows=integer(confusion.n, language())
    )
    told = "; ".join(
        _("{count} rows of {truth} answered {predicted}").format(
            count=integer(one.count, language()), truth=plain(one.truth), predicted=plain(one.predicted)
        )
        for one in worst
    )
    return f"{head} {_('Largest mistakes:')} {told}." if told else f"{head} {_('No mistake.')}"
