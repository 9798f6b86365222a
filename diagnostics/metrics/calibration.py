"""Do probabilities mean what they say: bins, expected calibration error with its interval, temperature, label noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import CalibrationBins, FloatArray, IntArray, MetricValue

BINS = 15


def calibration_bins(confidence: FloatArray, observed: FloatArray, bins: int = BINS) -> CalibrationBins:
    """Bins of about equal size; equal confidences always share a bin.

    Parameters
    ----------
    confidence : ndarray of float, shape (n,)
        Probability of what is observed; NaN is left out.
    observed : ndarray of float, shape (n,)
        1 where it happened, else 0.
    """
    keep = np.isfinite(confidence)
    order = np.argsort(confidence[keep], kind="stable")
    p, y = confidence[keep][order], np.asarray(observed, dtype=np.float64)[keep][order]
    if len(p) == 0:
        empty = np.zeros(0)
        return CalibrationBins(count=empty, confidence=empty, observed=empty, low=empty, high=empty)
    wanted = p[np.linspace(0, len(p) - 1, bins + 1).astype(int)[1:-1]]
    starts = np.unique(np.append(0, np.searchsorted(p, wanted, side="left")))
    stops = np.append(starts[1:], len(p))
    count = (stops - starts).astype(np.float64)
    return CalibrationBins(
        count=count,
        confidence=np.add.reduceat(p, starts) / count,
        observed=np.add.reduceat(y, starts) / count,
        low=p[starts],
        high=p[stops - 1],
    )


def reliability_gaps(bins: CalibrationBins) -> tuple[FloatArray, FloatArray]:
    """Gap of each bin (observed - confidence) and its standard error, shape (b,)."""
    share = bins.confidence * (1 - bins.confidence)
    return bins.observed - bins.confidence, np.sqrt(np.maximum(share, 1e-12) / np.maximum(bins.count, 1))


@metric("ece", greater_is_better=False, bounds=(0.0, 1.0), needs=("calibration",), unit="fraction")
def ece(calibration: CalibrationBins) -> MetricValue:
    """Expected calibration error: mean over rows of |observed - confidence| of the row's bin.

    Two quantities have this formula, and they differ by the bins they are given. Bins of the answer's confidence
    against whether the answer is right give the error of the answer ("top-label ECE", what the finding
    `miscalibration` reports); bins of one class's probability against whether the class is true give the error of
    that class ("class-wise ECE", what the thresholds page shows for a class).

    The plain estimate is biased upwards by sampling noise; the interval comes from parametric resampling of the
    bins with that bias taken off (basic bootstrap), so it can reach 0 for a calibrated model.
    """
    n = float(calibration.count.sum())
    if n == 0:
        return undefined("ece", "no_rows")
    plain = _ece(calibration, calibration.observed)
    random = np.random.default_rng(0)
    counts = calibration.count.astype(np.int64)
    draws = random.binomial(counts, np.clip(calibration.observed, 0, 1), size=(1000, len(counts))) / counts
    values = np.abs(draws - calibration.confidence) @ calibration.count / n
    low, high = np.quantile(values, [0.025, 0.975])
    return value("ece", plain, n, low=max(0.0, float(2 * plain - high)), high=float(2 * plain - low))


def _ece(bins: CalibrationBins, observed: FloatArray) -> float:
    return float(np.abs(observed - bins.confidence) @ bins.count / bins.count.sum())


def debiased_ece(bins: CalibrationBins) -> float:
    """ECE with the sampling variance of each bin's share taken out of its gap (Kumar et al. 2019, for |.|)."""
    if not len(bins.count):
        return 0.0
    variance = bins.observed * (1 - bins.observed) / np.maximum(bins.count - 1, 1)
    gap = np.sqrt(np.maximum(0.0, np.square(bins.observed - bins.confidence) - variance))
    return float(gap @ bins.count / bins.count.sum())


@dataclass(frozen=True, kw_only=True)
class NoiseFit:
    """Temperature and label noise that explain the labels best.

    Attributes
    ----------
    temperature : float
        Above 1 the probabilities are too sure, below 1 too timid.
    noise : float
        Share of labels that look random given the probabilities.
    noise_ratio : float
        Likelihood-ratio statistic of noise > 0 with the temperature free.
    temperature_ratio : float
        The same of temperature != 1 with the noise free.
    noise_ratio_as_stored : float
        The same of noise > 0 with the probabilities taken as they are. A model of the wrong shape can make noise out
        of a temperature; noise that is there shows without one.
    """

    temperature: float
    noise: float
    noise_ratio: float
    temperature_ratio: float
    noise_ratio_as_stored: float

    @property
    def noise_low(self) -> float:
        """Lower 95 % bound of the noise (Wald, with the standard error the likelihood ratio implies)."""
        if self.noise_ratio <= 0:
            return 0.0
        return max(0.0, self.noise * (1 - 1.96 / float(np.sqrt(self.noise_ratio))))


def log_probability(probability: FloatArray) -> FloatArray:
    """Logarithms of stored probabilities: exact zeros become half of the smallest step the file can show."""
    p = np.asarray(probability, dtype=np.float64)
    positive = p[p > 0]
    floor = min(float(positive.min()) / 2, 1e-4) if len(positive) else 1e-12
    clipped = np.maximum(np.nan_to_num(p), max(floor, 1e-12))
    result: FloatArray = np.log(clipped / clipped.sum(axis=1, keepdims=True))
    return result


def tempered(logs: FloatArray, temperature: float) -> FloatArray:
    """Softmax of log probabilities divided by a temperature, shape (n, k)."""
    scaled = logs / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: FloatArray = scaled / scaled.sum(axis=1, keepdims=True)
    return result


def fit_noise(logs: FloatArray, truth: IntArray) -> NoiseFit:
    """Fit q(y) = (1 - e) softmax(log p / T)[y] + e (1 - softmax(log p / T)[y]) / (k - 1) by maximum likelihood.

    Random label flips leave a model sure of an answer the label denies, whatever its confidence; a temperature
    moves all confidences together. Fitting both at once tells them apart.

    Parameters
    ----------
    logs : ndarray of float, shape (n, k)
        From `log_probability`.
    truth : ndarray of int, shape (n,)
    """
    others = logs.shape[1] - 1
    rows = np.arange(len(truth))

    def loss(temperature: float, noise: float) -> float:
        own = tempered(logs, temperature)[rows, truth]
        return -float(np.log((1 - noise) * own + noise / others * (1 - own) + 1e-300).sum())

    return _fit(loss)


def fit_noise_of_confidence(confidence: FloatArray, correct: FloatArray, classes: int) -> NoiseFit:
    """The same where only the confidence of the answer is stored, shape (n,)."""
    clipped = np.clip(confidence, 1e-4, 1 - 1e-4)
    odds = np.log(clipped / (1 - clipped))
    right = np.asarray(correct, dtype=bool)

    def loss(temperature: float, noise: float) -> float:
        own = 1 / (1 + np.exp(-np.clip(odds / temperature, -500, 500)))
        hit = (1 - noise) * own + noise / max(1, classes - 1) * (1 - own)
        return -float(np.log(np.where(right, hit, 1 - hit) + 1e-300).sum())

    return _fit(loss)


def _fit(loss: object) -> NoiseFit:
    from scipy.optimize import minimize, minimize_scalar

    call = loss if callable(loss) else None
    assert call is not None
    bounds = (np.log(0.02), np.log(50.0))

    def best_temperature(noise: float) -> tuple[float, float]:
        found = minimize_scalar(lambda t: call(np.exp(t), noise), bounds=bounds, method="bounded")
        return float(found.fun), float(np.exp(found.x))

    plain, temperature = best_temperature(0.0)
    found = min(
        (
            minimize(
                lambda x: call(float(np.exp(np.clip(x[0], *bounds))), float(1 / (1 + np.exp(-np.clip(x[1], -12, 12))))),
                [start, odds],
                method="Nelder-Mead",
                options={"xatol": 1e-3, "fatol": 1e-3},
            )
            for start in (0.0, float(np.log(temperature)))
            for odds in (-3.0, -5.0)
        ),
        key=lambda result: float(result.fun),
    )
    both = min(float(found.fun), plain)
    fixed = min(float(minimize_scalar(lambda e: call(1.0, e), bounds=(0.0, 0.5), method="bounded").fun), call(1.0, 0.0))
    noisy = plain - float(found.fun) > 0.5
    return NoiseFit(
        temperature=float(np.exp(np.clip(found.x[0], *bounds))) if noisy else temperature,
        noise=float(1 / (1 + np.exp(-found.x[1]))) if noisy else 0.0,
        noise_ratio=max(0.0, 2 * (plain - both)),
        temperature_ratio=max(0.0, 2 * (fixed - both)),
        noise_ratio_as_stored=max(0.0, 2 * (call(1.0, 0.0) - fixed)),
    )
