"""Where the validation loss turned, and what training did from there on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import FLOOR, Scale, around, end_of
from diagnostics.signals.runs.regime import Regime
from diagnostics.signals.runs.robust import centred_median, noise, width_for
from diagnostics.types import FloatArray

# Rows a turning point needs: two on either side at least.
MIN_ROWS = 5


@dataclass(frozen=True, kw_only=True)
class TurningPoint:
    """The lowest point of the validation loss and what came after.

    Attributes
    ----------
    row : int
    at : float
        Counter value of that row.
    low_at, high_at : float
        Ends of the stretch whose smoothed loss is within twice its standard error of the lowest; the row of the
        lowest single value is a candidate too and always inside.
    best, end : float
        Loss there and at the end, in the loss's own unit.
    rise : float
        End over best, minus 1; where the loss has no zero, the rise over the whole way down.
    share : float
        Rise as a fraction of the way from the reference down to the lowest point.
    score : float
        Rise in standard deviations of the noise.
    training_fell : float
        Fall of the training loss after the turning point, as a fraction of its level there; 0 without training loss.
    rows_after : int
    single_best, single_best_at : float
        The lowest value as logged, unsmoothed: what a checkpoint would have kept.
    """

    row: int
    at: float
    low_at: float
    high_at: float
    best: float
    end: float
    rise: float
    share: float
    score: float
    training_fell: float
    rows_after: int
    single_best: float
    single_best_at: float


@signal
def turning_point(course: Course, scale: Scale, regime: Regime) -> TurningPoint:
    """Find the lowest point of the smoothed validation loss, rows trained in another way left out."""
    held_out = course.held_out()
    rows = len(course)
    if regime.closing and rows > 2 * regime.closing:
        rows -= regime.closing
    if rows < MIN_ROWS:
        raise Missing("too_short", n=rows)
    v, x = held_out[:rows], course.x[:rows]
    smooth = centred_median(v, width_for(rows))
    row = int(np.argmin(smooth))
    low, end = float(smooth[row]), end_of(v)
    spread = noise(v)
    near = np.flatnonzero(smooth <= low + 2 * spread / max(1, width_for(rows)) ** 0.5)
    single = int(np.argmin(v))
    return TurningPoint(
        row=row, at=float(x[row]), low_at=float(x[min(near[0], single)]), high_at=float(x[max(near[-1], single)]),
        best=low, end=end,
        rise=_rise(low, end, scale), share=(end - low) / max(_way(scale, low), FLOOR * scale.reference),
        score=(end - low) / max(spread, 1e-6 * scale.reference), training_fell=_fall(course.train, row, rows, scale),
        rows_after=rows - 1 - row, single_best=float(v[single]), single_best_at=float(x[single]),
    )  # fmt: skip


def _way(scale: Scale, low: float) -> float:
    return scale.reference - low if scale.ratio else scale.reference


def _rise(low: float, end: float, scale: Scale) -> float:
    if not scale.ratio:
        return (end - low) / scale.reference
    return end / max(low, FLOOR * scale.reference) - 1.0


def _fall(train: FloatArray | None, row: int, rows: int, scale: Scale) -> float:
    if train is None:
        return 0.0
    t = train[:rows]
    there, end = around(t, row / max(rows - 1, 1)), end_of(t)
    if not scale.ratio:
        return (there - end) / scale.reference
    return 1.0 - end / max(there, FLOOR * scale.reference)
