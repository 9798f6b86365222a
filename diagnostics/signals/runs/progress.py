"""How far a run came: its losses as fractions of where a model that knows nothing stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.robust import centred_median, median, noise, theil_sen, trend_tau, width_for
from diagnostics.types import FloatArray, Role, Run

# Metrics that only classifiers log; with one of them the loss of an ignorant model is at least ln 2.
CLASSIFIER_METRICS = (
    "accuracy", "f1", "auc", "auprc", "recall", "precision", "balanced_accuracy", "specificity", "top5",
)  # fmt: skip
# Metrics of tasks whose loss is a sum of several terms, not the surprise at the right class.
OTHER_TASKS = ("map", "miou", "iou", "dice", "bleu", "rouge", "ndcg")
# First training value over first validation value beyond which the excess is no starting level.
JUMPED_OFF = 3.0
# Middle third over first third from which a curve has an S shape: it began flat and was steepest later.
S_SHAPE = 1.5
# Levels below this fraction of the reference count as this fraction: a loss of 0.0000 has no logarithm.
FLOOR = 1e-4


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What losses of this run are measured against.

    Attributes
    ----------
    reference : float
        Loss of a model that knows nothing: the highest of the first training value, the first validation value and,
        for a classifier, ln 2 (a model that was trained before starts lower than that).
    chance : float or None
        Share of right answers of such a model, exp(-reference), for classifiers.
    ratio : bool
        Whether the loss has a zero, so that ratios mean something; False once it was negative.
    classifier : bool
    """

    reference: float
    chance: float | None
    ratio: bool
    classifier: bool


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a curve ended, and how it got there; everything in fractions of the reference.

    Attributes
    ----------
    start, end, best : float
        First value, median of the last rows, lowest smoothed value.
    limit : float
        Level it is heading for, by geometric decay of the improvement over thirds of the run.
    pace : float or None
        Improvement of the last third over that of the middle third: 1 is a straight line, 0 a flat end; None where
        the middle third did not improve.
    opening : float or None
        Improvement of the middle third over that of the first third.
    late : float
        Improvement over the last fifth, as a fraction of all progress made.
    fresh : float
        The same below the lowest level of all that came before the last fifth: a loss that only comes back to where it
        stood before the rate was raised gains nothing new.
    late_is_real : bool
        Whether that improvement stands out of the noise of the second half.
    tau : float
        Kendall's tau against time: -1 falls all the time.
    slope, slope_low, slope_high : float
        Theil-Sen slope over the last third, per run length, with its 95 % interval.
    n : int
    """

    start: float
    end: float
    best: float
    limit: float
    pace: float | None
    opening: float | None
    late: float
    fresh: float
    late_is_real: bool
    tau: float
    slope: float
    slope_low: float
    slope_high: float
    n: int

    @property
    def gained(self) -> float:
        """Fall from the start to the end, of the reference."""
        return self.start - self.end


@signal
def scale(course: Course, supervised: Run) -> Scale:
    """Find the level of knowing nothing."""
    first = [c[0] for c in (course.train, course.validation) if c is not None]
    if len(first) == 2:
        # An optimiser that jumped off at first inflates the mean over the first epoch, validation comes after it.
        first[0] = min(first[0], JUMPED_OFF * max(first[1], 0.0)) if first[1] > 0 else first[0]
    if course.first_points is not None:
        first.append(course.first_points)
    lowest = min(float(c.min()) for c in (course.train, course.validation) if c is not None)
    top = float(max(first))
    classifier = _is_classifier(supervised)
    ratio = lowest >= 0 and top > 0
    if classifier and ratio:
        top = max(top, float(np.log(2)))
    if not ratio:
        # Without a zero the reference is the whole way from the start to the lowest point.
        top = max(top - lowest, float(np.finfo(float).tiny))
    return Scale(
        reference=top, chance=float(np.exp(-top)) if classifier and ratio else None, ratio=ratio, classifier=classifier
    )


def base_name(metric: str) -> str:
    """The metric without the way it is averaged: "f1_macro" is "f1"."""
    for ending in ("_macro", "_micro", "_weighted", "_score"):
        metric = metric.removesuffix(ending)
    return metric


def _is_classifier(run: Run) -> bool:
    names = {base_name(c.metric) for c in run.pick(role=Role.METRIC)}
    if any(name.rstrip("0123456789_") in OTHER_TASKS for name in names):
        return False
    return not names.isdisjoint(CLASSIFIER_METRICS)


def tail(n: int) -> int:
    """Rows whose median is "the end" of n rows: a sixth, one to five."""
    return max(1, min(5, n // 6))


def end_of(value: FloatArray) -> float:
    """Median of the last rows."""
    return median(value[-tail(len(value)) :])


def around(value: FloatArray, share: float) -> float:
    """Median of the rows around a share of the way."""
    n = len(value)
    i = round(share * (n - 1))
    half = max(0, min(tail(n) // 2, i, n - 1 - i))
    return median(value[i - half : i + half + 1])


def _lowest_before(value: FloatArray, share: float) -> float:
    """Lowest median of as many neighbouring rows as "the end" has, up to a share of the way."""
    n = len(value)
    width = 2 * (tail(n) // 2) + 1
    return float(centred_median(value[: round(share * (n - 1)) + 1], width).min())


@signal
def train_progress(course: Course, scale: Scale) -> Progress:
    """Progress of the training loss."""
    if course.train is None:
        raise Missing("needs_training_loss")
    return _measure(course.train, scale)


@signal
def main_progress(course: Course, scale: Scale) -> Progress:
    """Progress of the validation loss, or of the training loss where there is no other."""
    return _measure(course.main, scale)


@signal
def validation_progress(course: Course, scale: Scale) -> Progress:
    """Progress of the validation loss."""
    return _measure(course.held_out(), scale)


def _measure(value: FloatArray, scale: Scale) -> Progress:
    if len(value) < 2:
        raise Missing("too_short", n=len(value))
    zero = 0.0 if scale.ratio else float(value.min())
    level = (value - zero) / scale.reference
    smooth = centred_median(level, width_for(len(level)))
    start, end = float(level[0]), end_of(level)
    a, b = around(level, 1 / 3), around(level, 2 / 3)
    pace = (b - end) / (a - b) if a > b else None
    slope, low, high = theil_sen(*_last_third(level))
    opening = (a - b) / (start - a) if start > a else None
    if opening is not None and opening > S_SHAPE:
        pace = _pace_of_second_half(level)
    late = (around(level, 0.8) - end) / max(1.0 - end, FLOOR)
    fresh = min(late, (_lowest_before(level, 0.8) - end) / max(1.0 - end, FLOOR))
    return Progress(
        start=start, end=end, best=float(smooth.min()), limit=_limit(end, b - end, pace), pace=pace, opening=opening,
        late=late, fresh=fresh, late_is_real=late > 0 and _stands_out(level, around(level, 0.8) - end),
        tau=trend_tau(level), slope=slope, slope_low=low, slope_high=high, n=len(level),
    )  # fmt: skip


def _pace_of_second_half(level: FloatArray) -> float | None:
    """The pace after the steep part of an S: last quarter over the one before, converted to thirds."""
    a, b, end = around(level, 0.5), around(level, 0.75), end_of(level)
    if a <= b or b <= end:
        return 0.0 if a > b else None
    return float(((b - end) / (a - b)) ** (4 / 3))


def _last_third(level: FloatArray) -> tuple[FloatArray, FloatArray]:
    rows = max(3, len(level) // 3)
    x = np.linspace(0.0, 1.0, len(level))
    return x[-rows:], level[-rows:]


def _limit(end: float, last: float, pace: float | None) -> float:
    """Geometric decay: what is still to come is last * r / (1 - r); never more than three further thirds."""
    if pace is None or last <= 0 or pace <= 0:
        return end
    ahead = 3.0 if pace >= 0.75 else pace / (1 - pace)
    return max(0.0, end - last * ahead)


def _stands_out(level: FloatArray, fall: float) -> bool:
    """Whether the second half of a series falls beyond chance, by a rank test and by the size of its noise.

    A rank test at p < 0.01 one-sided needs six rows; with fewer every single step must go down. Ten rows and more
    say how large the noise is: the fall of the last fifth must be twice that.
    """
    half = level[-max(4, len(level) // 2) :]
    n = len(half)
    if n < 6:
        return bool(np.all(np.diff(half) < 0))
    z = trend_tau(half) * (9 * n * (n - 1) / (2 * (2 * n + 5))) ** 0.5
    return bool(z < -2.33 and (len(level) < 10 or fall > 2 * noise(half)))
