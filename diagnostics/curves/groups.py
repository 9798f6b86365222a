"""Runs that differ only in their seed, read together: a mean and a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.types import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Mean of several runs and one standard deviation on either side.

    Attributes
    ----------
    x, mean, low, high : ndarray of float, shape (n,)
        `low` and `high` are the mean minus and plus the sample standard deviation (n - 1 in the denominator).
    count : ndarray of int, shape (n,)
        Runs behind each point, at least 2.
    """

    x: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    count: IntArray


def band(series: Sequence[tuple[FloatArray, FloatArray]]) -> Band | None:
    """Mean and spread of several (x, value) series.

    Series that were logged at other places than the longest one are read by linear interpolation at its places,
    inside their own range only. Where a place was logged twice the later value counts. Places with fewer than two
    runs are left out: there is no spread of one.

    Returns
    -------
    Band or None
        None where fewer than two series overlap.
    """
    cleaned = [clean for clean in (_last_at_each(x, value) for x, value in series) if len(clean[0])]
    if len(cleaned) < 2:
        return None
    grid = max((x for x, _ in cleaned), key=len)
    values = np.stack([np.interp(grid, x, value, left=np.nan, right=np.nan) for x, value in cleaned])
    count = np.isfinite(values).sum(axis=0)
    shared = count >= 2
    if not shared.any():
        return None
    values, count, grid = values[:, shared], count[shared], grid[shared]
    mean, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0, ddof=1)
    return Band(x=grid, mean=mean, low=mean - spread, high=mean + spread, count=count)


def _last_at_each(x: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    good = np.isfinite(x) & np.isfinite(value)
    backwards = x[good][::-1]
    places, index = np.unique(backwards, return_index=True)
    return places, value[good][::-1][index]
