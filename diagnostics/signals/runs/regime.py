"""What changed on purpose while a run went on: the learning rate, and recipes that switch something off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import signal
from diagnostics.types import Curve, FloatArray, Role, Run

# Ultralytics turns mosaic augmentation off for the last ten epochs unless told otherwise.
CLOSE_MOSAIC = 10
# A rate that falls by a third or more from one point to the next was lowered, not annealed.
DROP = 0.67


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The learning rate that was logged.

    Attributes
    ----------
    first, peak, last : float
    left : float
        Last over peak: 0 means the schedule had run out.
    drops : int
        Sudden reductions.
    rises_at : float or None
        Share of the run at which the rate was highest, where it rose first.
    """

    first: float
    peak: float
    last: float
    left: float
    drops: int
    rises_at: float | None


@dataclass(frozen=True, kw_only=True)
class Regime:
    """`schedule` where a rate was logged; `closing` rows at the end that were trained in another way, and why."""

    schedule: Schedule | None
    closing: int = 0
    reason: str = ""


@signal
def regime(supervised: Run) -> Regime:
    """Read the schedule and known recipes."""
    rates = [c for c in supervised.pick(role=Role.LEARNING_RATE) if len(c) > 1]
    schedule = _schedule(max(rates, key=_varies)) if rates else None
    closing = _closing(supervised)
    return Regime(schedule=schedule, closing=closing, reason="close_mosaic" if closing else "")


def _varies(curve: Curve) -> float:
    finite = curve.value[np.isfinite(curve.value)]
    return float(np.ptp(finite)) if len(finite) else -1.0


def _schedule(curve: Curve) -> Schedule | None:
    rate: FloatArray = curve.value[np.isfinite(curve.value)]
    if len(rate) < 2 or rate.max() <= 0:
        return None
    top = int(np.argmax(rate))
    before = np.maximum(rate[:-1], np.finfo(float).tiny)
    drops = int(((rate[1:] / before) < DROP)[rate[:-1] > 0.01 * rate.max()].sum())
    return Schedule(
        first=float(rate[0]), peak=float(rate.max()), last=float(rate[-1]), left=float(rate[-1] / rate.max()),
        drops=drops, rises_at=top / (len(rate) - 1) if rate[0] < 0.9 * rate.max() else None,
    )  # fmt: skip


def _closing(run: Run) -> int:
    """Rows at the end without mosaic: by the config, else by the recipe of the file's format."""
    configured = run.config.get("close_mosaic")
    if configured is None:
        known = any(s.format.startswith("ultralytics") for s in run.sources)
        mosaic = run.config.get("mosaic", 1.0)
        return CLOSE_MOSAIC if known and mosaic not in (0, 0.0, "0", "0.0") else 0
    try:
        return max(0, int(float(configured)))
    except (TypeError, ValueError):
        return 0
