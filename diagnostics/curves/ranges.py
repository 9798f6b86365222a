"""How much of the vertical axis to show when a few points stand far away; whatever is cut off is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.types import FloatArray

TAIL = 0.02
"""Share of the points at either end that may be called far away (fraction of a curve's points; at least one point of
curves that have `SHORTEST` or more)."""

SHORTEST = 8
"""Points a curve must have before one of them may be cut off."""

FAR = 20.0
"""The axis is cut only where the full span exceeds so many spans of the middle points."""

MARGIN = 0.06
"""Empty room above and below, as a fraction of the span."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """Limits of a vertical axis in units of the values (exponents of ten are the chart's own affair).

    Attributes
    ----------
    low, high : float
    above, below : int
        Finite points outside.
    unshown : int
        Points that a log axis cannot show: zero and below.
    """

    low: float
    high: float
    above: int = 0
    below: int = 0
    unshown: int = 0

    @property
    def clipped(self) -> bool:
        """Whether points stand outside."""
        return self.above + self.below > 0


def fit(values: Sequence[FloatArray], *, log: bool = False, clip: bool = True) -> Range | None:
    """Limits that show the curves well.

    Parameters
    ----------
    values : sequence of ndarray
        The curves of one chart.
    log : bool
        Room is measured in decades; zero and negative values are counted in `unshown`.
    clip : bool
        Whether far points may be cut off. The middle is taken curve by curve, so that a whole curve that lies
        higher than the others is never taken for outliers.

    Returns
    -------
    Range or None
        None where there is nothing finite to show.
    """
    finite = [value[np.isfinite(value)] for value in values]
    unshown = sum(int((value <= 0).sum()) for value in finite) if log else 0
    scaled = [np.log10(value[value > 0]) if log else value for value in finite]
    scaled = [value for value in scaled if len(value)]
    if not scaled:
        return None
    full = _span([(float(value.min()), float(value.max())) for value in scaled])
    middle = _span([_middle(value) for value in scaled])
    cut = clip and middle[1] > middle[0] and full[1] - full[0] > FAR * (middle[1] - middle[0])
    low, high = _pad(middle if cut else full)
    above = sum(int((value > high).sum()) for value in scaled)
    below = sum(int((value < low).sum()) for value in scaled)
    if log:
        low, high = 10.0 ** max(low, -307.0), 10.0 ** min(high, 307.0)
    return Range(low=low, high=high, above=above, below=below, unshown=unshown)


def _middle(value: FloatArray) -> tuple[float, float]:
    """Lowest and highest of the points that are left when the far ends are dropped."""
    drop = max(int(TAIL * len(value)), 1) if len(value) >= SHORTEST else 0
    ordered = np.partition(value, [drop, len(value) - 1 - drop])
    return float(ordered[drop]), float(ordered[len(value) - 1 - drop])


def _span(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return min(low for low, _ in pairs), max(high for _, high in pairs)


def _pad(span: tuple[float, float]) -> tuple[float, float]:
    low, high = span
    room = MARGIN * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room
