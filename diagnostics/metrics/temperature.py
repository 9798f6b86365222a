"""The temperature that makes probabilities mean what they say, from counts in bins or from a sample of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.calibration import log_probability, tempered
from diagnostics.types import CalibrationBins, FloatArray, IntArray

BOUNDS = (0.05, 20.0)
_HALF_CHI2 = 1.9207
"""Half of the 95 % quantile of chi squared with one degree of freedom."""


@dataclass(frozen=True, kw_only=True)
class Temperature:
    """A fitted temperature.

    Attributes
    ----------
    value : float
        Logits are divided by it: above 1 the probabilities were too sure, below 1 too timid.
    low, high : float
        95 % interval from the profile of the likelihood.
    before, after : float
        Mean log loss in nats without and with it.
    n : int
    """

    value: float
    low: float
    high: float
    before: float
    after: float
    n: int

    @property
    def helps(self) -> bool:
        """Whether 1 (no change) is outside the interval."""
        return not self.low <= 1.0 <= self.high


def of_bins(bins: CalibrationBins) -> Temperature | None:
    """Temperature of the probability of one event, from fine bins; None with fewer than two bins or one outcome."""
    hits, n = float(bins.observed @ bins.count), float(bins.count.sum())
    if len(bins.count) < 2 or not 0 < hits < n:
        return None
    clipped = np.clip(bins.confidence, 1e-6, 1 - 1e-6)
    odds = np.log(clipped / (1 - clipped))

    def loss(temperature: float) -> float:
        scaled = odds / temperature
        return float((bins.count * (np.logaddexp(0, scaled) - bins.observed * scaled)).sum())

    return _fitted(loss, n)


def of_rows(probability: FloatArray, truth: IntArray) -> Temperature | None:
    """Softmax temperature of all classes together; None without rows.

    Parameters
    ----------
    probability : ndarray of float, shape (n, k)
    truth : ndarray of int, shape (n,)
        Class numbers; rows with -1 or with a missing probability are left out.
    """
    keep = (truth >= 0) & np.isfinite(probability).all(axis=1) & (probability.sum(axis=1) > 0)
    p, number = probability[keep], truth[keep]
    if len(number) < 2 or (p < 0).any():
        return None
    logs, rows = log_probability(p), np.arange(len(number))

    def loss(temperature: float) -> float:
        return -float(np.log(tempered(logs, temperature)[rows, number] + 1e-300).sum())

    return _fitted(loss, len(number))


def _fitted(loss: Callable[[float], float], n: float) -> Temperature:
    from scipy.optimize import brentq, minimize_scalar

    low, high = np.log(BOUNDS[0]), np.log(BOUNDS[1])
    found = minimize_scalar(lambda t: loss(float(np.exp(t))), bounds=(low, high), method="bounded")
    best, least = float(found.x), float(found.fun)

    def excess(t: float) -> float:
        return loss(float(np.exp(t))) - least - _HALF_CHI2

    ends = []
    for end in (low, high):
        ends.append(float(brentq(excess, end, best)) if excess(end) > 0 else float(end))
    return Temperature(
        value=float(np.exp(best)), low=float(np.exp(ends[0])), high=float(np.exp(ends[1])), before=loss(1.0) / n,
        after=least / n, n=round(n),
    )  # fmt: skip
