"""How surprising a slice's sum of scores is if scores had been dealt to rows at random.

The reference is the permutation distribution: n of N rows drawn without replacement. Right-or-wrong scores follow the
hypergeometric distribution, computed exactly; other scores are matched in mean, variance and skewness by a
Pearson type III curve, whose moments under permutation are exact (Mielke and Berry, "Permutation Methods", 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.slices.counting import Scores
from diagnostics.types import FloatArray

EXACT_VARIANCE = 900.0
"""Above this variance of the number of errors the Pearson III tail equals the exact one to three digits."""

_LOG_SMALLEST = -690.0


@dataclass(frozen=True, kw_only=True)
class Population:
    """The rows that scores are dealt to.

    Attributes
    ----------
    n : float
        Rows.
    total : float
        Sum of the scores.
    mean, deviation, skewness : float
        Of the scores, over the population.
    binary : bool
    """

    n: float
    total: float
    mean: float
    deviation: float
    skewness: float
    binary: bool


def population(scores: Scores, rows: np.ndarray | None = None) -> Population:
    """Moments of the scores of some rows (all by default)."""
    values = scores.values if rows is None else scores.values[rows]
    n = len(values)
    if n == 0:
        return Population(n=0, total=0, mean=0, deviation=0, skewness=0, binary=scores.binary)
    if scores.binary:
        total = float(np.count_nonzero(values))
        mean = total / n
        deviation = float(np.sqrt(mean * (1 - mean)))
        skewness = (1 - 2 * mean) / deviation if deviation > 0 else 0.0
        return Population(n=n, total=total, mean=mean, deviation=deviation, skewness=skewness, binary=True)
    mean = float(values.mean())
    centred = values - mean
    deviation = float(np.sqrt(np.mean(centred**2)))
    skewness = float(np.mean(centred**3)) / deviation**3 if deviation > 0 else 0.0
    return Population(n=n, total=float(values.sum()), mean=mean, deviation=deviation, skewness=skewness, binary=False)


def population_of(sums: Sequence[float], *, binary: bool) -> Population:
    """The same from the number of rows and the sums of the scores, their squares and their cubes."""
    n, total, squares, cubes = sums
    if n == 0:
        return Population(n=0, total=0, mean=0, deviation=0, skewness=0, binary=binary)
    mean = total / n
    variance = mean * (1 - mean) if binary else max(0.0, squares / n - mean**2)
    deviation = float(np.sqrt(variance))
    third = cubes / n - 3 * mean * squares / n + 2 * mean**3
    skewness = third / deviation**3 if deviation > 1e-12 * max(1.0, abs(mean)) else 0.0
    if binary and deviation > 0:
        skewness = (1 - 2 * mean) / deviation
    return Population(n=n, total=total, mean=mean, deviation=deviation, skewness=skewness, binary=binary)


def standardised(n: FloatArray, total: FloatArray, of: Population) -> FloatArray:
    """How far sums lie above their expectation, in permutation standard deviations; 0 where that is 0."""
    spread = of.deviation * np.sqrt(np.maximum(0.0, n * (of.n - n)) / max(1.0, of.n - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (total - n * of.mean) / spread
    # A sum that can only take one value carries no surprise; so does rounding noise beside it.
    return np.where(spread > 1e-9 * max(1.0, abs(of.mean)) * np.sqrt(np.maximum(n, 1)), z, 0.0)


def log_upper_tail(n: FloatArray, total: FloatArray, of: Population) -> FloatArray:
    """Natural logarithm of the one-sided p-value of each sum (large sums are surprising).

    Parameters
    ----------
    n, total : ndarray of float, shape (k,)
        Rows and sums of scores of k slices.
    of : Population
    """
    z = standardised(n, total, of)
    skewness = _skewness_of_sums(n, of)
    result = _pearson_upper(z, skewness)
    if of.binary:
        variance = of.deviation**2 * n * (of.n - n) / max(1.0, of.n - 1)
        exact = (variance < EXACT_VARIANCE) & (z > 0)
        if exact.any():
            result[exact] = _hypergeometric_upper(total[exact], of.n, of.total, n[exact])
    return result


def _skewness_of_sums(n: FloatArray, of: Population) -> FloatArray:
    if of.n <= 2:
        return np.zeros_like(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = of.skewness * (of.n - 2 * n) * np.sqrt(of.n - 1) / ((of.n - 2) * np.sqrt(n * (of.n - n)))
    finite: FloatArray = np.nan_to_num(value, nan=0.0, posinf=0.0, neginf=0.0)
    return finite


def _pearson_upper(z: FloatArray, skewness: FloatArray) -> FloatArray:
    from scipy.special import gammaincc, log_ndtr

    result: FloatArray = log_ndtr(-z)
    # Sums skewed to the left have a lighter upper tail than the normal curve, which is therefore safe for them.
    skewed = skewness > 1e-3
    if skewed.any():
        shape = 4 / skewness[skewed] ** 2
        place = shape + z[skewed] * np.sqrt(shape)
        with np.errstate(divide="ignore"):
            tail = np.log(gammaincc(shape, np.maximum(0.0, place)))
        # Far out gammaincc underflows; Wilson and Hilferty's cube root keeps the order there.
        cube = 3 * np.sqrt(shape) * (np.cbrt(np.maximum(place, 0) / shape) - 1 + 1 / (9 * shape))
        result[skewed] = np.where(tail > _LOG_SMALLEST, tail, np.minimum(_LOG_SMALLEST, log_ndtr(-cube)))
    return result


def _hypergeometric_upper(hits: FloatArray, rows: float, marked: float, drawn: FloatArray) -> FloatArray:
    """Log of P(X > hits) + P(X = hits) / 2 for X ~ hypergeometric(rows, marked, drawn)."""
    from scipy.special import gammaln

    def choose(top: FloatArray | float, bottom: FloatArray) -> FloatArray:
        value: FloatArray = gammaln(top + 1.0) - gammaln(bottom + 1.0) - gammaln(top - bottom + 1.0)
        return value

    log_mass = choose(marked, hits) + choose(rows - marked, drawn - hits) - choose(rows, drawn)
    series = np.ones(len(hits))
    term = np.ones(len(hits))
    place = hits.astype(np.float64).copy()
    for _ in range(5000):
        below = (place + 1) * (rows - marked - drawn + place + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = (marked - place) * (drawn - place) / below
        term = term * np.where(below > 0, np.maximum(ratio, 0.0), 0.0)
        series += term
        place += 1
        if not (term > 1e-10 * series).any():
            break
    return np.minimum(0.0, log_mass + np.log(series))
