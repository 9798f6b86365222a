"""What queries hand to metrics: small tables of counts and sums, never rows.

Every array is read-only by convention; shapes are given in each docstring. Metrics computed from these equal the
metrics computed from the rows, up to the error bound a histogram states itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from diagnostics.types.runs import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ConfusionCounts:
    """How often each true class was answered with each class.

    Attributes
    ----------
    classes : tuple of str
    counts : ndarray of float, shape (k, k)
        Row = true class, column = predicted class; sums of weights where the set has a weight column.
    n : int
        Rows counted.
    missing : int
        Rows left out because the truth or the prediction is missing.
    """

    classes: tuple[str, ...]
    counts: FloatArray
    n: int
    missing: int = 0

    @cached_property
    def support(self) -> FloatArray:
        """True rows of each class, shape (k,)."""
        total: FloatArray = self.counts.sum(axis=1)
        return total

    @cached_property
    def predicted(self) -> FloatArray:
        """Answers of each class, shape (k,)."""
        total: FloatArray = self.counts.sum(axis=0)
        return total

    @cached_property
    def correct(self) -> FloatArray:
        """Right answers of each class, shape (k,)."""
        return np.diag(self.counts).astype(np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class MultilabelCounts:
    """How several yes-or-no labels of the same rows were answered, and how their errors meet.

    Attributes
    ----------
    labels : tuple of str
    confusion : tuple of ConfusionCounts
        One a label, classes "0" and "1", over the rows that have a truth and an answer for it.
    first : ndarray of float, shape (5,)
        Sums over the complete rows, weighted: 1, labels hit, true labels, labels answered, labels answered wrong.
    second : ndarray of float, shape (5, 5)
        Sums of products of these five, with squared weights.
    right : float
        Weight of the complete rows that are right in every label.
    together : ndarray of float, shape (k, k)
        Weight of the complete rows that are wrong in both labels; on the diagonal, wrong in the label.
    n : int
        Complete rows: those with a truth and an answer for every label.
    missing : int
        The others.
    """

    labels: tuple[str, ...]
    confusion: tuple[ConfusionCounts, ...]
    first: FloatArray
    second: FloatArray
    right: float
    together: FloatArray
    n: int
    missing: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreHistogram:
    """Scores of one class against the rest, counted by score.

    Attributes
    ----------
    edges : ndarray of float, shape (m,)
        Ascending left edge of each bin; with `exact` the distinct scores themselves.
    positive, negative : ndarray of float, shape (m,)
        Sums of weights of rows in the bin whose truth is, or is not, the class.
    exact : bool
        True where each bin holds one distinct score: every metric from it is exact.
    """

    edges: FloatArray
    positive: FloatArray
    negative: FloatArray
    exact: bool

    @property
    def n(self) -> float:
        """Sum of all weights."""
        return float(self.positive.sum() + self.negative.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class CalibrationBins:
    """Confidence against observed frequency.

    Attributes
    ----------
    count, confidence, observed : ndarray of float, shape (b,)
        Rows in the bin (sum of weights), mean confidence and share observed; empty bins are not listed.
    low, high : ndarray of float, shape (b,)
        Edges of the bins.
    """

    count: FloatArray
    confidence: FloatArray
    observed: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True)
class ResidualMoments:
    """Sums over residuals, truth minus prediction.

    Attributes
    ----------
    n : int
    weight : float
        Sum of weights; equals n without a weight column.
    mean, variance, skewness, kurtosis : float
        Moments of the residuals (population; kurtosis is 3 for a normal); NaN where undefined.
    mean_absolute, mean_square : float
    truth_mean, truth_variance : float
    median, median_absolute : float
        Of the residuals and of their absolute values.
    missing : int
    """

    n: int
    weight: float
    mean: float
    variance: float
    skewness: float
    kurtosis: float
    mean_absolute: float
    mean_square: float
    truth_mean: float
    truth_variance: float
    median: float
    median_absolute: float
    missing: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupScores:
    """A score for each group of a ranking.

    Attributes
    ----------
    groups : tuple of str
    size : ndarray of int, shape (g,)
    value : ndarray of float, shape (g,)
        NaN where the group's score is undefined (no relevant document).
    """

    groups: tuple[str, ...]
    size: IntArray
    value: FloatArray
