"""What a restarted log is: one training that went on, or several trainings in one file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import signal
from diagnostics.types import Axis, Curve, Role, Run, Split

# A new stretch that starts above this share of the way from the last level back to the first level began from new
# weights; below it, it went on. Half way is the neutral choice.
FRESH_START = 0.5


@dataclass(frozen=True, kw_only=True)
class Restarts:
    """The stretches of a log.

    Attributes
    ----------
    count : int
        Restarts; 0 for an ordinary log.
    kind : str
        "resumed" (the loss goes on where it was), "fresh" (it starts high again), "mixed" or "".
    at : tuple of float
        Counter value where each new stretch begins.
    before : tuple of float
        Last counter value before each restart.
    repeated : float
        How far the counters jumped back, summed over restarts.
    axis : Axis
    keep : tuple of int
        Segments that belong to the training to be judged: all of a resumed one, else from the last fresh start.
    """

    count: int
    kind: str = ""
    at: tuple[float, ...] = ()
    before: tuple[float, ...] = ()
    repeated: float = 0.0
    axis: Axis = Axis.ROW
    keep: tuple[int, ...] = (0,)


@signal
def restarts(run: Run) -> Restarts:
    """Tell resumed from fresh stretches by the level of the loss on both sides of each restart."""
    if len(run.segments) < 2:
        return Restarts(count=0)
    curve = _guide(run)
    starts = tuple(s.start for s in run.segments[1:])
    before = tuple(s.stop for s in run.segments[:-1])
    repeated = float(sum(s.overlap or 0.0 for s in run.segments))
    axis = Axis.ROW if curve is None else curve.axis
    fresh = [False] * len(starts) if curve is None else _fresh(curve, len(run.segments))
    kinds = {True: "fresh", False: "resumed"}
    kind = "mixed" if len(set(fresh)) > 1 else kinds[fresh[0]]
    first = max((number for number, new in enumerate(fresh, start=1) if new), default=0)
    return Restarts(
        count=len(starts), kind=kind, at=starts, before=before, repeated=repeated, axis=axis,
        keep=tuple(range(_long_enough(run, curve, first, fresh), len(run.segments))),
    )  # fmt: skip


def _guide(run: Run) -> Curve | None:
    """The loss that shows best where training stood: training, else validation, the longest of each."""
    for split in (Split.TRAIN, Split.VALIDATION, None):
        curves = run.pick(role=Role.LOSS, split=split) if split else run.pick(role=Role.LOSS)
        if curves:
            return max(curves, key=len)
    return None


def _fresh(curve: Curve, segments: int) -> list[bool]:
    """For each later segment whether it starts near the first level rather than near the last."""
    out: list[bool] = []
    top: float | None = None
    last: float | None = None
    for number in range(segments):
        value = curve.value[curve.segment == number]
        value = value[np.isfinite(value)]
        if not len(value):
            if number:
                out.append(False)
            continue
        few = max(1, min(3, len(value) // 3))
        start = float(np.median(value[:few]))
        if number:
            back = top is not None and last is not None and top > last and start > last + FRESH_START * (top - last)
            out.append(bool(back))
        top = start if top is None or (out and out[-1]) else max(top, start)
        last = float(np.median(value[-few:]))
    return out


def _long_enough(run: Run, curve: Curve | None, first: int, fresh: list[bool]) -> int:
    """The last fresh start, unless hardly anything was logged after it: then the one before."""
    if curve is None or not first:
        return 0
    rows = np.bincount(curve.segment, minlength=len(run.segments))
    if rows[first:].sum() >= 3:
        return first
    return max((n for n, new in enumerate(fresh[: first - 1], start=1) if new), default=0)
