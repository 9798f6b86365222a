"""A score cut at a threshold: the counts there, curves thinned for drawing, and the cut behind stored decisions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.registry import compute
from diagnostics.metrics.scores import Sweep, sweep
from diagnostics.types import ConfusionCounts, FloatArray, IntArray, MetricValue, ScoreHistogram

CLEAN = 0.98
"""Share of stored decisions that one cut must reproduce to count as the cut they come from."""

PARTS = 400
"""Stretches of an axis a drawn curve is thinned to; each keeps its first, last, lowest and highest point."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoreCurves:
    """Everything one score needs to be read at any threshold.

    Attributes
    ----------
    histogram : ScoreHistogram
    sweep : Sweep
        Counts at every threshold; answering a new threshold is one search in it.
    roc : tuple of ndarray, shape (m,) each
        False positive rate and recall, thinned for drawing.
    pr : tuple of ndarray, shape (m,) each
        Recall and precision, thinned; points without a precision are left out.
    auc, average_precision : MetricValue
    """

    histogram: ScoreHistogram
    sweep: Sweep
    roc: tuple[FloatArray, FloatArray]
    pr: tuple[FloatArray, FloatArray]
    auc: MetricValue
    average_precision: MetricValue

    @property
    def prevalence(self) -> float | None:
        """Share of positive rows, the precision of guessing; None without rows."""
        total = self.sweep.positives + self.sweep.negatives
        return self.sweep.positives / total if total else None

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest score; (0, 1) without rows."""
        edges = self.histogram.edges
        return (float(edges[0]), float(edges[-1])) if len(edges) else (0.0, 1.0)


def score_curves(histogram: ScoreHistogram) -> ScoreCurves:
    """Curves and areas of a histogram of scores; undefined parts are empty."""
    counts = sweep(histogram)
    empty = np.zeros(0)
    roc, pr = (empty, empty), (empty, empty)
    if counts.positives > 0 and counts.negatives > 0:
        places = outline(counts.false_alarm, counts.recall)
        roc = (counts.false_alarm[places], counts.recall[places])
    if counts.positives > 0:
        known = np.isfinite(counts.precision)
        recall, precision = counts.recall[known], counts.precision[known]
        places = outline(recall, precision)
        pr = (recall[places], precision[places])
    return ScoreCurves(
        histogram=histogram, sweep=counts, roc=roc, pr=pr, auc=compute("roc_auc", histogram=histogram),
        average_precision=compute("average_precision", histogram=histogram),
    )  # fmt: skip


def outline(x: FloatArray, y: FloatArray, parts: int = PARTS) -> IntArray:
    """Places of the points that carry the look of a curve whose x never turns back.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        Finite; x rises or falls.
    parts : int
        Of the range of x.

    Returns
    -------
    ndarray of int, shape (m,)
        Ascending; first, last, lowest and highest point of each part, so that no spike is lost.
    """
    size = len(x)
    if size <= 4 * parts:
        return np.arange(size)
    low, span = float(x.min()), float(np.ptp(x)) or 1.0
    bucket = np.minimum(((x - low) / span * parts).astype(np.int64), parts - 1)
    starts = np.flatnonzero(np.diff(bucket, prepend=bucket[0] - 1))
    stops = np.append(starts[1:], size)
    kept: set[int] = set()
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        part = y[start:stop]
        kept.update((start, stop - 1, start + int(part.argmin()), start + int(part.argmax())))
    return np.array(sorted(kept), dtype=np.int64)


def counts_at(curve: Sweep, threshold: float, names: tuple[str, str]) -> ConfusionCounts:
    """Confusion counts when every score of at least `threshold` is answered yes.

    Parameters
    ----------
    names : tuple of str
        Of the negative and the positive side.
    """
    place = min(curve.at(threshold), len(curve.threshold) - 1)
    hit, false = float(curve.true_positive[place]), float(curve.false_positive[place])
    counts = np.array([[curve.negatives - false, false], [curve.positives - hit, hit]])
    return ConfusionCounts(classes=names, counts=counts, n=round(curve.positives + curve.negatives))


def over_thresholds(curve: Sweep, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A metric against the threshold, thinned for drawing; undefined stretches are left out.

    Parameters
    ----------
    values : ndarray of float, shape (m + 1,)
        As `Sweep` and the goals give them.
    """
    known = np.isfinite(values) & np.isfinite(curve.threshold)
    x, y = curve.threshold[known], values[known]
    places = outline(x, y) if len(x) else np.zeros(0, dtype=np.int64)
    return x[places], y[places]


def cut_of(decided: ScoreHistogram) -> float | None:
    """The threshold that reproduces stored decisions, halfway between the scores on its sides.

    Parameters
    ----------
    decided : ScoreHistogram
        Scores counted by what was decided, not by the truth.

    Returns
    -------
    float or None
        None where everything was decided alike or no cut reproduces the decisions.
    """
    yes, no = decided.positive, decided.negative
    if yes.sum() <= 0 or no.sum() <= 0:
        return None
    right = np.append(0.0, np.cumsum(no)) + np.append(np.cumsum(yes[::-1])[::-1], 0.0)
    place = int(right.argmax())
    if right[place] < CLEAN * decided.n or not 0 < place < len(decided.edges):
        return None
    return float((decided.edges[place - 1] + decided.edges[place]) / 2)


def binned(histogram: ScoreHistogram, bins: int = 40) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bins of equal width: left edges, shape (b + 1,), and the shares of each side's rows in them, shape (b,)."""
    edges = histogram.edges
    if not len(edges):
        return np.zeros(0), np.zeros(0), np.zeros(0)
    low, high = float(edges[0]), float(edges[-1])
    low, high = (0.0, 1.0) if low >= 0 and high <= 1 and high - low > 0.5 else (low, max(high, low + 1e-9))
    found = []
    for side in (histogram.positive, histogram.negative):
        counted, ends = np.histogram(edges, bins=bins, range=(low, high), weights=side)
        found.append(counted / side.sum() if side.sum() > 0 else np.zeros(bins))
    return ends, found[0], found[1]
