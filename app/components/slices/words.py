"""How slices are told: names of metrics, numbers, directions, reasons; shared by every part of the slices page."""

from __future__ import annotations

from collections.abc import Sequence

from app.components import active_slice
from app.components.text import plain
from app.i18n import _, language
from diagnostics.figures.slices import SliceRow, SliceWords
from diagnostics.knowledge import entry, label
from diagnostics.knowledge.numbers import interval, number, percent, signed
from diagnostics.slices.gauge import is_worse
from diagnostics.types import Condition, MetricValue, Slice


def metric(code: str) -> str:
    """Name of a metric."""
    names = {
        "accuracy": _("Accuracy"), "recall": _("Recall of the positive class"), "mae": _("Mean absolute error"),
        "rmse": _("Root mean squared error"), "r2": _("R²"), "mape": _("Mean absolute percentage error"),
        "bias": _("Mean residual"), "median_absolute_error": _("Median absolute error"), "ndcg": _("NDCG"),
        "log_loss": _("Log loss"), "roc_auc": _("ROC-AUC"), "average_precision": _("PR-AUC (average precision)"),
        "brier": _("Brier score"), "ece": _("Calibration error of the answers (top-label ECE)"),
        "kappa": _("Cohen's kappa"), "mcc": _("Matthews correlation"), "macro_f1": _("Macro F1"),
        "macro_recall": _("Macro recall"), "macro_precision": _("Macro precision"), "weighted_f1": _("Weighted F1"),
        "balanced_accuracy": _("Balanced accuracy"), "top_k_accuracy": _("Top-k accuracy"),
        "asymmetric_squared": _("Asymmetric squared error"), "label_accuracy": _("Share of right labels"),
    }  # fmt: skip
    if code.startswith("change_of_"):
        return _("Change of the loss")
    return names.get(code) or label(code, language())


def told(predicate: Sequence[Condition]) -> str:
    """The conditions as plain text."""
    return plain(active_slice.told(tuple(predicate)))


def value(found: MetricValue) -> str:
    """A metric with its interval, or why there is none."""
    if found.value is None:
        return f"– ({reason(found.reason)})"
    spread = interval(found.low, found.high, language())
    shown = number(found.value, language())
    return f"{shown} ({spread})" if spread else shown


def reason(code: str) -> str:
    """Why a value is undefined."""
    known = {
        "too_few_rows": _("too few rows"), "no_rows": _("no rows"), "not_available": _("not available here"),
        "no_support": _("the class does not occur"), "one_class_only": _("only one class"),
    }  # fmt: skip
    return known.get(code) or label(code, language())


def left_out(code: str) -> str:
    """Why a column is not sliced by."""
    known = {
        "text": _("free text; its length is used instead"), "identifier": _("nearly every row has a value of its own"),
        "another_id": _("a second identifier"), "row_number": _("counts the rows"),
        "another_score": _("another score of the model"), "stacked": _("tells the models of the file apart"),
        "too_many_values": _("too many values with too few rows each"), "constant": _("only one value"),
        "image": _("names of images"), "empty": _("no values"),
    }  # fmt: skip
    name = f"left_out_{code}"
    return label(name, language()) if entry(language(), "labels", name) else known.get(code) or label(code, language())


def direction(found: Slice) -> str:
    """Whether a slice fares worse or better than the rest, as a sign and a word."""
    worse = is_worse(found)
    unclear = "● " + _("unclear") if found.delta is not None else "–"
    return {True: "▼ " + _("worse"), False: "▲ " + _("better"), None: unclear}[worse]


def delta(number_: float | None) -> str:
    """A difference with its sign."""
    return signed(number_, language())


def share(found: float | None) -> str:
    """A share in per cent."""
    return percent(found, language())


def separators() -> str:
    """Decimal and thousands sign for figures."""
    return ",." if language() == "pt_BR" else ".,"


def figure_words(code: str, unit: str = "rows") -> SliceWords:
    """Words of a figure whose axis is a metric."""
    units = {"queries": _("queries"), "positives": _("positive rows")}
    return SliceWords(
        metric=metric(code), overall=_("all rows"), rows=units.get(unit, _("rows")), interval=_("95 %:"),
        small=_("too few rows"), worse=_("worse than the rest"), better=_("better than the rest"),
        separators=separators(),
    )  # fmt: skip


def row(found: Slice, *, name: str = "") -> SliceRow:
    """A slice as a line of a figure; the active one stands out."""
    chosen = bool(found.predicate) and found.predicate == active_slice.predicate()
    return SliceRow(name=name or told(found.predicate), value=found.metric, worse=is_worse(found), chosen=chosen)


def untested() -> str:
    """What to keep in mind about slices that were not found by the search."""
    return _("These slices were asked for, not tested: with many of them some look bad by chance. Intervals are 95 %.")
