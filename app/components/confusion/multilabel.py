"""All labels of a multilabel set in one table, the rows across labels, and errors that come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app import loading, state
from app.components import set_page
from app.components.confusion import per_class
from app.components.text import plain
from app.components.thresholds import data
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer, percent, percent_interval
from diagnostics.metrics import compute
from diagnostics.metrics.averaging import macro
from diagnostics.metrics.multilabel import LabelRow, error_links, label_rows
from diagnostics.metrics.operating import ScoreCurves
from diagnostics.queries import multilabel_counts
from diagnostics.types import MetricValue, MultilabelCounts, Predictions

LISTED = 15
"""Pairs of labels whose errors come together."""


def draw(predictions: Predictions, *, by: str) -> None:
    """Draw the overview; ticking a label opens its matrix below.

    Parameters
    ----------
    by : str
        Metric by which the worst label comes first: "recall", "precision" or "f1".
    """
    counted = loading.measured(multilabel_counts, predictions)
    rows = sorted(label_rows(counted), key=lambda row: _worst(getattr(row.report, by)))
    _across(counted, rows)
    st.header(_("All labels"), anchor=False)
    _table(rows, loading.measured(data.every, predictions), predictions.digest[:12])
    _links(counted)


def _worst(value: MetricValue) -> tuple[bool, float]:
    return (value.value is None, value.value or 0.0)


def _across(counted: MultilabelCounts, rows: Sequence[LabelRow]) -> None:
    names = {
        "subset_accuracy": _("Rows right in every label"), "hamming_loss": _("Decisions wrong (Hamming loss)"),
        "micro_f1": _("Micro F1"), "micro_precision": _("Micro precision"), "micro_recall": _("Micro recall"),
    }  # fmt: skip
    parts = [set_page.told(title, compute(name, multilabel=counted)) for name, title in names.items()]
    for name, title in (("f1", _("Macro F1")), ("recall", _("Macro recall"))):
        parts.append(set_page.told(title, macro([getattr(row.report, name) for row in rows])))
    parts.append(_("n = {n}").format(n=integer(counted.n, language())))
    set_page.line(parts)
    if counted.missing:
        text = _("{n} rows lack the truth or the answer of a label: they count for their other labels only.")
        st.caption(text.format(n=integer(counted.missing, language())))


def _table(rows: Sequence[LabelRow], curves: Mapping[str, ScoreCurves], key: str) -> None:
    """Draw one line a label; a scoreless label has no area."""
    table: dict[str, list[object]] = {
        _("Label"): [plain(row.name) for row in rows],
        _("True rows"): [row.report.support for row in rows],
        _("Prevalence"): [_rounded(row.prevalence) for row in rows],
    }
    for name, title in (("recall", _("Recall")), ("precision", _("Precision")), ("f1", _("F1"))):
        values = [getattr(row.report, name) for row in rows]
        table[title] = [_rounded(value) for value in values]
        table[_("{metric}, 95 %").format(metric=title)] = [per_class.spread(value) for value in values]
    if curves:
        for name, title in (("auc", _("Area under ROC")), ("average_precision", _("Average precision"))):
            table[title] = [_rounded(getattr(curves[row.name], name)) if row.name in curves else None for row in rows]
    table[_("Rows")] = [row.prevalence.n for row in rows]
    name = f"labels-{key}"
    st.dataframe(
        table, hide_index=True, key=name, selection_mode="single-row", on_select=lambda: _picked(name, rows),
        alt=_("Prevalence, recall, precision and F1 of every label"),
    )  # fmt: skip
    st.caption(_("Tick a label to open its matrix below. Intervals: 95 %; across labels they are taken over rows, "
                 "because the decisions of one row depend on each other."))  # fmt: skip


def _picked(name: str, rows: Sequence[LabelRow]) -> None:
    chosen = state.widget(name, {})
    ticked = chosen["selection"]["rows"] if chosen else []
    if ticked and ticked[0] < len(rows):
        state.control("label", rows[ticked[0]].name)


def _links(counted: MultilabelCounts) -> None:
    found = error_links(counted)
    st.subheader(_("Errors that come together"), anchor=False)
    if not found:
        st.caption(_("No two labels are wrong in the same rows more often than chance explains."))
        return
    shown = found[:LISTED]
    st.dataframe(
        {
            _("Where this label is wrong"): [plain(one.first) for one in shown],
            _("this one is wrong too"): [plain(one.second) for one in shown],
            _("Rows wrong in both"): [one.both for one in shown],
            _("Share"): [percent(one.with_first, language()) for one in shown],
            _("Elsewhere"): [percent(one.without_first, language()) for one in shown],
            _("Difference, adjusted 95 %"): [percent_interval(one.low, one.high, language()) for one in shown],
        },
        hide_index=True,
        alt=_("Pairs of labels whose errors come together"),
    )
    st.caption(_("Intervals are widened for all pairs of labels tried."))


def _rounded(value: MetricValue) -> float | None:
    return None if value.value is None else round(value.value, 3)
