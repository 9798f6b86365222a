"""What the logged metrics say about the model, beside the loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import CLASSIFIER_METRICS, Scale, base_name, end_of
from diagnostics.signals.runs.restarts import Restarts
from diagnostics.types import Curve, FloatArray, Role, Run, Split

MIN_POINTS = 3
# Accuracy below exp(-loss) by less than this is rounding and chance, in right answers of all.
ROUNDED = 0.02
# A loss this many times that of equally sure answers was not computed from these answers alone, or not in nats.
UNSURE = 1.25


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric over the run, as a fraction.

    Attributes
    ----------
    name : str
    start, end, best : float
        First value, median of the last ones, best value.
    best_at : float
        Counter value of the best.
    gain : float
        (end - start) / (1 - start): the part of what was missing that was gained.
    n : int
    """

    name: str
    start: float
    end: float
    best: float
    best_at: float
    gain: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Skill:
    """Metrics of a classifier on validation, and what they are worth.

    Attributes
    ----------
    metrics : tuple of Metric
        Bounded metrics that rise when things get better, in file order.
    accuracy : Metric or None
    above_chance : float or None
        (accuracy - chance) / (1 - chance).
    promised : float or None
        exp(-validation loss): the geometric mean of the probabilities of the right classes. A classifier trained on
        cross-entropy is right at least about this often; no more often, if it guesses evenly.
    evenness : float or None
        Loss over that of a model that is right as often and equally sure of every answer,
        ``H(accuracy) + (1 - accuracy) ln(K - 1)`` with K = 1 / chance, in nats. A model that knows which rows are
        hard stays below 1, one that is less sure than it may be is above.
    """

    metrics: tuple[Metric, ...]
    accuracy: Metric | None
    above_chance: float | None
    promised: float | None
    evenness: float | None


@signal
def skill(supervised: Run, course: Course, scale: Scale, restarts: Restarts) -> Skill:
    """Read validation metrics, else training metrics where nothing is held out."""
    split = Split.VALIDATION if course.validation is not None else Split.TRAIN
    curves = [
        c
        for c in supervised.pick(role=Role.METRIC)
        if c.greater_is_better and c.split in (split, None) and base_name(c.metric) in CLASSIFIER_METRICS
    ]
    metrics = tuple(m for c in curves if (m := _metric(c, restarts)) is not None)
    if not metrics:
        raise Missing("needs_metric")
    accuracy = next((m for m in metrics if base_name(m.name) == "accuracy"), None)
    above = None
    if accuracy is not None and scale.chance is not None and scale.chance < 0.99:
        above = (accuracy.end - scale.chance) / (1 - scale.chance)
    loss = end_of(course.main)
    promised = float(np.exp(-loss)) if scale.classifier and scale.ratio else None
    even = None if promised is None or accuracy is None else _evenness(loss, accuracy.end, scale)
    return Skill(metrics=metrics, accuracy=accuracy, above_chance=above, promised=promised, evenness=even)


def _evenness(loss: float, right: float, scale: Scale) -> float | None:
    if scale.chance is None or not 0.0 < right < 1.0:
        return None
    others = max(1 / scale.chance - 1, 1.0)
    doubt = -right * np.log(right) - (1 - right) * np.log((1 - right) / others)
    return float(loss / doubt)


def in_one_unit(run: Run, losses: Mapping[Split, FloatArray], scale: Scale) -> bool:
    """Whether two losses far apart are both the cross-entropy that the accuracy beside them speaks of.

    A classifier is right at least in exp(-loss) of the rows, so the lower loss was not divided; it hardly costs more
    than equally sure answers do, so the higher one was not summed. False where an accuracy is missing.
    """
    ends = {split: (end_of(loss), _accuracy(run, split)) for split, loss in losses.items()}
    (low, right), (high, right_of_high) = sorted(ends.values(), key=lambda pair: pair[0])
    if right is None or right_of_high is None or right < float(np.exp(-low)) - ROUNDED:
        return False
    even = _evenness(high, right_of_high, scale)
    return even is not None and even <= UNSURE


def _accuracy(run: Run, split: Split) -> float | None:
    curves = [c for c in run.pick(role=Role.METRIC, split=split) if base_name(c.metric) == "accuracy"]
    metric = _metric(curves[0]) if curves else None
    return None if metric is None else metric.end


def _metric(curve: Curve, restarts: Restarts | None = None) -> Metric | None:
    keep = np.isfinite(curve.value)
    if restarts is not None and restarts.count:
        keep &= np.isin(curve.segment, restarts.keep)
    value: FloatArray = curve.value[keep]
    if len(value) < MIN_POINTS:
        return None
    if curve.unit == "percent" or value.max() > 1.5:
        value = value / 100.0
    if value.min() < -1e-9 or value.max() > 1.0 + 1e-9:
        return None
    start, end, best = float(value[0]), end_of(value), int(np.argmax(value))
    return Metric(
        name=curve.metric, start=start, end=end, best=float(value[best]), best_at=float(curve.x[keep][best]),
        gain=(end - start) / max(1.0 - start, 1e-3), n=len(value),
    )  # fmt: skip
