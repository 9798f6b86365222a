"""Metrics and curves of a score against a yes-or-no truth, all from one histogram of the scores.

An exact histogram (a bin for each distinct score) gives scikit-learn's numbers; a binned one gives them up to an
error bound that comes with the value (`auc_bounds`). P and N are the weights of positive and negative rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import auc_interval, wilson
from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import FloatArray, MetricValue, ScoreHistogram


def histogram(scores: FloatArray, positive: FloatArray, weight: FloatArray | None = None) -> ScoreHistogram:
    """Exact histogram of an array of scores.

    Parameters
    ----------
    scores : ndarray of float, shape (n,)
        Rows with NaN are left out.
    positive : ndarray of bool, shape (n,)
    weight : ndarray of float, shape (n,), optional
    """
    keep = ~np.isnan(scores)
    weights = np.ones(len(scores)) if weight is None else np.asarray(weight, dtype=np.float64)
    edges, place = np.unique(scores[keep], return_inverse=True)
    truth = np.asarray(positive, dtype=bool)[keep]
    size = len(edges)
    total = np.bincount(place, weights=weights[keep], minlength=size).astype(np.float64)
    hits = np.bincount(place[truth], weights=weights[keep][truth], minlength=size).astype(np.float64)
    return ScoreHistogram(
        edges=np.asarray(edges, dtype=np.float64), positive=hits, negative=total - hits, exact=True
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """Counts at every threshold, from "everything is positive" to "nothing is".

    Attributes
    ----------
    threshold : ndarray of float, shape (m + 1,)
        A row counts as positive when its score is at least this; ascending, the last is infinite.
    true_positive, false_positive : ndarray of float, shape (m + 1,)
    positives, negatives : float
    """

    threshold: FloatArray
    true_positive: FloatArray
    false_positive: FloatArray
    positives: float
    negatives: float

    @property
    def recall(self) -> FloatArray:
        """True positive rate; NaN without positives."""
        return _divide(self.true_positive, self.positives)

    @property
    def false_alarm(self) -> FloatArray:
        """False positive rate; NaN without negatives."""
        return _divide(self.false_positive, self.negatives)

    @property
    def precision(self) -> FloatArray:
        """NaN where nothing is predicted positive."""
        return _divide(self.true_positive, self.true_positive + self.false_positive)

    def f_beta(self, beta: float = 1.0) -> FloatArray:
        """F-beta at every threshold."""
        below = beta**2 * self.positives + self.true_positive + self.false_positive
        return _divide((1 + beta**2) * self.true_positive, below)

    @property
    def accuracy(self) -> FloatArray:
        """Share of right answers at every threshold."""
        return _divide(self.true_positive + self.negatives - self.false_positive, self.positives + self.negatives)

    @property
    def balanced_accuracy(self) -> FloatArray:
        """Mean of recall and specificity."""
        mean: FloatArray = (self.recall + 1 - self.false_alarm) / 2
        return mean

    def cost(self, false_positive: float, false_negative: float) -> FloatArray:
        """Mean cost a row where a false alarm and a miss cost this much."""
        missed = self.positives - self.true_positive
        return _divide(false_positive * self.false_positive + false_negative * missed, self.positives + self.negatives)

    def at(self, threshold: float) -> int:
        """Position of the first listed threshold that is at least the one given."""
        return int(np.searchsorted(self.threshold, threshold, side="left"))


def _divide(above: FloatArray, below: FloatArray | float) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: FloatArray = np.where(np.asarray(below) > 0, above / below, np.nan)
    return result


def sweep(histogram: ScoreHistogram) -> Sweep:
    """Counts at every threshold of a histogram; O(bins)."""
    tail_positive = np.append(np.cumsum(histogram.positive[::-1])[::-1], 0.0)
    tail_negative = np.append(np.cumsum(histogram.negative[::-1])[::-1], 0.0)
    return Sweep(
        threshold=np.append(histogram.edges, np.inf),
        true_positive=tail_positive,
        false_positive=tail_negative,
        positives=float(histogram.positive.sum()),
        negatives=float(histogram.negative.sum()),
    )


@metric("roc_auc", greater_is_better=True, bounds=(0.0, 1.0), needs=("histogram",))
def roc_auc(histogram: ScoreHistogram) -> MetricValue:
    """Area under the ROC curve: P(score of a positive > score of a negative), ties count one half.

    Undefined with one class only. Interval: Hanley and McNeil.
    """
    positives, negatives = float(histogram.positive.sum()), float(histogram.negative.sum())
    if positives <= 0 or negatives <= 0:
        return undefined("roc_auc", "one_class_only", histogram.n)
    below = np.cumsum(histogram.negative) - histogram.negative
    area = float(histogram.positive @ (below + histogram.negative / 2)) / (positives * negatives)
    bounds = auc_interval(area, positives, negatives)
    return value(
        "roc_auc", area, histogram.n, low=bounds[0] if bounds else None, high=bounds[1] if bounds else None
    )  # fmt: skip


def auc_bounds(histogram: ScoreHistogram) -> float:
    """Largest error the binning can have put into `roc_auc`: half the mass of pairs that share a bin; 0 when exact."""
    if histogram.exact:
        return 0.0
    pairs = float(histogram.positive.sum()) * float(histogram.negative.sum())
    return float(histogram.positive @ histogram.negative) / 2 / pairs if pairs > 0 else 0.0


@metric("average_precision", greater_is_better=True, bounds=(0.0, 1.0), needs=("histogram",))
def average_precision(histogram: ScoreHistogram) -> MetricValue:
    """Sum over thresholds of precision times the step in recall; undefined without positives.

    The interval is Wilson's of a share with as many rows as positives (after Boyd et al. 2013).
    """
    curve = sweep(histogram)
    if curve.positives <= 0:
        return undefined("average_precision", "no_positives", histogram.n)
    steps = curve.true_positive[:-1] - curve.true_positive[1:]
    precision = np.nan_to_num(curve.precision[:-1])
    if not histogram.exact:
        precision = _within_bins(curve, precision)
    area = float(precision @ steps) / curve.positives
    bounds = wilson(area * curve.positives, curve.positives) or (None, None)
    return value("average_precision", area, histogram.n, low=bounds[0], high=bounds[1])


def _within_bins(curve: Sweep, after: FloatArray) -> FloatArray:
    """Mean precision inside each bin when its rows come in even order: Simpson's rule over the bin."""
    hits, false = curve.true_positive, curve.false_positive
    before = np.where(hits[1:] + false[1:] > 0, np.nan_to_num(curve.precision[1:]), after)
    half_hits, half_false = (hits[1:] + hits[:-1]) / 2, (false[1:] + false[:-1]) / 2
    middle = np.nan_to_num(_divide(half_hits, half_hits + half_false))
    mean: FloatArray = (before + 4 * middle + after) / 6
    return mean


@metric("brier", greater_is_better=False, bounds=(0.0, 1.0), needs=("scores", "positive"))
def brier(scores: FloatArray, positive: FloatArray, weight: FloatArray | None = None) -> MetricValue:
    """Mean squared distance of a probability from the truth: mean((p - y)²); undefined outside [0, 1]."""
    keep = ~np.isnan(scores)
    p, y = scores[keep], np.asarray(positive, dtype=np.float64)[keep]
    if len(p) == 0:
        return undefined("brier", "no_rows")
    if p.min() < 0 or p.max() > 1:
        return undefined("brier", "not_probabilities", len(p))
    return _weighted_mean("brier", np.square(p - y), None if weight is None else weight[keep])


@metric("log_loss", greater_is_better=False, bounds=(0.0, None), needs=("probability", "truth"), unit="nats")
def log_loss(probability: FloatArray, truth: FloatArray, weight: FloatArray | None = None) -> MetricValue:
    """Mean negative log probability of the true class, probabilities clipped to float64's machine epsilon.

    Parameters
    ----------
    probability : ndarray of float, shape (n, k)
        Rows are normalised to one; rows with NaN are left out.
    truth : ndarray of int, shape (n,)
        Class numbers; -1 is left out.
    """
    losses, keep = example_log_loss(probability, truth)
    if not keep.any():
        return undefined("log_loss", "no_rows")
    return _weighted_mean("log_loss", losses[keep], None if weight is None else weight[keep])


def example_log_loss(probability: FloatArray, truth: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Negative log probability of the true class of each row, and which rows have one; shape (n,)."""
    p = np.asarray(probability, dtype=np.float64)
    number = np.asarray(truth, dtype=np.int64)
    total = p.sum(axis=1)
    keep = (number >= 0) & np.isfinite(total) & (total > 0) & (p.min(axis=1) >= 0)
    own = np.take_along_axis(p, np.clip(number, 0, None)[:, None], axis=1)[:, 0]
    eps = np.finfo(np.float64).eps
    with np.errstate(invalid="ignore", divide="ignore"):
        losses: FloatArray = -np.log(np.clip(own / total, eps, 1 - eps))
    return np.where(keep, losses, np.nan), keep


def _weighted_mean(name: str, values: FloatArray, weight: FloatArray | None) -> MetricValue:
    weights = np.ones(len(values)) if weight is None else weight
    total = float(weights.sum())
    if total <= 0:
        return undefined(name, "no_rows", len(values))
    mean = float(values @ weights) / total
    spread = float(weights**2 @ np.square(values - mean)) / total**2
    half = 1.96 * math.sqrt(spread)
    return value(name, mean, len(values), low=mean - half, high=mean + half)


@metric("top_k_accuracy", greater_is_better=True, bounds=(0.0, 1.0), needs=("probability", "truth", "k"))
def top_k_accuracy(probability: FloatArray, truth: FloatArray, k: int = 5) -> MetricValue:
    """Share of rows whose true class is among the k largest probabilities; ties count against the model.

    Undefined for k of at least the number of classes: it is then always 1.
    """
    from diagnostics.metrics.classification import share

    p, number = np.asarray(probability), np.asarray(truth, dtype=np.int64)
    keep = (number >= 0) & np.isfinite(p).all(axis=1)
    if k >= p.shape[1]:
        return undefined("top_k_accuracy", "k_too_large", int(keep.sum()))
    own = np.take_along_axis(p[keep], number[keep][:, None], axis=1)
    better = (p[keep] > own).sum(axis=1)
    # Of equal probabilities the class with the larger number comes first, as a stable sort from the end has it.
    later = np.arange(p.shape[1])[None, :] > number[keep][:, None]
    tied = ((p[keep] == own) & later).sum(axis=1)
    return share("top_k_accuracy", float((better + tied < k).sum()), float(keep.sum()), "no_rows")
