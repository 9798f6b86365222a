"""How far validation stays behind training, or ahead of it, on a scale that fits every loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import FLOOR, Scale, end_of
from diagnostics.signals.runs.skill import in_one_unit
from diagnostics.types import FloatArray, Run, Split

# Ratios of the two losses beyond these, in the first rows, mean that they do not count the same thing (one is
# summed, or divided by the accumulation steps): no data set makes validation so much worse before training began.
SAME_SCALE = (1 / 8, 8.0)
# A factor of scale stays what it is: a ratio that fell below this part of what it was at first is no such factor.
STAYED = 0.5


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The distance between the two losses over the last half of the run.

    Attributes
    ----------
    ratio : float
        Validation over training at the end.
    behind : float
        Share of the progress in log loss that validation did not follow: log(v/t) / log(reference/t). 0 where both
        are equal, 1 where validation is no better than knowing nothing. Linear where the loss has no zero.
    opened : float
        How much `behind` grew since the first quarter of the rows: near 0 where validation is harder from the start.
    ahead : float
        The same measure for validation below training, with training shifted by half an epoch, since its value is
        the mean over an epoch and validation is measured after it.
    ahead_ratio : float
        Training, so shifted, over validation: median over the last half.
    behind_rows, ahead_rows : float
        Share of the rows of the last half on which the sign is that.
    train_end, validation_end : float
    """

    ratio: float
    behind: float
    opened: float
    ahead: float
    ahead_ratio: float
    behind_rows: float
    ahead_rows: float
    train_end: float
    validation_end: float


@signal
def gap(course: Course, scale: Scale, supervised: Run) -> Gap:
    """Measure the gap; both readings of the half-epoch shift are used, each against the claim it could fake.

    A factor that was there from the first row on is one of scale, unless both losses agree with their accuracies.
    """
    if course.train is None:
        raise Missing("needs_training_loss")
    t, v = course.train, course.held_out()
    if len(course) < 4:
        raise Missing("too_short", n=len(course))
    if not _comparable(t, v, scale) and not in_one_unit(supervised, {Split.TRAIN: t, Split.VALIDATION: v}, scale):
        raise Missing("scales_differ", ratio=float(v[0] / t[0]))
    half = slice(len(t) // 2, None)
    shifted = half_epoch_later(t)
    behind, ahead = _distance(v, t, scale), _distance(shifted, v, scale)
    return Gap(
        ratio=end_of(v) / max(end_of(t), FLOOR * scale.reference), behind=_share(behind, end_of(t), scale),
        opened=_share(behind - np.median(behind[: max(1, len(t) // 4)]), end_of(t), scale),
        ahead=_share_half(ahead[half], end_of(v), scale), ahead_ratio=float(np.exp(np.median(ahead[half]))),
        behind_rows=float((behind[half] > 0).mean()), ahead_rows=float((ahead[half] > 0).mean()),
        train_end=end_of(t), validation_end=end_of(v),
    )  # fmt: skip


def half_epoch_later(train: FloatArray) -> FloatArray:
    """Training loss at the end of each row, from means over the rows: halfway to the next one.

    The last value is extrapolated by half its last step, downwards only.
    """
    if len(train) < 2:
        return train.copy()
    last = train[-1] + min(0.0, (train[-1] - train[-2]) / 2)
    return np.append((train[:-1] + train[1:]) / 2, last)


def _comparable(t: FloatArray, v: FloatArray, scale: Scale) -> bool:
    if not scale.ratio:
        return True
    few = max(1, min(3, len(t) // 4))
    first = float(np.median(v[:few])) / max(float(np.median(t[:few])), FLOOR * scale.reference)
    # Only a factor that was there from the start and stayed is a matter of scale.
    last = end_of(v) / max(end_of(t), FLOOR * scale.reference)
    low, high = SAME_SCALE
    if first < low:
        return last > 0.5 or last < STAYED * first
    return first <= high or last < 2.0


def _distance(upper: FloatArray, lower: FloatArray, scale: Scale) -> FloatArray:
    if not scale.ratio:
        return (upper - lower) / scale.reference
    floor = FLOOR * scale.reference
    return np.log(np.maximum(upper, floor) / np.maximum(lower, floor))


def _progress(level: float, scale: Scale) -> float:
    """Progress in log loss down to a level; at least 2 %, so that noise around the start is no share of anything."""
    if not scale.ratio:
        return 1.0
    return max(0.02, float(np.log(scale.reference / max(level, FLOOR * scale.reference))))


def _share(distance: FloatArray, level: float, scale: Scale) -> float:
    rows = max(1, len(distance) // 4)
    return float(np.median(distance[-rows:])) / _progress(level, scale)


def _share_half(distance: FloatArray, level: float, scale: Scale) -> float:
    return float(np.median(distance)) / _progress(level, scale)
