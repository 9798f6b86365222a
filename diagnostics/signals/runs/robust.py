"""Robust statistics of short noisy series; every function is equivariant to scale."""

from __future__ import annotations

import numpy as np

from diagnostics.types import FloatArray

# Median absolute deviation of a normal variable, in standard deviations.
MAD = 0.6745
_CELLS = 1_000_000


def noise(value: FloatArray) -> float:
    """Standard deviation of the noise around a smooth course, from second differences.

    ``median(|y[i-1] - 2 y[i] + y[i+1]|) / (0.6745 * sqrt(6))``: trend and slope cancel, a few jumps do not count.
    Returns 0 for fewer than four points.
    """
    if len(value) < 4:
        return 0.0
    return float(np.median(np.abs(np.diff(value, n=2)))) / (MAD * 6**0.5)


def trailing_median(value: FloatArray, width: int) -> FloatArray:
    """Median of the last `width` points at each point; shorter at the start. Shape (n,)."""
    if width <= 1 or len(value) < 2:
        return value.copy()
    return _medians(value, before=width - 1, after=0)


def centred_median(value: FloatArray, width: int) -> FloatArray:
    """Median of the points around each point, the window cut at both ends. Shape (n,)."""
    if width <= 1 or len(value) < 2:
        return value.copy()
    return _medians(value, before=width // 2, after=width // 2)


def _medians(value: FloatArray, *, before: int, after: int) -> FloatArray:
    """Median of the points from `before` places earlier to `after` places later, the window cut at both ends."""
    n, width = len(value), before + after + 1
    if n * width > _CELLS:  # a skip list: the time of long logs grows with log(width), not with width
        import pandas as pd

        padded = pd.Series(np.concatenate([value, np.full(after, np.nan)]))
        rolled: FloatArray = padded.rolling(width, min_periods=1).median().to_numpy()[after:]
        return rolled
    out = np.empty(n, dtype=np.float64)
    whole = range(before, n - after)
    for i in (i for i in range(n) if i not in whole):
        out[i] = np.median(value[max(0, i - before) : i + after + 1])
    if len(whole):
        out[before : n - after] = np.median(np.lib.stride_tricks.sliding_window_view(value, width), axis=1)
    return out


def width_for(n: int) -> int:
    """Odd smoothing width for n points: 1 up to ten points, then a twentieth."""
    return 1 if n < 10 else max(3, 2 * (n // 40) + 1)


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
    if n > 200:  # all pairs of a thinned series: the interval widens a little, the cost stays bounded
        pick = np.unique(np.linspace(0, n - 1, 200).round().astype(int))
        x, y, n = x[pick], y[pick], len(pick)
    i, j = np.triu_indices(n, k=1)
    run = x[j] - x[i]
    ok = run > 0
    slopes = np.sort((y[j] - y[i])[ok] / run[ok])
    if not len(slopes):
        return (float("nan"),) * 3
    half = 1.96 * (n * (n - 1) * (2 * n + 5) / 18) ** 0.5
    low = int(max(0, np.floor((len(slopes) - half) / 2)))
    high = int(min(len(slopes) - 1, np.ceil((len(slopes) + half) / 2)))
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])


def trend_tau(y: FloatArray) -> float:
    """Kendall's tau of a series against time (Mann 1945): -1 falls at every step, 0 has no trend."""
    n = len(y)
    if n < 3:
        return 0.0
    if n > 300:
        pick = np.unique(np.linspace(0, n - 1, 300).round().astype(int))
        y, n = y[pick], len(pick)
    i, j = np.triu_indices(n, k=1)
    return float(np.sign(y[j] - y[i]).sum()) / (n * (n - 1) / 2)
