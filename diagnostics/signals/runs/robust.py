"""Robust statistics of short noisy series; every function is equivariant to scale."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from diagnostics.types import FloatArray, IntArray

# Median absolute deviation of a normal variable, in standard deviations.
MAD = 0.6745
_CELLS = 1_000_000


def median(value: FloatArray) -> float:
    """Median of a short series of numbers; several times faster than numpy's, which also looks for NaN."""
    ordered = np.sort(value)
    n = len(ordered)
    return float(ordered[n // 2]) if n % 2 else float(ordered[n // 2 - 1] + ordered[n // 2]) / 2


def noise(value: FloatArray) -> float:
    """Standard deviation of the noise around a smooth course, from second differences.

    ``median(|y[i-1] - 2 y[i] + y[i+1]|) / (0.6745 * sqrt(6))``: trend and slope cancel, a few jumps do not count.
    Returns 0 for fewer than four points.
    """
    if len(value) < 4:
        return 0.0
    return median(np.abs(np.diff(value, n=2))) / (MAD * 6**0.5)


def trailing_median(value: FloatArray, width: int) -> FloatArray:
    """Median of the last `width` points at each point; shorter at the start. Shape (n,)."""
    return _moving_median(value, width - 1, 0)


def centred_median(value: FloatArray, width: int) -> FloatArray:
    """Median of the points around each point, the window cut at both ends. Shape (n,)."""
    return _moving_median(value, width // 2, width // 2)


def _moving_median(value: FloatArray, before: int, after: int) -> FloatArray:
    n, width = len(value), before + after + 1
    if width <= 1 or n < 2:
        return value.copy()
    out = np.empty(n)
    if n >= width:
        out[before : n - after] = np.median(sliding_window_view(value, width), axis=1)
    for i in (*range(min(before, n)), *range(max(before, n - after), n)):
        out[i] = median(value[max(0, i - before) : i + after + 1])
    return out


def width_for(n: int) -> int:
    """Odd smoothing width for n points: 1 up to ten points, then a twentieth."""
    return 1 if n < 10 else max(3, 2 * (n // 40) + 1)


# Pairs of a longer series are taken from this many evenly spaced points of it: an interval widens a little, the cost
# stays bounded.
MOST_POINTS = 150


@lru_cache(maxsize=64)
def _pairs(n: int) -> tuple[IntArray, IntArray]:
    i, j = np.triu_indices(n, k=1)
    return i, j


def _thinned(n: int) -> IntArray:
    return np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(np.int64))


def theil_sen(x: FloatArray, y: FloatArray) -> tuple[float, float, float]:
    """Slope as the median of all pairwise slopes, with its 95 % interval (Sen 1968).

    Returns
    -------
    slope, low, high : float
        In units of y per unit of x; NaN for fewer than three points.
    """
    n = len(x)
    if n < 3:
        return (float("nan"),) * 3
    pick = _thinned(n)
    x, y, n = x[pick], y[pick], len(pick)
    i, j = _pairs(n)
    run = x[j] - x[i]
    ok = run > 0
    slopes = np.sort((y[j] - y[i])[ok] / run[ok])
    if not len(slopes):
        return (float("nan"),) * 3
    half = 1.96 * (n * (n - 1) * (2 * n + 5) / 18) ** 0.5
    low = int(max(0, np.floor((len(slopes) - half) / 2)))
    high = int(min(len(slopes) - 1, np.ceil((len(slopes) + half) / 2)))
    return median(slopes), float(slopes[low]), float(slopes[high])


def trend_tau(y: FloatArray) -> float:
    """Kendall's tau of a series against time (Mann 1945): -1 falls at every step, 0 has no trend."""
    n = len(y)
    if n < 3:
        return 0.0
    y = y[_thinned(n)]
    n = len(y)
    i, j = _pairs(n)
    return float(np.sign(y[j] - y[i]).sum()) / (n * (n - 1) / 2)


def shared_steps(a: FloatArray, b: FloatArray) -> float:
    """Whether two series go up and down together: Spearman's rho of their steps, in standard errors.

    ``rho * sqrt(n - 1)`` for n steps, which is about standard normal where the steps have nothing to do with each
    other: above 2 they move together, below -2 one falls where the other rises. 0 for fewer than four steps or where
    all steps of a series are equal.
    """
    first, second = _ranks(np.diff(a)), _ranks(np.diff(b))
    n = len(first)
    if n < 4 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    rho = float(np.corrcoef(first, second)[0, 1])
    return rho * float(np.sqrt(n - 1))


def _ranks(value: FloatArray) -> FloatArray:
    """Ranks from 1, equal values sharing their mean rank."""
    _, place, count = np.unique(value, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks
