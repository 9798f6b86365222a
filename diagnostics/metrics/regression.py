"""Metrics of quantities, from arrays or from moments of the residuals (truth minus prediction)."""

from __future__ import annotations

import math

import numpy as np

from diagnostics.metrics.intervals import mean_interval
from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import FloatArray, MetricValue, ResidualMoments


def _clean(
    truth: FloatArray, predicted: FloatArray, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    keep = np.isfinite(truth) & np.isfinite(predicted)
    weights = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=np.float64)
    return truth[keep], predicted[keep], weights[keep]


def moments(truth: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> ResidualMoments:
    """Moments of the residuals of two arrays; rows where either is missing are counted and left out."""
    y, q, w = _clean(truth, predicted, weight)
    e, total, missing = y - q, float(w.sum()), len(truth) - len(y)
    if total <= 0:
        nan = math.nan
        return ResidualMoments(
            n=0, weight=0.0, mean=nan, variance=nan, skewness=nan, kurtosis=nan, mean_absolute=nan, mean_square=nan,
            truth_mean=nan, truth_variance=nan, median=nan, median_absolute=nan, missing=missing,
        )  # fmt: skip
    mean, truth_mean = float(w @ e) / total, float(w @ y) / total
    centred = e - mean
    variance = float(w @ centred**2) / total
    return ResidualMoments(
        n=len(y), weight=total, mean=mean, variance=variance,
        skewness=float(w @ centred**3) / total / variance**1.5 if variance > 0 else math.nan,
        kurtosis=float(w @ centred**4) / total / variance**2 if variance > 0 else math.nan,
        mean_absolute=float(w @ np.abs(e)) / total, mean_square=float(w @ e**2) / total,
        truth_mean=truth_mean, truth_variance=float(w @ (y - truth_mean) ** 2) / total,
        median=float(np.median(e)), median_absolute=float(np.median(np.abs(e))), missing=missing,
    )  # fmt: skip


@metric("mae", greater_is_better=False, bounds=(0.0, None), needs=("moments",))
def mae(moments: ResidualMoments) -> MetricValue:
    """Mean absolute error: mean(|y - q|), with a normal interval."""
    if moments.n == 0:
        return undefined("mae", "no_rows")
    bounds = mean_interval(moments.mean_absolute * moments.n, moments.mean_square * moments.n, moments.n)
    low, high = bounds if bounds else (None, None)
    return value("mae", moments.mean_absolute, moments.n, low=None if low is None else max(0.0, low), high=high)


@metric("rmse", greater_is_better=False, bounds=(0.0, None), needs=("moments",))
def rmse(moments: ResidualMoments) -> MetricValue:
    """Root mean squared error; interval from the variance of the squared residuals (delta method)."""
    if moments.n == 0:
        return undefined("rmse", "no_rows")
    root = math.sqrt(moments.mean_square)
    low = high = None
    if moments.n > 1 and root > 0 and math.isfinite(moments.kurtosis):
        m, v = moments.mean, moments.variance
        fourth = moments.kurtosis * v**2 + 4 * m * moments.skewness * v**1.5 + 6 * m * m * v + m**4
        half = 1.96 * math.sqrt(max(0.0, fourth - moments.mean_square**2) / moments.n) / (2 * root)
        low, high = max(0.0, root - half), root + half
    return value("rmse", root, moments.n, low=low, high=high)


@metric("median_absolute_error", greater_is_better=False, bounds=(0.0, None), needs=("moments",))
def median_absolute_error(moments: ResidualMoments) -> MetricValue:
    """Median of |y - q|; weights are not used."""
    if moments.n == 0:
        return undefined("median_absolute_error", "no_rows")
    return value("median_absolute_error", moments.median_absolute, moments.n)


@metric("r2", greater_is_better=True, bounds=(None, 1.0), needs=("moments",))
def r2(moments: ResidualMoments) -> MetricValue:
    """1 - mean((y - q)²) / var(y); undefined for fewer than two rows or a constant truth."""
    if moments.n < 2:
        return undefined("r2", "too_few_rows", moments.n)
    if moments.truth_variance <= 1e-14 * max(1.0, moments.truth_mean**2):
        return undefined("r2", "constant_truth", moments.n)
    return value("r2", 1 - moments.mean_square / moments.truth_variance, moments.n)


@metric("bias", greater_is_better=None, needs=("moments",))
def bias(moments: ResidualMoments) -> MetricValue:
    """Mean residual, truth minus prediction: positive where the model answers too low."""
    if moments.n == 0:
        return undefined("bias", "no_rows")
    half = 1.96 * math.sqrt(moments.variance / moments.n)
    return value("bias", moments.mean, moments.n, low=moments.mean - half, high=moments.mean + half)


@metric("mape", greater_is_better=False, bounds=(0.0, None), needs=("truth", "predicted"), unit="fraction")
def mape(truth: FloatArray, predicted: FloatArray, weight: FloatArray | None = None) -> MetricValue:
    """Mean of |y - q| / |y|; undefined where any truth is 0, which would count without bound."""
    y, q, w = _clean(truth, predicted, weight)
    if w.sum() <= 0:
        return undefined("mape", "no_rows")
    if (y == 0).any():
        return undefined("mape", "zero_truth", len(y))
    return _mean("mape", np.abs((y - q) / y), w)


@metric("asymmetric_squared", greater_is_better=False, bounds=(0.0, None), needs=("truth", "predicted", "alpha"))
def asymmetric_squared(
    truth: FloatArray, predicted: FloatArray, alpha: float = 0.5, weight: FloatArray | None = None
) -> MetricValue:
    """Mean of alpha e² where the model answered too low (e = y - q > 0) and (1 - alpha) e² where too high.

    alpha = 0.5 is half the mean squared error; above it, too low an answer costs more.
    """
    y, q, w = _clean(truth, predicted, weight)
    if w.sum() <= 0:
        return undefined("asymmetric_squared", "no_rows")
    return _mean("asymmetric_squared", example_asymmetric(y, q, alpha), w)


def example_asymmetric(truth: FloatArray, predicted: FloatArray, alpha: float) -> FloatArray:
    """Asymmetric squared loss of each row, shape (n,)."""
    e = truth - predicted
    loss: FloatArray = np.where(e > 0, alpha, 1 - alpha) * e**2
    return loss


def _mean(name: str, values: FloatArray, weights: FloatArray) -> MetricValue:
    total = float(weights.sum())
    mean = float(values @ weights) / total
    half = 1.96 * math.sqrt(float(weights**2 @ np.square(values - mean))) / total
    return value(name, mean, len(values), low=max(0.0, mean - half), high=mean + half)


def quantiles_against_normal(residuals: FloatArray, points: int = 200) -> tuple[FloatArray, FloatArray]:
    """Points of a QQ plot: normal quantiles and standardised residual quantiles, each of shape (m,)."""
    from scipy.special import ndtri

    e = np.sort(residuals[np.isfinite(residuals)])
    if len(e) < 2 or e.std() == 0:
        return np.zeros(0), np.zeros(0)
    # Every residual in the tails, where a QQ plot is read, and evenly spaced ones between.
    places = np.unique(np.concatenate([np.arange(min(25, len(e))), np.linspace(0, len(e) - 1, points).astype(int),
                                       np.arange(max(0, len(e) - 25), len(e))]))  # fmt: skip
    return ndtri((places + 0.5) / len(e)), (e[places] - e.mean()) / e.std()
