"""Metrics of several labels at once: over all decisions (micro), over rows, and errors that come together.

Decisions of one row depend on each other, so intervals of the micro averages are those of a ratio of sums over rows
(linearised), not those of independent decisions. All equal scikit-learn's where both exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from statistics import NormalDist

import numpy as np

from diagnostics.metrics.classification import ClassReport, class_report, share
from diagnostics.metrics.intervals import logit_interval, newcombe, wilson
from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import FloatArray, MetricValue, MultilabelCounts

_UNIT = (0.0, 1.0)
_NEEDS = ("multilabel",)
ALPHA = 0.05
"""Chance that any pair of labels is called linked although none is (Bonferroni over all pairs tried)."""

# Order of the sums over rows in `MultilabelCounts.first`.
_ONE, _HIT, _TRUTH, _ANSWERED, _WRONG = np.eye(5)


def _ratio(name: str, multilabel: MultilabelCounts, over: FloatArray, under: FloatArray, reason: str) -> MetricValue:
    """Ratio of two sums over rows; variance Σ w² (over - ratio under)² / (Σ w under)²."""
    below = float(under @ multilabel.first)
    if below <= 0:
        return undefined(name, "no_rows" if not multilabel.n else reason, multilabel.n)
    ratio = float(over @ multilabel.first) / below
    gap = over - ratio * under
    variance = float(gap @ multilabel.second @ gap) / below**2
    if variance <= 1e-15:  # all rows alike: no spread to go by, so the rows count as one decision each
        rows = float(multilabel.first[0])
        low, high = wilson(ratio * rows, rows) or (0.0, 1.0)
    else:
        low, high = logit_interval(ratio, variance)
    return value(name, ratio, multilabel.n, low=low, high=high)


@metric("subset_accuracy", greater_is_better=True, bounds=_UNIT, needs=_NEEDS, unit="fraction")
def subset_accuracy(multilabel: MultilabelCounts) -> MetricValue:
    """Share of rows that are right in every label, with its Wilson interval."""
    return share("subset_accuracy", multilabel.right, float(multilabel.first[0]), "no_rows")


@metric("hamming_loss", greater_is_better=False, bounds=_UNIT, needs=_NEEDS, unit="fraction")
def hamming_loss(multilabel: MultilabelCounts) -> MetricValue:
    """Share of all decisions (rows times labels) that are wrong; interval over rows."""
    return _ratio("hamming_loss", multilabel, _WRONG, len(multilabel.labels) * _ONE, "no_rows")


@metric("micro_precision", greater_is_better=True, bounds=_UNIT, needs=_NEEDS, unit="fraction")
def micro_precision(multilabel: MultilabelCounts) -> MetricValue:
    """Hits of all labels / all labels answered; interval over rows."""
    return _ratio("micro_precision", multilabel, _HIT, _ANSWERED, "never_predicted")


@metric("micro_recall", greater_is_better=True, bounds=_UNIT, needs=_NEEDS, unit="fraction")
def micro_recall(multilabel: MultilabelCounts) -> MetricValue:
    """Hits of all labels / all true labels; interval over rows."""
    return _ratio("micro_recall", multilabel, _HIT, _TRUTH, "no_support")


@metric("micro_f1", greater_is_better=True, bounds=_UNIT, needs=_NEEDS, unit="fraction")
def micro_f1(multilabel: MultilabelCounts) -> MetricValue:
    """2 hits / (true labels + labels answered), over all labels; interval over rows."""
    return _ratio("micro_f1", multilabel, 2 * _HIT, _TRUTH + _ANSWERED, "no_support")


@dataclass(frozen=True, kw_only=True)
class LabelRow:
    """One label against its absence: how frequent it is, and how it is answered."""

    name: str
    prevalence: MetricValue
    report: ClassReport


def label_rows(multilabel: MultilabelCounts) -> tuple[LabelRow, ...]:
    """Prevalence, precision, recall and F1 of every label, in label order."""
    rows = []
    for name, confusion in zip(multilabel.labels, multilabel.confusion, strict=True):
        prevalence = share("prevalence", float(confusion.support[1]), float(confusion.counts.sum()), "no_rows")
        rows.append(LabelRow(name=name, prevalence=prevalence, report=class_report(confusion)[1]))
    return tuple(rows)


@dataclass(frozen=True, kw_only=True)
class ErrorLink:
    """How much more often one label is wrong where another is.

    Attributes
    ----------
    first, second : str
    both : float
        Rows wrong in both labels.
    with_first, without_first : float
        Share of rows wrong in `second`, among those wrong and those right in `first`.
    low, high : float
        Newcombe's interval of the difference, at a level adjusted for all pairs.
    """

    first: str
    second: str
    both: float
    with_first: float
    without_first: float
    low: float
    high: float


def error_links(multilabel: MultilabelCounts) -> tuple[ErrorLink, ...]:
    """Pairs of labels whose errors come together by more than chance, surest first."""
    total, together = float(multilabel.first[0]), multilabel.together
    pairs = list(permutations(range(len(multilabel.labels)), 2))
    if not pairs or total <= 0:
        return ()
    z = NormalDist().inv_cdf(1 - ALPHA / (2 * len(pairs)))
    found: dict[frozenset[int], ErrorLink] = {}
    for i, j in pairs:
        wrong, both = float(together[i, i]), float(together[i, j])
        rest, elsewhere = total - wrong, float(together[j, j]) - both
        bounds = newcombe(both, wrong, elsewhere, rest, z)
        pair = frozenset((i, j))
        if bounds is None or bounds[0] <= 0 or (pair in found and found[pair].low >= bounds[0]):
            continue
        found[pair] = ErrorLink(
            first=multilabel.labels[i], second=multilabel.labels[j], both=both, with_first=both / wrong,
            without_first=elsewhere / rest, low=bounds[0], high=bounds[1],
        )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: -one.low))
