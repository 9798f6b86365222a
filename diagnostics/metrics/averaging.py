"""Several scores read as one: all decisions pooled (micro), or the curves averaged class by class (macro)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from diagnostics.metrics.operating import ScoreCurves
from diagnostics.metrics.registry import undefined, value
from diagnostics.types import FloatArray, MetricValue, ScoreHistogram

GRID = 401


def pooled(histograms: Sequence[ScoreHistogram]) -> ScoreHistogram:
    """Every score against its own class in one histogram: what micro averages are taken of.

    Raises
    ------
    ValueError
        There is none.
    """
    if not histograms:
        raise ValueError("no histogram to pool")
    edges, place = np.unique(np.concatenate([one.edges for one in histograms]), return_inverse=True)
    sides = [np.concatenate([getattr(one, side) for one in histograms]) for side in ("positive", "negative")]
    positive, negative = (np.bincount(place, weights=side, minlength=len(edges)).astype(np.float64) for side in sides)
    exact = all(one.exact for one in histograms)
    return ScoreHistogram(edges=edges, positive=positive, negative=negative, exact=exact)


def mean_roc(curves: Sequence[ScoreCurves]) -> tuple[FloatArray, FloatArray]:
    """False positive rates and mean recall there, of the classes whose curve is defined; shape (GRID,) each."""
    grid = np.linspace(0, 1, GRID)
    known = [_ascending(*one.roc) for one in curves if len(one.roc[0])]
    if not known:
        return np.zeros(0), np.zeros(0)
    # The last point at a rate is the highest recall there: a step is taken whole.
    mean = np.mean([np.interp(grid, x, y) for x, y in known], axis=0)
    return np.append(0.0, grid), np.append(0.0, mean)


def mean_pr(curves: Sequence[ScoreCurves]) -> tuple[FloatArray, FloatArray]:
    """Recalls and mean precision there, of the classes with positive rows; shape (GRID,) each."""
    grid = np.linspace(0, 1, GRID)
    known = [_ascending(*one.pr) for one in curves if len(one.pr[0])]
    if not known:
        return np.zeros(0), np.zeros(0)
    return grid, np.asarray(np.mean([np.interp(grid, x, y) for x, y in known], axis=0))


def macro(values: Sequence[MetricValue]) -> MetricValue:
    """Mean of a metric over the classes that have one, each class counting once.

    The interval takes the errors of the classes as independent: half-width sqrt(sum of squares) / K.

    Returns
    -------
    MetricValue
        n is the number of classes; undefined where no class has a value.
    """
    known = [one for one in values if one.value is not None]
    name = values[0].name if values else "macro"
    if not known:
        return undefined(name, "one_class_only", 0)
    mean = sum(one.value or 0.0 for one in known) / len(known)
    if any(one.low is None or one.high is None for one in known):
        return value(name, mean, len(known))
    half = math.sqrt(sum(((one.high or 0.0) - (one.low or 0.0)) ** 2 / 4 for one in known)) / len(known)
    return value(name, mean, len(known), low=max(0.0, mean - half), high=min(1.0, mean + half))


def _ascending(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    order = np.lexsort((y, x))
    return x[order], y[order]
