"""Confusion matrix: which classes are mixed up, how often, and which rows they are."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import label_picker, set_page
from app.components.confusion import class_errors, controls, critical, difference, matrix, multilabel, per_class
from app.components.findings import topic
from app.components.rows import row_list
from app.components.text import escape
from app.i18n import _, language
from diagnostics import queries
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import integer
from diagnostics.metrics import class_report, compute
from diagnostics.types import ConfusionCounts, Predictions, Task
from diagnostics.workspace import PredictionsEntry

HEADLINE = ("accuracy", "balanced_accuracy", "macro_f1")


def render() -> None:
    """Draw the page."""
    st.title(_("Confusion matrix"), anchor=False)
    st.caption(_("Which classes are mixed up, how often, and in which rows?"))
    opened = set_page.opened("confusion")
    if opened is None:
        return
    entry, predictions = opened
    topic.draw(entry)
    _overview(predictions)
    _classification(entry, label_picker.draw(predictions))


def _overview(predictions: Predictions) -> None:
    """All labels of a multilabel set; nothing for any other."""
    if predictions.task is not Task.MULTILABEL:
        return
    try:
        multilabel.draw(predictions, by=critical.marked(()).by)
    except RunClinicError as error:
        set_page.refused(predictions, error)
    st.divider()


def _classification(entry: PredictionsEntry, predictions: Predictions) -> None:
    try:
        confusion = loading.confusion(predictions)
    except RunClinicError as error:
        set_page.refused(predictions, error)
        return
    if confusion.n == 0:
        st.warning(_("No row has both a true and a predicted class."))
        return
    _headline(confusion)
    key = predictions.digest[:12] + predictions.digest[64:]
    report = class_report(confusion)
    marked = critical.marked(confusion.classes)
    critical.draw(marked, report)
    reading = controls.draw(len(confusion.classes), marked)
    left, right = st.columns([11, 9], gap="medium")
    with left:
        matrix.draw(confusion, reading, marked, key=key)
    with right:
        matrix.top(confusion, marked, key=key)
    _examples(predictions, confusion, key)
    per_class.draw(report, marked.by, marked.label, key=key)
    class_errors.draw(predictions, confusion, key, first=marked.label)
    if entry.task != Task.MULTILABEL:
        difference.draw(entry, confusion, key)
    with st.expander(_("How this is counted")):
        _method(predictions, confusion)


def _headline(confusion: ConfusionCounts) -> None:
    parts = []
    names = {"accuracy": _("Accuracy"), "balanced_accuracy": _("Balanced accuracy"), "macro_f1": _("Macro F1")}
    for name in HEADLINE:
        value = compute(name, confusion=confusion)
        parts.append(f"{names[name]} **{escape(per_class.told(value))}**")
    parts.append(_("n = {n}").format(n=integer(confusion.n, language())))
    with st.container(horizontal=True, gap="medium"):
        for part in parts:
            st.markdown(part, width="content")


def _examples(predictions: Predictions, confusion: ConfusionCounts, key: str) -> None:
    cell = matrix.picked(key)
    st.header(_("Examples"), anchor=False)
    if cell is None or not set(cell) <= set(confusion.classes):
        st.caption(_("Click a cell of the matrix, or tick a mistake in the list, to see its rows."))
        return
    truth, predicted = cell
    text = _("Truth {truth}, predicted {predicted}")
    st.markdown(f"**{escape(text.format(truth=truth, predicted=predicted))}**")
    where = queries.cell(predictions, truth, predicted)
    name = f"rows-{key}-{confusion.classes.index(truth)}-{confusion.classes.index(predicted)}"
    row_list.draw(predictions, where=where, key=name, empty=_("No row falls into this cell."))


def _method(predictions: Predictions, confusion: ConfusionCounts) -> None:
    lines = [
        _("Rows are the true classes, columns the predicted ones. Colour is for mistakes; the diagonal is grey."),
        _("Recall: the share of a true class that was answered right. Precision: the share of the answers of a class "
          "that are right. F1: their harmonic mean."),
        _("{n} rows were left out because the truth or the prediction is missing.").format(
            n=integer(confusion.missing, language())),
    ]  # fmt: skip
    if predictions.roles.predicted is None:
        lines.append(_("The file has no decided class: the one with the largest probability was taken."))
    if predictions.roles.weight:
        lines.append(
            _("Counts are sums of the weights in column {name}.").format(name=escape(predictions.roles.weight))
        )
    st.markdown("\n".join(f"- {line}" for line in lines))
