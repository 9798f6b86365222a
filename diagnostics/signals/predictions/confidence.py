"""Facts about stored probabilities: calibration, label noise, suspects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics import queries
from diagnostics.metrics import calibration as measure
from diagnostics.queries import Answers
from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.predictions.classes import Output
from diagnostics.types import CalibrationBins, FloatArray, IntArray, MetricValue

MIN_ROWS = 100
"""Fewer rows cannot fill bins."""

FIT_ROWS = 100_000
"""Two parameters are known well enough from this many rows; more only cost time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Confidence:
    """Calibration of one output.

    Attributes
    ----------
    output : Output
    row : ndarray of int, shape (n,)
        File positions.
    confidence : ndarray of float, shape (n,)
        Of the most probable class.
    correct : ndarray of float, shape (n,)
        1 where the most probable class is the true one.
    bins : CalibrationBins
    ece : MetricValue
        With its interval.
    debiased : float
        ECE with sampling noise taken out.
    fit : NoiseFit
        Temperature and label noise.
    suspicion : ndarray of float, shape (n,)
        Probability under the fit that the label is not what the probabilities say.
    truth, suggested : ndarray of int, shape (n,)
        Class numbers of the label and of the most probable class.
    """

    output: Output
    row: IntArray
    confidence: FloatArray
    correct: FloatArray
    bins: CalibrationBins
    ece: MetricValue
    debiased: float
    fit: measure.NoiseFit
    suspicion: FloatArray
    truth: IntArray
    suggested: IntArray


@signal
def confidences(outputs: tuple[Output, ...]) -> tuple[Confidence, ...]:
    """Calibration and label noise of every output that has probabilities."""
    if not any(output.has_scores for output in outputs):
        raise Missing("needs_probabilities")
    found = [one for output in outputs if (one := _measured(output)) is not None]
    if not found:
        raise Missing("scores_are_not_probabilities")
    return tuple(found)


def _measured(output: Output) -> Confidence | None:
    roles = output.predictions.roles
    if not output.has_scores:
        return None
    if not roles.probabilities and roles.score_kind == "confidence":
        return _of_confidence(output)
    if roles.score_kind not in ("probability", "percent"):
        return None
    sample = _sample(output)
    if sample is None:
        return None
    fit = measure.fit_noise(measure.log_probability(sample[0]), sample[1])
    parts = [_part(output, answers, fit) for answers in queries.answers_in_parts(output.predictions)]
    row, best, correct, suspicion, truth, top = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _assembled(output, row, best, correct, fit, suspicion, truth, top)


def _sample(output: Output) -> tuple[FloatArray, IntArray] | None:
    """Probabilities and labels of evenly spread rows, when they are probabilities and enough."""
    whole = len(output.predictions.roles.probabilities) or 2
    share = max(1, output.predictions.n_rows // FIT_ROWS)
    kept: list[tuple[FloatArray, IntArray]] = []
    for answers in queries.answers_in_parts(output.predictions):
        matrix = _matrix(output, answers)
        if matrix is None:
            return None
        kept.append((matrix[::share], answers.truth[::share]))
    p, truth = np.concatenate([k[0] for k in kept]), np.concatenate([k[1] for k in kept])
    present = np.isfinite(p).all(axis=1)
    p, truth = p[present], truth[present]
    off = np.abs(p.sum(axis=1) - 1) if len(p) else np.zeros(0)
    if len(p) < MIN_ROWS or p.shape[1] < whole or p.min() < 0 or p.max() > 1 + 1e-6 or np.median(off) > 0.01:
        return None
    return p, truth


def _part(output: Output, answers: Answers, fit: measure.NoiseFit) -> tuple[np.ndarray, ...]:
    """Row, confidence, correctness, suspicion, label and suggestion of some rows."""
    matrix = _matrix(output, answers)
    assert matrix is not None
    keep = np.isfinite(matrix).all(axis=1)
    p, truth = matrix[keep], answers.truth[keep]
    top = p.argmax(axis=1)
    own = measure.tempered(measure.log_probability(p), fit.temperature)[np.arange(len(truth)), truth]
    suspicion = _suspicion(own, fit.noise, p.shape[1])
    return answers.row[keep], p.max(axis=1), (top == truth).astype(np.float64), suspicion, truth, top


def _of_confidence(output: Output) -> Confidence | None:
    """Only the confidence of the answer is stored: a wrong answer that was sure is a suspect."""
    answers = output.answers
    assert answers.score is not None
    keep = np.isfinite(answers.score)
    score = answers.score[keep]
    if len(score) < MIN_ROWS or score.min() < 0 or score.max() > 1 + 1e-6:
        return None
    truth, answer, row = answers.truth[keep], answers.answer[keep], answers.row[keep]
    correct = (truth == answer).astype(np.float64)
    classes = len(output.predictions.classes)
    step = -(-len(truth) // FIT_ROWS)
    fit = measure.fit_noise_of_confidence(score[::step], correct[::step], classes)
    clipped = np.clip(score, 1e-4, 1 - 1e-4)
    sure = 1 / (1 + np.exp(-np.clip(np.log(clipped / (1 - clipped)) / fit.temperature, -500, 500)))
    # Of a wrong answer nothing is known about the true class: all others share what the answer left.
    own = np.where(correct > 0, sure, (1 - sure) / max(1, classes - 1))
    return _assembled(output, row, score, correct, fit, _suspicion(own, fit.noise, classes), truth, answer)


def _assembled(
    output: Output, row: IntArray, confidence: FloatArray, correct: FloatArray, fit: measure.NoiseFit,
    suspicion: FloatArray, truth: IntArray, suggested: IntArray,
) -> Confidence:  # fmt: skip
    bins = measure.calibration_bins(confidence, correct)
    return Confidence(
        output=output, row=row, confidence=confidence, correct=correct, bins=bins, ece=measure.ece(bins),
        debiased=measure.debiased_ece(bins), fit=fit, suspicion=suspicion, truth=truth, suggested=suggested,
    )  # fmt: skip


def _matrix(output: Output, answers: Answers) -> FloatArray | None:
    """Probabilities of all classes, shape (n, k); None where one of them is not stored."""
    roles = output.predictions.roles
    scale = 100.0 if roles.score_kind == "percent" else 1.0
    if answers.probability is not None:
        return np.asarray(answers.probability, dtype=np.float64) / scale
    if answers.score is None or roles.positive is None or len(output.predictions.classes) != 2:
        return None
    p = answers.score / scale
    columns = [p, 1 - p] if output.predictions.classes[0] == roles.positive else [1 - p, p]
    return np.stack(columns, axis=1)


def _suspicion(own: FloatArray, noise: float, classes: int) -> FloatArray:
    """Posterior probability that a label is a random flip: e/(k-1) (1 - q) / ((1 - e) q + e/(k-1) (1 - q))."""
    flipped = noise / max(1, classes - 1) * (1 - own)
    result: FloatArray = flipped / np.maximum((1 - noise) * own + flipped, 1e-300)
    return result
