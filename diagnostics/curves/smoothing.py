"""Trailing smoothing: a smoothed point knows only the past, so no turn appears before it happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from diagnostics.types import FloatArray, IntArray


def trailing(value: FloatArray, weight: float, segment: IntArray | None = None) -> FloatArray:
    """Exponential moving average of the past, corrected for its start.

    ``s[t] = sum(w**k * y[t-k]) / sum(w**k)`` over the finite points of the same segment up to t.

    Parameters
    ----------
    value : ndarray of float, shape (n,)
    weight : float
        Weight of the past, 0 (the raw values) to below 1.
    segment : ndarray of int, shape (n,), optional
        The average starts afresh where the segment changes.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN wherever the value is not finite: smoothing never fills a gap.

    Raises
    ------
    ValueError
        When `weight` is outside [0, 1).
    """
    if not 0 <= weight < 1:
        raise ValueError(f"weight must lie in [0, 1), got {weight}")
    finite = np.where(np.isfinite(value), value, np.nan)
    if weight == 0 or len(value) == 0:
        return finite
    cuts = [] if segment is None else list(np.flatnonzero(np.diff(segment)) + 1)
    pieces = [_average(piece, weight) for piece in np.split(finite, cuts)]
    return np.concatenate(pieces)


def _average(value: FloatArray, weight: float) -> FloatArray:
    mean = pd.Series(value).ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean().to_numpy()
    return np.where(np.isnan(value), np.nan, mean)
