"""What the thresholds page reads of a prediction set: one score a class or label, averages, the cut in use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from diagnostics import queries
from diagnostics.metrics import temperature, thresholds
from diagnostics.metrics.averaging import pooled
from diagnostics.metrics.operating import ScoreCurves, cut_of, score_curves
from diagnostics.queries.calibration import FINE
from diagnostics.queries.expressions import natural_threshold
from diagnostics.types import CalibrationBins, Predictions, Task

MICRO, MACRO = "micro", "macro"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One score to cut: a class of a set, or a label of a multilabel set.

    Attributes
    ----------
    name : str
        Of the positive side, as the file spells it.
    label : str or None
        Class to ask the queries for; None for the positive class of a binary set.
    predictions : Predictions
    """

    name: str
    label: str | None
    predictions: Predictions


def targets(predictions: Predictions) -> tuple[Target, ...]:
    """The scores of a set, in the order of its classes."""
    if predictions.task is Task.MULTILABEL:
        sets = zip(predictions.classes, queries.outputs(predictions), strict=True)
        return tuple(Target(name=name, label=None, predictions=one) for name, one in sets if one.roles.score)
    if predictions.task is Task.MULTICLASS:
        names = [name for name in predictions.classes if name in predictions.roles.probabilities]
        return tuple(Target(name=name, label=name, predictions=predictions) for name in names)
    roles, positive = predictions.roles, predictions.roles.positive
    scored = (roles.score and roles.score_kind != "confidence") or positive in roles.probabilities
    return (Target(name=positive, label=None, predictions=predictions),) if positive is not None and scored else ()


def curves(predictions: Predictions, label: str | None) -> ScoreCurves:
    """Curves of one class against the rest."""
    return score_curves(queries.score_histogram(predictions, label))


def every(predictions: Predictions) -> dict[str, ScoreCurves]:
    """Curves of every class or label, counted in bins."""
    if predictions.task is Task.MULTICLASS:
        return {name: score_curves(one) for name, one in queries.score_histograms(predictions).items()}
    return {one.name: curves(one.predictions, one.label) for one in targets(predictions)}


def micro(predictions: Predictions) -> ScoreCurves:
    """Curves of all decisions pooled."""
    return score_curves(pooled([one.histogram for one in every(predictions).values()]))


def cut_in_use(predictions: Predictions, label: str | None) -> float | None:
    """The threshold behind the decisions: rebuilt from them where the file has some, else the natural one.

    None for one class of many, whose decision is the largest score and no cut.
    """
    roles = predictions.roles
    if predictions.task is not Task.BINARY or label is not None:
        return None
    if roles.predicted and roles.score:
        decided = replace(predictions, roles=replace(roles, truth=roles.predicted))
        return cut_of(queries.score_histogram(decided))
    return natural_threshold(predictions)


def goal(name: str, first: float, second: float) -> thresholds.Goal:
    """A goal by its code; `first` and `second` are the costs, or the least recall or precision."""
    if name == "cost":
        return thresholds.cost_goal(first, second)
    if name == "recall_at_least":
        return thresholds.required_recall(first)
    if name == "precision_at_least":
        return thresholds.required_precision(first)
    return thresholds.GOALS[name]


def best(
    predictions: Predictions, label: str | None, pool: bool, name: str, first: float, second: float,
    used: float | None,
) -> thresholds.BestThreshold | None:  # fmt: skip
    """The best threshold for a goal, with its bootstrap interval and what it gains over the one in use."""
    counted = (micro(predictions) if pool else curves(predictions, label)).histogram
    return thresholds.best_threshold(counted, goal(name, first, second), used=used)


def calibration(predictions: Predictions, label: str | None, fine: bool) -> CalibrationBins:
    """Calibration of one class, in 15 bins or in as many as there are."""
    return queries.class_calibration(predictions, label, bins=FINE if fine else 15)


def answers(predictions: Predictions, fine: bool) -> CalibrationBins:
    """Calibration of the confidence of the answer."""
    return queries.answer_calibration(predictions, bins=FINE if fine else 15)


def class_temperature(predictions: Predictions, label: str | None) -> temperature.Temperature | None:
    """Temperature of the probability of one class."""
    return temperature.of_bins(calibration(predictions, label, True))


def answer_temperature(predictions: Predictions) -> temperature.Temperature | None:
    """Softmax temperature of all classes together, from a sample of rows."""
    sample = queries.probability_sample(predictions)
    return None if sample is None else temperature.of_rows(*sample)
