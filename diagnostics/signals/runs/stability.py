"""How steadily the losses move: jumps upwards, spikes, and a back and forth that batches do not explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import FLOOR, Scale
from diagnostics.signals.runs.robust import MAD, centred_median, noise, shared_steps, trailing_median, width_for
from diagnostics.types import FloatArray

MIN_ROWS = 5
# A row is a spike where it stands out of its neighbours by this many standard deviations of the noise.
SPIKE_SCORE = 8.0


@dataclass(frozen=True, kw_only=True)
class Stability:
    """Upward movements, in fractions of the reference loss.

    Attributes
    ----------
    climb : float
        Largest lasting rise of the training loss over its lowest value so far: three rows in a row were high. The
        rise of validation instead where no training loss was logged.
    climb_at : float
        Where it was highest.
    held_out_climb : float or None
        How much higher validation stood at the top of that climb than at any time between its own lowest point and
        the start of the climb. What it lost while training still fell is overfitting, no shock to the weights.
    swing, held_out_swing : float
        Noise of the training loss beyond what the batches it averages explain; noise of the validation loss, where it
        is above the reference as a fraction of its own level: a loss ten times as high swings ten times as far.
    reversals : float
        Share of the rows where the direction changes, the smaller of both losses: two thirds for pure noise, near 0
        for a curve that bends once.
    together : float or None
        Whether the two losses go up and down in the same rows, in standard errors of a rank correlation; weights that
        are thrown about move both, overconfidence moves them against each other.
    rebound : float or None
        Training loss at the end over its lowest lasting value; None where the loss has no zero.
    lost : float or None
        Share of all that was learned, lowest lasting value against the reference, that was lost again by the end; None
        where the loss has no zero.
    returned : float
        Part of the climb that was made good by the end.
    spikes : tuple of float
        Places of single rows far above their neighbours.
    largest_spike : float
    highest : float
        Largest value of either loss, in the loss's own unit.
    highest_at : float
        Where it was.
    n : int
    """

    climb: float
    climb_at: float
    held_out_climb: float | None
    swing: float
    held_out_swing: float | None
    reversals: float
    together: float | None
    rebound: float | None
    lost: float | None
    returned: float
    spikes: tuple[float, ...]
    largest_spike: float
    highest: float
    highest_at: float
    n: int


@signal
def stability(course: Course, scale: Scale) -> Stability:
    """Measure how much the losses go up where they should go down."""
    if len(course) < MIN_ROWS:
        raise Missing("too_short", n=len(course))
    lead = course.train if course.train is not None else course.main
    level = lead / scale.reference
    lasting, rise = _lasting_rise(level)
    top = int(np.argmax(rise))
    bottom = int(np.argmin(lasting[: top + 1]))
    low = float(lasting[bottom])
    scatter = _scatter(course, level, scale)
    climb = max(0.0, float(rise[top]) - 3 * scatter)
    where, size = _spikes(level, scatter)
    held_out = course.validation
    both = lead if held_out is None else np.maximum(lead, held_out)
    return Stability(
        climb=climb, climb_at=float(course.x[top]),
        held_out_climb=None if held_out is None else _shared_climb(held_out / scale.reference, bottom, top),
        swing=max(0.0, (noise(level) - scatter) * (noise(level) + scatter)) ** 0.5,
        together=None if held_out is None or course.train is None else shared_steps(course.train, held_out),
        rebound=float(np.median(lasting[-2:])) / max(float(lasting.min()), FLOOR) if scale.ratio else None,
        lost=_lost(lasting, scatter) if scale.ratio else None,
        held_out_swing=None if held_out is None else _held_out_swing(held_out, scale),
        reversals=min(_reversals(c) for c in (course.train, held_out) if c is not None),
        returned=(float(lasting[top]) - float(np.median(lasting[-2:]))) / max(float(lasting[top]) - low, 1e-12),
        spikes=tuple(float(course.x[i]) for i in where), largest_spike=size,
        highest=float(both.max()), highest_at=float(course.x[int(np.argmax(both))]), n=len(level),
    )  # fmt: skip


def _lost(lasting: FloatArray, scatter: float) -> float:
    """Part of the way down that was climbed again by the end; what batches explain does not count."""
    low = float(lasting.min())
    return max(0.0, float(np.median(lasting[-2:])) - 3 * scatter - low) / max(1.0 - low, FLOOR)


def _held_out_swing(held_out: FloatArray, scale: Scale) -> float:
    zero = 0.0 if scale.ratio else float(held_out.min())
    height = centred_median(held_out - zero, width_for(len(held_out)))
    return noise(held_out / np.maximum(height, scale.reference))


def _lasting_rise(level: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Trailing median of three rows, and how far it is above its lowest value so far."""
    lasting = trailing_median(level, 3)
    return lasting, lasting - np.minimum.accumulate(lasting)


def _shared_climb(held_out: FloatArray, bottom: int, top: int) -> float:
    """Validation at the `top` of a climb of training that began at row `bottom`, above its own height before."""
    lasting = trailing_median(held_out, 3)
    turned = int(np.argmin(lasting[: bottom + 1]))
    before = lasting[turned : bottom + 1].max()
    return max(0.0, float(lasting[top : top + 2].max() - before))


def _scatter(course: Course, level: FloatArray, scale: Scale) -> float:
    """Noise that single batches explain: of the means where rows average several, else all of it."""
    if course.train is None:
        return 0.0
    return noise(level) if course.batches and course.per_row < 2 else course.scatter / scale.reference


def _reversals(value: FloatArray) -> float:
    steps = np.sign(np.diff(value))
    steps = steps[steps != 0]
    return float((steps[1:] != steps[:-1]).mean()) if len(steps) > 2 else 0.0


def _spikes(level: FloatArray, scatter: float) -> tuple[list[int], float]:
    """Rows far above the median of their four neighbours."""
    if len(level) < 7:
        return [], 0.0
    padded = np.pad(level, 2, mode="reflect")
    around = np.stack([padded[k : k + len(level)] for k in (0, 1, 3, 4)])
    excess = level - np.median(around, axis=0)
    spread = max(float(np.median(np.abs(excess))) / MAD, scatter, 1e-6)
    where = np.flatnonzero(excess[1:] > np.maximum(SPIKE_SCORE * spread, 0.1)) + 1
    return where.tolist(), float(excess[where].max()) if len(where) else 0.0
