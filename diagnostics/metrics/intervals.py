"""Intervals: how sure a share, a mean or an area is at the file's own n. Pure numpy; 95 % unless said otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from diagnostics.types import FloatArray, IntArray

Z95 = 1.959963984540054


def wilson(hits: float, n: float, z: float = Z95) -> tuple[float, float] | None:
    """Wilson's score interval of a share; None for n = 0.

    Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    if n <= 0:
        return None
    share = hits / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(max(0.0, share * (1 - share) / n + z * z / (4 * n * n))) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(hits: float, n: float, other_hits: float, other_n: float, z: float = Z95) -> tuple[float, float] | None:
    """Interval of the difference of two independent shares (Newcombe 1998, method 10); None where n = 0."""
    first, second = wilson(hits, n, z), wilson(other_hits, other_n, z)
    if first is None or second is None:
        return None
    p, q = hits / n, other_hits / other_n
    low = p - q - math.hypot(p - first[0], second[1] - q)
    high = p - q + math.hypot(first[1] - p, q - second[0])
    return max(-1.0, low), min(1.0, high)


def effective_n(weight: FloatArray) -> float:
    """Kish's effective sample size of weighted rows."""
    squares = float(np.square(weight).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def mean_interval(total: float, square_total: float, n: float, z: float = Z95) -> tuple[float, float] | None:
    """Normal interval of a mean from its sum and sum of squares; None for fewer than two rows."""
    if n < 2:
        return None
    mean = total / n
    variance = max(0.0, square_total / n - mean * mean) * n / (n - 1)
    half = z * math.sqrt(variance / n)
    return mean - half, mean + half


def auc_interval(area: float, positives: float, negatives: float, z: float = Z95) -> tuple[float, float] | None:
    """Hanley and McNeil's (1982) interval of an area under the ROC curve, by turning the test around.

    An end is the area whose own standard error just reaches the one measured (Newcombe 2006), so the interval stays
    in [0, 1] and keeps a width at areas of 0 and 1. Used for histograms; `delong_variance` gives the exact variance
    where the rows are at hand.
    """
    if positives < 1 or negatives < 1:
        return None

    def variance(a: float) -> float:
        q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
        spread = a * (1 - a) + (positives - 1) * (q1 - a * a) + (negatives - 1) * (q2 - a * a)
        return max(0.0, spread) / (positives * negatives)

    def end(outer: float) -> float:
        inner = area
        for _ in range(60):
            middle = (inner + outer) / 2
            if abs(area - middle) < z * math.sqrt(variance(middle)):
                inner = middle
            else:
                outer = middle
        return (inner + outer) / 2

    return end(0.0), end(1.0)


def logit_interval(share: float, variance: float, z: float = Z95) -> tuple[float, float]:
    """Interval of a share from its variance, made on the logit scale; at 0 and 1 the plain normal one, clipped."""
    if not 0 < share < 1:
        half = z * math.sqrt(max(0.0, variance))
        return max(0.0, share - half), min(1.0, share + half)
    centre = math.log(share / (1 - share))
    half = z * math.sqrt(max(0.0, variance)) / (share * (1 - share))
    return 1 / (1 + math.exp(-(centre - half))), 1 / (1 + math.exp(-(centre + half)))


def delong_variance(positive: FloatArray, negative: FloatArray) -> float:
    """Variance of the area under the ROC curve by DeLong et al. (1988), in O(n log n) (Sun and Xu 2014).

    Parameters
    ----------
    positive, negative : ndarray of float, shape (m,) and (n,)
        Scores of the rows of either class; at least two each, else NaN.
    """
    m, n = len(positive), len(negative)
    if m < 2 or n < 2:
        return math.nan
    both = midranks(np.concatenate([positive, negative]))
    above = (both[:m] - midranks(positive)) / n
    below = 1 - (both[m:] - midranks(negative)) / m
    return float(above.var(ddof=1) / m + below.var(ddof=1) / n)


def midranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, ties get their mean rank; shape (n,)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    lengths = np.diff(np.append(starts, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (lengths + 1) / 2, lengths)
    return ranks


def bootstrap(
    statistic: Callable[[IntArray], float], n: int, *, draws: int = 500, seed: int = 0, level: float = 0.95
) -> tuple[float, float] | None:
    """Percentile bootstrap of a statistic over rows.

    Parameters
    ----------
    statistic : callable
        Takes row numbers (shape (n,), with repeats) and returns a number; NaN draws are left out.
    n : int
        Rows.
    draws, seed, level
        The same seed gives the same interval; the global random state is not touched.

    Returns
    -------
    tuple of float or None
        None where fewer than half of the draws are defined.
    """
    random = np.random.default_rng(seed)
    values = np.array([statistic(random.integers(0, n, n)) for _ in range(draws)])
    values = values[np.isfinite(values)]
    if len(values) < draws / 2 or n < 2:
        return None
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
