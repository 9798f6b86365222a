"""The worst of many slices looks worse than it is; this takes the selection into account."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shrunk:
    """An effect in standard errors with its 95 % interval, given that it had to pass a threshold to be seen."""

    value: float
    low: float
    high: float


def conditional(z: float, threshold: float) -> Shrunk:
    """Median-unbiased estimate of an effect whose measured z had to exceed a threshold to be reported.

    The estimate d solves P(Z > z | Z > threshold, d) = 1/2 for Z ~ N(d, 1), its bounds the same with 0.025 and
    0.975; none is set below 0, because the slice was only asked whether it is worse.

    Parameters
    ----------
    z : float
        Measured effect over its standard error.
    threshold : float
        Smallest z that would have been reported; at most z.

    Source: H. Zhong and R. Prentice (2008), "Bias-reduced estimators and confidence intervals for odds ratios in
    genome-wide association studies".
    """
    threshold = min(threshold, z)
    return Shrunk(
        value=max(0.0, _solved(z, threshold, 0.5)),
        low=max(0.0, _solved(z, threshold, 0.025)),
        high=max(0.0, _solved(z, threshold, 0.975)),
    )


def _solved(z: float, threshold: float, share: float) -> float:
    """Effect d at which the conditional upper tail beyond z has the given probability, by bisection."""
    from scipy.special import log_ndtr, ndtri

    if threshold < z - 8:
        return float(z + ndtri(share))
    low, high = z - 40.0, z + 10.0
    goal = math.log(share)
    for _ in range(60):
        middle = (low + high) / 2
        tail = float(log_ndtr(middle - z) - log_ndtr(middle - threshold))
        if tail < goal:
            low = middle
        else:
            high = middle
    return (low + high) / 2
