"""Asymmetric squared loss and relative error from sums, so that any alpha is answered without another pass."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from diagnostics.metrics.registry import undefined, value
from diagnostics.types import FloatArray, MetricValue


class Sides(Protocol):
    """What is needed of `queries.ResidualSides`."""

    n: int
    weight: float
    under: float
    over: float
    under_squares: float
    over_squares: float
    under_cross: float
    over_cross: float
    weight_squares: float
    zero_truth: int
    relative: float
    relative_squares: float


def asymmetric(sides: Sides, alpha: float) -> MetricValue:
    """Mean of alpha e² where the model answered too low (e = y - q > 0) and (1 - alpha) e² elsewhere.

    The interval is normal, from the variance of the rows' losses.
    """
    name = "asymmetric_squared"
    if sides.n == 0 or sides.weight <= 0:
        return undefined(name, "no_rows")
    mean = (alpha * sides.under + (1 - alpha) * sides.over) / sides.weight
    squares = alpha**2 * sides.under_squares + (1 - alpha) ** 2 * sides.over_squares
    cross = alpha * sides.under_cross + (1 - alpha) * sides.over_cross
    spread = max(0.0, squares - 2 * mean * cross + mean**2 * sides.weight_squares)
    half = 1.96 * math.sqrt(spread) / sides.weight
    return value(name, mean, sides.n, low=max(0.0, mean - half), high=mean + half)


def relative(sides: Sides) -> MetricValue:
    """MAPE: mean of |e| / |y|; undefined where any truth is 0."""
    if sides.n == 0 or sides.weight <= 0:
        return undefined("mape", "no_rows")
    if sides.zero_truth:
        return undefined("mape", "zero_truth", sides.n)
    mean = sides.relative / sides.weight
    spread = max(0.0, sides.relative_squares - mean**2 * sides.weight_squares)
    half = 1.96 * math.sqrt(spread) / sides.weight
    return value("mape", mean, sides.n, low=max(0.0, mean - half), high=mean + half)


def best_shift(residuals: FloatArray, alpha: float) -> float | None:
    """The constant that added to every prediction makes the asymmetric loss least: the expectile of the residuals.

    Parameters
    ----------
    residuals : ndarray of float, shape (n,)
        Residuals, or evenly spaced quantiles of them.
    alpha : float
        In (0, 1).

    Returns
    -------
    float or None
        Solves alpha sum(e - c)+ = (1 - alpha) sum(c - e)+; None without residuals.

    References
    ----------
    W. K. Newey and J. L. Powell (1987), "Asymmetric least squares estimation and testing".
    """
    e = np.sort(residuals[np.isfinite(residuals)])
    if not len(e):
        return None
    # Between two residuals the derivative is a line, so the zero is found exactly in the interval that holds it.
    total, n = float(e.sum()), len(e)
    below, count = np.cumsum(e), np.arange(1, n + 1)
    above_sum, above = total - below, n - count
    centre = (alpha * above_sum + (1 - alpha) * below) / (alpha * above + (1 - alpha) * count)
    inside = np.flatnonzero((centre >= e) & (centre <= np.append(e[1:], np.inf)))
    return float(centre[inside[0]]) if len(inside) else float(e[-1])


def normal_levels(n: int, points: int = 120) -> FloatArray:
    """Levels in (0, 1) of a QQ plot of n rows: even in the normal quantile, none beyond the farthest row."""
    from scipy.special import ndtr, ndtri

    if n < 2:
        return np.zeros(0)
    end = float(ndtri(1 - 0.5 / n))
    levels: FloatArray = ndtr(np.linspace(-end, end, min(points, n)))
    return levels


def normal_scores(levels: FloatArray) -> FloatArray:
    """Normal quantiles of some levels."""
    from scipy.special import ndtri

    scores: FloatArray = ndtri(levels)
    return scores
