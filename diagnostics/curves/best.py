"""Where each curve was best, and what was lost by going on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.curves.axes import positions
from diagnostics.types import Axis, Curve, Role, Run, Split

DIRECTED = (Role.LOSS, Role.METRIC, Role.REWARD)


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best point of one curve.

    Attributes
    ----------
    run, metric : str
    split : Split or None
    value, last : float or None
        Best and last finite value; None with a `reason`.
    at, last_at : float or None
        Their places on `axis`.
    axis : Axis
    lost : float or None
        How much worse the last value is, in units of the metric; 0 where the last is the best.
    n : int
        Finite points.
    reason : str
        "direction_unknown" or "nothing_finite" where there is no best value, else "".
    """

    run: str
    metric: str
    split: Split | None
    axis: Axis
    n: int
    value: float | None = None
    at: float | None = None
    last: float | None = None
    last_at: float | None = None
    lost: float | None = None
    reason: str = ""


def best(curve: Curve, run: str, axis: Axis, *, origin: float = 0.0) -> Best:
    """Best point of a curve; among equals the first."""
    where = positions(curve, axis, origin=origin)
    used = axis if where is not None else Axis.ROW
    if where is None:
        where = np.arange(len(curve), dtype=np.float64)
    index = np.flatnonzero(np.isfinite(curve.value))
    named = {"run": run, "metric": curve.metric, "split": curve.split, "axis": used, "n": len(index)}
    if not len(index):
        return Best(**named, reason="nothing_finite")  # type: ignore[arg-type]
    value, last = curve.value[index], float(curve.value[index[-1]])
    ends = {"last": last, "last_at": _place(where[index[-1]])}
    up = curve.greater_is_better
    if up is None and curve.role is Role.LOSS:
        up = False
    if up is None:
        return Best(**named, **ends, reason="direction_unknown")  # type: ignore[arg-type]
    top = int(np.argmax(value) if up else np.argmin(value))
    lost = abs(float(value[top]) - last)
    return Best(**named, **ends, value=float(value[top]), at=_place(where[index[top]]), lost=lost)  # type: ignore[arg-type]


def best_table(run: Run, axis: Axis, *, origin: float = 0.0) -> tuple[Best, ...]:
    """Best points of the losses and metrics of a run.

    Validation curves where the run has any; a run that only logged training is answered from training.
    """
    curves = [curve for curve in run.curves if curve.role in DIRECTED]
    judged = [curve for curve in curves if curve.split in (Split.VALIDATION, Split.TEST)]
    return tuple(best(curve, run.name, axis, origin=origin) for curve in judged or curves)


def _place(position: float) -> float | None:
    return float(position) if np.isfinite(position) else None
