"""Cut points: where a numeric column is divided. A bin holds `cut[i-1] <= x < cut[i]`."""

from __future__ import annotations

import math

import numpy as np

from diagnostics.types import FloatArray

SAMPLE = 200_000
"""Values looked at to place quantiles; every value is then binned exactly by the cuts found."""


def short_between(low: float, high: float) -> float:
    """The number with the fewest decimals in (low, high].

    Parameters
    ----------
    low, high : float
        Finite, low < high.

    Examples
    --------
    >>> short_between(59.0, 60.0), short_between(0.1234, 0.1291), short_between(1180.0, 1234.0)
    (60.0, 0.125, 1200.0)
    """
    span = high - low
    exponent = math.floor(math.log10(span)) + 1 if span > 0 and math.isfinite(span) else 0
    for digits in range(-exponent, -exponent + 17):
        for part in (1.0, 0.5):
            step = part * 10.0**-digits
            if step == 0 or not math.isfinite(high / step):
                return high
            candidate = math.floor(high / step * (1 + 1e-15)) * step
            candidate = round(candidate, min(300, max(0, digits + 1)))
            if low < candidate <= high:
                return candidate
    return high


def _between(values: FloatArray, places: np.ndarray) -> FloatArray:
    """Cuts just above `values[places - 1]` and at most `values[places]`, as short decimals."""
    cuts = [short_between(float(values[i - 1]), float(values[i])) for i in places]
    return np.array(cuts, dtype=np.float64)


def quantile_cuts(values: FloatArray, bins: int, *, seed: int = 0) -> FloatArray:
    """Cuts that divide finite values into at most `bins` groups of about equal size.

    A column with no more than `bins` distinct values is cut between all of them.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN and infinities are left out.
    bins : int

    Returns
    -------
    ndarray of float, shape (at most bins - 1,)
        Ascending; empty where there are fewer than two distinct values.
    """
    finite = values[np.isfinite(values)]
    if len(finite) > SAMPLE:
        finite = finite[np.random.default_rng(seed).integers(0, len(finite), SAMPLE)]
    distinct, counts = np.unique(finite, return_counts=True)
    if len(distinct) < 2:
        return np.zeros(0)
    if len(distinct) <= bins:
        return _between(distinct, np.arange(1, len(distinct)))
    upto = np.cumsum(counts)
    wanted = np.arange(1, bins) * (upto[-1] / bins)
    # The boundary whose cumulative count is nearest to the wanted one, so that ties do not empty a bin.
    right = np.clip(np.searchsorted(upto, wanted), 0, len(upto) - 1)
    left = np.maximum(right - 1, 0)
    nearer_left = np.abs(upto[left] - wanted) < np.abs(upto[right] - wanted)
    places = np.unique(np.where(nearer_left, left, right) + 1)
    return _between(distinct, places[places < len(distinct)])


def equal_width_cuts(values: FloatArray, bins: int) -> FloatArray:
    """Cuts that divide the finite range into `bins` intervals of equal width."""
    finite = values[np.isfinite(values)]
    if len(finite) == 0 or finite.min() == finite.max():
        return np.zeros(0)
    edges: FloatArray = np.linspace(finite.min(), finite.max(), bins + 1)[1:-1]
    return np.unique(edges)


def codes_of(values: FloatArray, cuts: FloatArray) -> np.ndarray:
    """Bin number of each value, shape (n,), with `len(cuts) + 1` for NaN."""
    codes = np.searchsorted(cuts, values, side="right").astype(np.uint8 if len(cuts) < 254 else np.uint16)
    codes[np.isnan(values)] = len(cuts) + 1
    return codes


def merged(counts: np.ndarray, groups: int) -> np.ndarray:
    """Neighbouring fine bins put together to at most `groups` of about equal counts.

    Returns
    -------
    ndarray of int, shape (len(counts),)
        Number of the coarse bin of each fine bin.
    """
    if len(counts) <= groups:
        return np.arange(len(counts))
    middle = np.cumsum(counts) - counts / 2
    coarse = np.floor(middle / max(1.0, float(counts.sum())) * groups).astype(np.int64)
    return np.unique(np.clip(coarse, 0, groups - 1), return_inverse=True)[1]
