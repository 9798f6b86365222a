"""Where the points of a curve stand on the horizontal axis that was asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.types import Axis, Curve, FloatArray, IntArray, Run

PREFERENCE = (Axis.EPOCH, Axis.STEP, Axis.WALL_TIME, Axis.ROW)
"""The axis to start with is the first that every run has for all of its curves."""


def positions(curve: Curve, axis: Axis, *, origin: float = 0.0) -> FloatArray | None:
    """Position of every point, shape (n,), or None where the log has no such counter.

    Parameters
    ----------
    curve : Curve
    axis : Axis
    origin : float
        Subtracted; see `origin`.
    """
    counter = curve.along(axis)
    if counter is None or not np.isfinite(counter).any():
        return None
    return counter - origin


def origin(run: Run, axis: Axis) -> float:
    """Where the axis of a run starts: its first time stamp for wall time in seconds, else 0."""
    if axis is not Axis.WALL_TIME:
        return 0.0
    firsts = [
        float(np.nanmin(curve.wall_time))
        for curve in run.curves
        if curve.wall_time is not None and np.isfinite(curve.wall_time).any()
    ]
    return min(firsts, default=0.0)


def available(runs: Sequence[Run]) -> tuple[Axis, ...]:
    """Axes that at least one curve of the runs can be drawn along, most useful first."""
    curves = [curve for run in runs for curve in run.curves]
    return tuple(axis for axis in PREFERENCE if any(positions(curve, axis) is not None for curve in curves))


def best_axis(runs: Sequence[Run]) -> Axis:
    """The first axis of `PREFERENCE` that loses no curve; the row number loses none."""
    curves = [curve for run in runs for curve in run.curves if len(curve)]
    return next((a for a in PREFERENCE if all(positions(c, a) is not None for c in curves)), Axis.ROW)


def inside(position: FloatArray, low: float, high: float) -> IntArray:
    """Indices of the points between two positions, and one neighbour on either side of each stretch.

    The neighbours let the lines run out of the frame instead of ending at it.
    """
    within = (position >= low) & (position <= high)
    wide = within.copy()
    wide[:-1] |= within[1:]
    wide[1:] |= within[:-1]
    # A window between two points still shows the line that crosses it.
    crossing = (position[:-1] < low) & (position[1:] > high)
    wide[:-1] |= crossing
    wide[1:] |= crossing
    return np.flatnonzero(wide)


def repeated(position: FloatArray, segment: IntArray) -> int:
    """Points that stand where an earlier point of the same segment stands: steps that were logged twice."""
    finite = np.isfinite(position)
    x, part = position[finite], segment[finite]
    if ((np.diff(x) > 0) | (np.diff(part) > 0)).all():
        return 0
    order = np.lexsort((x, part))
    return int(((np.diff(x[order]) == 0) & (np.diff(part[order]) == 0)).sum())
