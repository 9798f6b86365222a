"""Precision, recall and F1 of every class with their intervals, worst first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import state
from app.components import chart, choices
from app.components.text import plain
from app.i18n import _, language
from diagnostics import figures
from diagnostics.figures.words import PerClassWords
from diagnostics.knowledge import label
from diagnostics.knowledge.numbers import interval, number
from diagnostics.metrics import ClassReport, worst_first
from diagnostics.types import MetricValue

DRAWN = 25
"""Classes of the chart."""

FEW = 30
"""Rows below which a share is hardly more than a guess; such classes are named."""


def draw(report: Sequence[ClassReport], by: str, first: str, *, key: str) -> None:
    """Draw the chart of the worst classes and the table of all.

    Parameters
    ----------
    by : str
        Metric to sort by where the reader chose none.
    first : str
        The critical class, or "".
    """
    st.header(_("Per class"), anchor=False)
    names = {"recall": _("Recall"), "precision": _("Precision"), "f1": _("F1")}
    by = choices.one(_("Worst first by"), names, key="worst", default=by)
    ranked = worst_first(tuple(report), by, first)
    _chart(ranked[:DRAWN], by, names[by], key)
    st.dataframe(
        _columns(ranked, first), hide_index=True, alt=_("Precision, recall and F1 of every class"), key=f"per-{key}"
    )
    st.caption(_remarks(report, drawn=min(len(ranked), DRAWN)))


def _chart(ranked: Sequence[ClassReport], by: str, title: str, key: str) -> None:
    rows = [(row.name, getattr(row, by)) for row in ranked]
    words = PerClassWords(
        metric=title, rows=_("rows"), interval=_("95 %:"), undefined=_("undefined"),
        separators=",." if language() == "pt_BR" else ".,",
    )  # fmt: skip
    figure = figures.per_class(rows, words, state.theme())
    worst = "; ".join(f"{plain(name)} {told(value)}" for name, value in rows[:3])
    alt = _("{metric} of {n} classes, worst first: {worst}.").format(metric=title, n=len(rows), worst=worst)
    chart.chart(figure, key=f"per-class-{key}", alt=alt, file="per-class")


def _columns(ranked: Sequence[ClassReport], first: str) -> dict[str, list[object]]:
    table: dict[str, list[object]] = {
        _("Class"): [f"★ {plain(row.name)}" if row.name == first else plain(row.name) for row in ranked],
        _("True rows"): [row.support for row in ranked],
        _("Predicted"): [row.predicted for row in ranked],
    }
    for name, title in (("recall", _("Recall")), ("precision", _("Precision")), ("f1", _("F1"))):
        values = [getattr(row, name) for row in ranked]
        table[title] = [value.value if value.value is None else round(value.value, 3) for value in values]
        table[_("{metric}, 95 %").format(metric=title)] = [spread(value) for value in values]
    return table


def told(value: MetricValue) -> str:
    """A value with its interval, or a dash with the reason why there is none."""
    if value.value is None:
        return spread(value)
    told_interval = interval(value.low, value.high, language())
    return f"{number(value.value, language())} ({told_interval})" if told_interval else number(value.value, language())


def spread(value: MetricValue) -> str:
    """The interval of a value, or a dash with the reason why there is none."""
    if value.value is None:
        return f"– ({reason(value.reason)})"
    return interval(value.low, value.high, language())


def reason(code: str) -> str:
    """Why a value is undefined, in words."""
    known = {
        "no_support": _("the class does not occur"),
        "never_predicted": _("never predicted"),
        "no_rows": _("no rows"),
        "one_class_only": _("only one class"),
    }
    return known.get(code) or label(code, language())


def _remarks(report: Sequence[ClassReport], *, drawn: int) -> str:
    said = []
    if drawn < len(report):
        said.append(_("The chart shows the {n} worst of {all} classes.").format(n=drawn, all=len(report)))
    small = sum(0 < row.support < FEW for row in report)
    if small:
        text = _("{n} of {all} classes have fewer than {few} true rows: read their intervals, not their values.")
        said.append(text.format(n=small, all=len(report), few=FEW))
    said.append(_("Intervals: 95 %, Wilson. Undefined values are shown as –, never as 0."))
    return " ".join(said)
