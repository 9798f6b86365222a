"""The course of a run: training and validation loss side by side, one pair a row, whatever rhythm they had."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.restarts import Restarts
from diagnostics.signals.runs.robust import median
from diagnostics.signals.runs.rows import Rows
from diagnostics.types import Axis, Curve, FloatArray, IntArray, Role, Run, Split

# Training points logged per batch are averaged into at most this many stretches where validation sets no rhythm.
BLOCKS = 50
# Evaluations from which validation sets the rhythm of the course; with fewer the training loss is judged alone.
FEW_EVALUATIONS = 5
# Rows of a course at most; longer ones are averaged over stretches of equal length.
MOST_ROWS = 1000
# Points an epoch from which a mean over them is worth more than the points.
DENSE = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """Both losses on one grid of m rows.

    Attributes
    ----------
    x : ndarray of float, shape (m,)
        Counter at the end of each row, on `axis`.
    train, validation : ndarray of float, shape (m,), or None
        Training loss averaged over the stretch that ends at `x`; validation loss measured at `x`. Finite.
    scatter : float
        Standard error of a training value by the points it averages; 0 where each is a single logged value.
    per_row : float
        Logged training points behind a row.
    first_points : float or None
        Median of the first three training points as logged, nearer to the start than the first row.
    train_metric, validation_metric : str
        Names of the curves.
    batches : bool
        Whether training values are single batches (or a few) rather than means over an epoch.
    evaluations : int
        Points of the validation loss, also where they were too few to be laid beside training.
    """

    axis: Axis
    x: FloatArray
    train: FloatArray | None
    validation: FloatArray | None
    scatter: float = 0.0
    per_row: float = 1.0
    first_points: float | None = None
    train_metric: str = "loss"
    validation_metric: str = "loss"
    batches: bool = False
    evaluations: int = 0

    def __len__(self) -> int:
        return len(self.x)

    def held_out(self) -> FloatArray:
        """Validation loss, shape (m,).

        Raises
        ------
        Missing
            There is none, or too little of it.
        """
        if self.validation is None:
            raise Missing("too_few_evaluations" if self.evaluations else "needs_validation_loss", n=self.evaluations)
        return self.validation

    @property
    def main(self) -> FloatArray:
        """Validation loss where there is one, else training loss."""
        chosen = self.validation if self.validation is not None else self.train
        assert chosen is not None
        return chosen

    @property
    def split(self) -> Split:
        """The split of `main`."""
        return Split.TRAIN if self.validation is None else Split.VALIDATION

    @property
    def metric(self) -> str:
        """The metric of `main`."""
        return self.train_metric if self.validation is None else self.validation_metric


@signal
def course(supervised: Run, restarts: Restarts) -> Course:
    """Lay the two losses on one grid; stretches that were trained again count only in their last version."""
    train, held_out = _pair(supervised)
    if train is None and held_out is None:
        raise Missing("needs_loss")
    parts = {
        name: None if curve is None else _finite(_stitched(curve, restarts))
        for name, curve in (("train", train), ("validation", held_out))
    }
    t, v = parts["train"], parts["validation"]
    t = t if t is not None and len(t) else None
    v = v if v is not None and len(v) else None
    if t is None and v is None:
        raise Missing("needs_finite_loss")
    return _thinned(_laid_out(t, v))


def _laid_out(t: Curve | None, v: Curve | None) -> Course:
    if t is None or v is None:
        return _single(t, v)
    if len(v) < FEW_EVALUATIONS <= len(t) // 2:
        return replace(_single(t, None), evaluations=len(v))
    return replace(_joined(t, v), evaluations=len(v))


def _thinned(course: Course) -> Course:
    if len(course) <= MOST_ROWS:
        return course
    stops = np.unique(np.linspace(0, len(course), MOST_ROWS + 1).astype(np.int64)[1:])
    rows = Rows.ending_at(stops)
    size = len(course) / len(stops)
    return replace(
        course, x=course.x[stops - 1], train=None if course.train is None else rows.mean(course.train),
        validation=None if course.validation is None else rows.mean(course.validation),
        scatter=course.scatter / size**0.5, per_row=course.per_row * size,
    )  # fmt: skip


def _pair(run: Run) -> tuple[Curve | None, Curve | None]:
    trains = [c for c in run.pick(role=Role.LOSS, split=Split.TRAIN) if len(c)]
    held_out = [c for c in run.pick(role=Role.LOSS, split=Split.VALIDATION) if len(c)]
    if not trains:
        trains = [c for c in run.pick(role=Role.LOSS) if len(c) and c.split is None]
    for t in trains:
        for v in held_out:
            if t.metric == v.metric and len(t) > 1 and len(v) > 1:
                return t, v
    return _longest(trains), _longest(held_out)


def _longest(curves: list[Curve]) -> Curve | None:
    """The first curve that has more than one point, else the first."""
    return next((c for c in curves if len(c) > 1), curves[0] if curves else None)


def _stitched(curve: Curve, restarts: Restarts) -> Curve:
    if not restarts.count:
        return curve
    kept: list[Curve] = [curve.in_segment(number) for number in restarts.keep]
    kept = [part for part in kept if len(part)]
    for index in range(len(kept) - 1):
        # Rows that the next stretch trained again are superseded, unless its counters simply began anew.
        after = kept[index + 1].x[0]
        if after > kept[index].x[0]:
            kept[index] = kept[index].where(kept[index].x < after)
    kept = [part for part in kept if len(part)]
    if not kept:
        return curve
    return _concatenated(curve, kept)


def _concatenated(curve: Curve, parts: list[Curve]) -> Curve:
    def joined(name: str) -> FloatArray | None:
        pieces = [getattr(part, name) for part in parts]
        if any(p is None for p in pieces):
            return None
        out: list[FloatArray] = []
        offset = 0.0
        for piece in pieces:
            # A counter that began anew goes on from where the earlier stretch ended.
            shift = offset - piece[0] + 1 if out and piece[0] <= offset else 0.0
            out.append(piece + shift)
            offset = float(out[-1][-1])
        return np.concatenate(out)

    return Curve(
        metric=curve.metric, split=curve.split, role=curve.role, source=curve.source,
        value=np.concatenate([p.value for p in parts]), step=joined("step"), epoch=joined("epoch"), unit=curve.unit,
    )  # fmt: skip


def _finite(curve: Curve) -> Curve:
    return curve.where(np.isfinite(curve.value))


def _single(train: Curve | None, held_out: Curve | None) -> Course:
    if train is None:
        assert held_out is not None
        return Course(
            axis=held_out.axis, x=held_out.x, train=None, validation=held_out.value,
            validation_metric=held_out.metric, evaluations=len(held_out),
        )  # fmt: skip
    ends = _epoch_ends(train)
    if ends is None:
        size = -(-len(train) // BLOCKS)
        if size < DENSE:
            return Course(
                axis=train.axis, x=train.x, train=train.value, validation=None, train_metric=train.metric,
                batches=_by_batch(train),
            )  # fmt: skip
        ends = np.arange(size, len(train) + 1, size)
        ends = ends if ends[-1] == len(train) else np.append(ends[:-1], len(train))
    rows = Rows.ending_at(ends)
    return Course(
        axis=train.axis, x=train.x[ends - 1], train=rows.mean(train.value), validation=None,
        scatter=rows.scatter(train.value), per_row=float(rows.size.mean()), first_points=median(train.value[:3]),
        train_metric=train.metric, batches=True,
    )  # fmt: skip


def _by_batch(train: Curve) -> bool:
    """Whether a curve has several points an epoch, or counts steps and has no epochs at all."""
    if train.metric.endswith("_step"):
        return True
    if train.epoch is None:
        return train.axis is Axis.STEP
    whole = np.floor(train.epoch)
    return len(np.unique(whole)) < 0.7 * len(whole)


def _epoch_ends(train: Curve) -> IntArray | None:
    """Where epochs end, for a curve with several points in each of at least eight epochs."""
    if train.epoch is None or len(train) < 2 * DENSE:
        return None
    whole = np.floor(train.epoch)
    ends = np.append(np.flatnonzero(np.diff(whole) > 0) + 1, len(train))
    return ends if 8 <= len(ends) <= len(train) / DENSE and len(ends) <= 4 * BLOCKS else None


def _joined(train: Curve, held_out: Curve) -> Course:
    axis, tx, vx = _common(train, held_out)
    by_validation = len(held_out) <= 1.2 * len(train)
    lead, lx = (held_out, vx) if by_validation else (train, tx)
    other, ox = (train, tx) if by_validation else (held_out, vx)
    if len(lead) == len(other):
        rows = Rows.ending_at(np.arange(1, len(other) + 1))
        means = other.value
    else:
        # Row i holds the values in (lx[i-1], lx[i]]; what comes after the last row is left out.
        rows = Rows.ending_at(np.searchsorted(ox, lx, side="right"))
        means = rows.mean(other.value)
        # Rows between two points of the sparser curve are read off the line between them.
        empty = np.isnan(means) & (lx > ox[0]) & (lx < ox[-1])
        means[empty] = np.interp(lx[empty], ox, other.value)
    keep = ~np.isnan(means)
    if not keep.any():
        keep[-1], means[-1] = True, other.value.mean()
    t, v = (means, lead.value) if by_validation else (lead.value, means)
    per_row = float(np.maximum(rows.size[keep], 1).mean()) if by_validation else 1.0
    return Course(
        axis=axis, x=lx[keep], train=t[keep], validation=v[keep],
        scatter=rows.scatter(other.value) if by_validation else 0.0, per_row=per_row,
        first_points=median(train.value[:3]) if per_row > 1 else None, train_metric=train.metric,
        validation_metric=held_out.metric, batches=per_row > DENSE or _by_batch(train),
    )  # fmt: skip


def _common(train: Curve, held_out: Curve) -> tuple[Axis, FloatArray, FloatArray]:
    for axis in (Axis.STEP, Axis.EPOCH, Axis.WALL_TIME):
        t, v = train.along(axis), held_out.along(axis)
        if t is not None and v is not None and _overlap(t, v):
            return axis, t, v
    if len(train) == len(held_out):
        return train.axis, train.x, train.x
    # No counter in common: both are taken to span the whole run.
    return held_out.axis, np.linspace(held_out.x[0], held_out.x[-1], len(train)), held_out.x


def _overlap(t: FloatArray, v: FloatArray) -> bool:
    if not (np.all(np.diff(t) >= 0) and np.all(np.diff(v) >= 0)):
        return False
    span = min(t[-1], v[-1]) - max(t[0], v[0])
    return bool(span >= 0.5 * (max(t[-1], v[-1]) - min(t[0], v[0])))
