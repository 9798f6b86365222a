"""Slices as a forest plot; a click on a dot makes its slice the active one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app import state
from app.components import active_slice, chart
from app.components.slices import words
from app.i18n import _, ngettext
from diagnostics.figures.slices import forest
from diagnostics.types import MetricValue, Slice

DRAWN = 25
"""Slices of one chart; the table has them all."""


def draw(
    slices: Sequence[Slice], overall: MetricValue, *, key: str, unit: str = "rows", names: Sequence[str] = ()
) -> None:
    """Draw the chart."""
    shown = slices[:DRAWN]
    names = list(names) or [words.told(one.predicate) for one in slices]
    rows = [words.row(one, name=name) for one, name in zip(shown, names, strict=False)]
    figure = forest(rows, words.figure_words(overall.name, unit), state.theme(), overall=overall.value)
    worst = "; ".join(f"{row.name}: {words.value(row.value)}" for row in rows[:3])
    text = ngettext("{metric} of {n} slice: {worst}.", "{metric} of {n} slices, the first: {worst}.", len(rows))
    alt = text.format(metric=words.metric(overall.name), n=len(rows), worst=worst)
    events = chart.chart(figure, key=f"forest-{key}", alt=alt, file="slices", clickable=True)
    chosen(events.click, [one.predicate for one in shown], key=key)
    if len(shown) < len(slices):
        st.caption(_("The chart shows the first {n} of {all} slices.").format(n=len(shown), all=len(slices)))


def chosen(click: Mapping[str, Any] | None, predicates: Sequence[tuple[Any, ...]], *, key: str) -> None:
    """Make the slice of a clicked line active and draw the page anew, as the chip stands above."""
    if click is None or click.get("y") is None:
        return
    place = round(float(click["y"]))
    if 0 <= place < len(predicates) and predicates[place] != active_slice.predicate():
        active_slice.activate(predicates[place])
        st.rerun()
