"""Metrics from confusion counts: overall and per class, with intervals. All equal scikit-learn's where both exist.

Symbols: C[i, j] rows of true class i answered j; TP = C[i, i]; support = row sum; predicted = column sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import newcombe, wilson
from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import ConfusionCounts, FloatArray, MetricValue

_UNIT = (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class ClassReport:
    """One class against the rest.

    Attributes
    ----------
    name : str
    support, predicted : float
        True rows and answers (sums of weights).
    precision, recall, f1 : MetricValue
        Precision is undefined for a class that is never predicted, recall for one that never occurs.
    """

    name: str
    support: float
    predicted: float
    precision: MetricValue
    recall: MetricValue
    f1: MetricValue


def share(name: str, hits: float, n: float, reason: str) -> MetricValue:
    """A share with its Wilson interval, undefined for n = 0."""
    bounds = wilson(hits, n)
    if bounds is None:
        return undefined(name, reason)
    return value(name, hits / n, n, low=bounds[0], high=bounds[1])


@metric("accuracy", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def accuracy(confusion: ConfusionCounts) -> MetricValue:
    """Share of rows answered right: trace(C) / sum(C)."""
    return share("accuracy", float(confusion.correct.sum()), float(confusion.counts.sum()), "no_rows")


def precision(confusion: ConfusionCounts, number: int) -> MetricValue:
    """TP / predicted of one class; undefined where it is never predicted."""
    return share("precision", float(confusion.correct[number]), float(confusion.predicted[number]), "never_predicted")


def recall(confusion: ConfusionCounts, number: int) -> MetricValue:
    """TP / support of one class; undefined where it never occurs."""
    return share("recall", float(confusion.correct[number]), float(confusion.support[number]), "no_support")


def f_beta(confusion: ConfusionCounts, number: int, beta: float = 1.0) -> MetricValue:
    """F-beta of one class: (1 + b²) TP / (b² support + predicted), with a delta-method interval on the logit scale.

    Undefined where the class neither occurs nor is predicted.
    """
    name = "f1" if beta == 1 else "f_beta"
    hit, support, answered = confusion.correct[number], confusion.support[number], confusion.predicted[number]
    below = beta**2 * support + answered
    if below == 0:
        return undefined(name, "no_support")
    score = float((1 + beta**2) * hit / below)
    bounds = _f_interval(float(hit), float(support - hit), float(answered - hit), beta)
    return value(name, score, support, low=bounds[0] if bounds else None, high=bounds[1] if bounds else None)


def _f_interval(hit: float, missed: float, false: float, beta: float) -> tuple[float, float] | None:
    """F = (1+b²)TP / ((1+b²)TP + b²FN + FP) is a share of weighted outcomes; its Wilson interval at that n."""
    n = (1 + beta**2) * hit + beta**2 * missed + false
    # TP counts (1+b²) times in n though it is one row, so the effective n is smaller than the sum.
    rows = hit + missed + false
    return wilson(rows * (1 + beta**2) * hit / n, rows) if n > 0 else None


def class_report(confusion: ConfusionCounts) -> tuple[ClassReport, ...]:
    """Precision, recall and F1 of every class, in class order."""
    return tuple(
        ClassReport(
            name=name,
            support=float(confusion.support[i]),
            predicted=float(confusion.predicted[i]),
            precision=precision(confusion, i),
            recall=recall(confusion, i),
            f1=f_beta(confusion, i),
        )
        for i, name in enumerate(confusion.classes)
    )


def worst_first(report: tuple[ClassReport, ...], by: str = "recall", first: str = "") -> tuple[ClassReport, ...]:
    """Classes with the worst value of a metric first; undefined ones last, ties by larger support.

    Parameters
    ----------
    by : str
        "recall", "precision" or "f1".
    first : str
        A class that leads whatever its value.
    """

    def key(row: ClassReport) -> tuple[bool, bool, float, float]:
        number = getattr(row, by).value
        return (row.name != first, number is None, 0.0 if number is None else number, -row.support)

    return tuple(sorted(report, key=key))


def _mean(name: str, values: FloatArray, weights: FloatArray, n: float) -> MetricValue:
    defined = np.isfinite(values) & (weights > 0)
    if not defined.any():
        return undefined(name, "no_support", n)
    return value(name, float(np.average(values[defined], weights=weights[defined])), n)


@metric("balanced_accuracy", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def balanced_accuracy(confusion: ConfusionCounts) -> MetricValue:
    """Mean recall over the classes that occur."""
    support = confusion.support
    present = support > 0
    if not present.any():
        return undefined("balanced_accuracy", "no_rows")
    recalls = confusion.correct[present] / support[present]
    variance = float((recalls * (1 - recalls) / support[present]).sum()) / int(present.sum()) ** 2
    mean = float(recalls.mean())
    half = 1.96 * math.sqrt(variance)
    n = float(support.sum())
    return value("balanced_accuracy", mean, n, low=max(0.0, mean - half), high=min(1.0, mean + half))


def _per_class(confusion: ConfusionCounts, which: str) -> FloatArray:
    hit, support, answered = confusion.correct, confusion.support, confusion.predicted
    below = {"precision": answered, "recall": support, "f1": (support + answered) / 2}[which]
    with np.errstate(invalid="ignore", divide="ignore"):
        values: FloatArray = np.where(below > 0, hit / below, np.nan)
    return values


@metric("macro_f1", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def macro_f1(confusion: ConfusionCounts) -> MetricValue:
    """Mean F1 over the classes that occur or are predicted."""
    values = _per_class(confusion, "f1")
    return _mean("macro_f1", values, np.isfinite(values).astype(np.float64), float(confusion.counts.sum()))


@metric("weighted_f1", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def weighted_f1(confusion: ConfusionCounts) -> MetricValue:
    """Mean F1 weighted by support."""
    return _mean("weighted_f1", _per_class(confusion, "f1"), confusion.support, float(confusion.counts.sum()))


@metric("macro_precision", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def macro_precision(confusion: ConfusionCounts) -> MetricValue:
    """Mean precision over the classes that are predicted; classes never predicted have none and are left out."""
    values = _per_class(confusion, "precision")
    return _mean("macro_precision", values, np.isfinite(values).astype(np.float64), float(confusion.counts.sum()))


@metric("macro_recall", greater_is_better=True, bounds=_UNIT, needs=("confusion",), unit="fraction")
def macro_recall(confusion: ConfusionCounts) -> MetricValue:
    """Mean recall over the classes that occur."""
    values = _per_class(confusion, "recall")
    return _mean("macro_recall", values, np.isfinite(values).astype(np.float64), float(confusion.counts.sum()))


@metric("mcc", greater_is_better=True, bounds=(-1.0, 1.0), needs=("confusion",))
def mcc(confusion: ConfusionCounts) -> MetricValue:
    """Matthews correlation of k classes (Gorodkin 2004).

    (c s - sum p t) / sqrt((s² - sum p²)(s² - sum t²)) with c right answers, s rows, p predicted, t support.
    Undefined where all truths or all answers are one class.
    """
    s, c = float(confusion.counts.sum()), float(confusion.correct.sum())
    p, t = confusion.predicted, confusion.support
    below = (s * s - float(p @ p)) * (s * s - float(t @ t))
    if s == 0:
        return undefined("mcc", "no_rows")
    if below <= 1e-12 * s**4:
        return undefined("mcc", "one_class_only", s)
    return value("mcc", (c * s - float(p @ t)) / math.sqrt(below), s)


@metric("kappa", greater_is_better=True, bounds=(-1.0, 1.0), needs=("confusion",))
def kappa(confusion: ConfusionCounts) -> MetricValue:
    """Cohen's kappa: (observed - expected agreement) / (1 - expected); undefined where chance alone agrees always."""
    s = float(confusion.counts.sum())
    if s == 0:
        return undefined("kappa", "no_rows")
    observed = float(confusion.correct.sum()) / s
    expected = float(confusion.predicted @ confusion.support) / s**2
    if expected >= 1 - 1e-12:
        return undefined("kappa", "one_class_only", s)
    number = (observed - expected) / (1 - expected)
    half = 1.96 * math.sqrt(observed * (1 - observed) / s) / (1 - expected)
    return value("kappa", number, s, low=max(-1.0, number - half), high=min(1.0, number + half))


def recall_difference(confusion: ConfusionCounts, number: int) -> tuple[float, float, float] | None:
    """Recall of a class minus the recall of all other rows, with its interval; None where either has no rows."""
    hit, support = float(confusion.correct[number]), float(confusion.support[number])
    rest_hit, rest = float(confusion.correct.sum()) - hit, float(confusion.support.sum()) - support
    bounds = newcombe(hit, support, rest_hit, rest)
    return None if bounds is None else (hit / support - rest_hit / rest, *bounds)
