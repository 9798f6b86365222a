"""Logged gradient norms: whether they fade or blow up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.robust import trailing_median
from diagnostics.types import Axis, FloatArray, Role, Run

MIN_POINTS = 8


@dataclass(frozen=True, kw_only=True)
class GradientNorms:
    """The total norm of the gradient over the run.

    Attributes
    ----------
    name : str
        The curve it was read from.
    typical : float
        Median of the norms.
    late : float
        Median of the last quarter over the median of the first quarter.
    largest : float
        Largest lasting norm (median of five) over the median of all before it; 0 where it is among the first.
    largest_at : float
    axis : Axis
    zero : float
        Share of the points that are exactly zero.
    ratio_of_layers : float or None
        Smallest over largest median norm among layers, where norms of layers were logged.
    layers : int
    n : int
    """

    name: str
    typical: float
    late: float
    largest: float
    largest_at: float
    axis: Axis
    zero: float
    ratio_of_layers: float | None
    layers: int
    n: int


@signal
def gradient_norms(supervised: Run) -> GradientNorms:
    """Read gradient norms; values that are no numbers are the business of another signal."""
    curves = [c for c in supervised.pick(role=Role.GRADIENT_NORM) if len(c) >= MIN_POINTS]
    if not curves:
        raise Missing("needs_gradient_norms")
    totals = [c for c in curves if "total" in c.source.lower()] or [c for c in curves if "norm" in c.metric] or curves
    curve = totals[0]
    finite = np.isfinite(curve.value)
    norm: FloatArray = np.abs(curve.value[finite])
    if len(norm) < MIN_POINTS:
        raise Missing("too_short", n=len(norm))
    smooth = trailing_median(norm, 5)
    quarter = max(2, len(norm) // 4)
    typical = float(np.median(norm))
    top = int(np.argmax(smooth))
    medians = [float(np.nanmedian(np.abs(c.value))) for c in curves if c is not curve and np.isfinite(c.value).any()]
    layered = len(medians) >= 3 and max(medians) > 0
    return GradientNorms(
        name=curve.source, typical=typical,
        late=float(np.median(norm[-quarter:])) / max(float(np.median(norm[:quarter])), 1e-30),
        largest=_burst(smooth, norm, top), largest_at=float(curve.x[finite][top]), axis=curve.axis,
        zero=float((norm == 0).mean()), ratio_of_layers=min(medians) / max(medians) if layered else None,
        layers=len(medians) if layered else 0, n=len(norm),
    )  # fmt: skip


def _burst(smooth: FloatArray, norm: FloatArray, top: int) -> float:
    """A norm that begins high and fades is no burst: the largest counts against what came before it."""
    if top < MIN_POINTS:
        return 0.0
    return float(smooth[top]) / max(float(np.median(norm[:top])), 1e-30)
