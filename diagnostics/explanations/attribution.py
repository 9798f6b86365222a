"""What every attribution carries, whichever way it was computed, and the check that it adds up to the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from diagnostics.exceptions import RunClinicError
from diagnostics.types import FloatArray

Predict = Callable[[FloatArray], FloatArray]
"""Rows of shape (n, features) to one output of shape (n,)."""

MAXIMUM_GAP = 0.01


class Untrustworthy(RunClinicError):
    """Attributions that do not add up to what the model answers; nothing may be drawn from them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Attribution:
    """Additive contributions of the features to one output.

    Attributes
    ----------
    values : ndarray, shape (n, features)
        In the unit of the output explained.
    base : ndarray, shape (n,)
        What the features add to.
    rows : ndarray, shape (n, features)
        The rows explained, encoded.
    features : tuple of str
    route : str
        "tree", "linear", "permutation", "surrogate" or "uploaded".
    background : int
        Rows the expectation was taken over; 0 where the route needs none.
    seed : int or None
    gap : float
        Largest distance between base + sum of values and the model's own output, as a fraction of the output's range.
    interactions : str
        How the route spreads interactions ("path_dependent", "interventional", "none").
    """

    values: FloatArray
    base: FloatArray
    rows: FloatArray
    features: tuple[str, ...]
    route: str
    background: int
    seed: int | None
    gap: float
    interactions: str = ""

    @property
    def adds_up(self) -> bool:
        """Whether the gap is within 1 % of the output's range."""
        return bool(self.gap <= MAXIMUM_GAP)

    def checked(self) -> Attribution:
        """The attribution itself.

        Raises
        ------
        Untrustworthy
            When it does not add up.
        """
        if not self.adds_up:
            raise Untrustworthy("attribution_gap", gap=self.gap, limit=MAXIMUM_GAP, route=self.route)
        return self

    @property
    def importance(self) -> FloatArray:
        """Mean absolute contribution of each feature, shape (features,)."""
        found: FloatArray = np.abs(self.values).mean(axis=0)
        return found


def additivity_gap(values: FloatArray, base: FloatArray, output: FloatArray) -> float:
    """Largest |base + sum of values - output| as a fraction of the output's range over the rows.

    With fewer than two distinct outputs the scale is the largest absolute output (or 1 when that is zero). A NaN
    anywhere gives infinity.
    """
    distance = np.abs(base + values.sum(axis=1) - output)
    if not np.isfinite(distance).all():
        return float("inf")
    spread = float(np.ptp(output)) if len(output) else 0.0
    scale = spread or float(np.max(np.abs(output), initial=0.0)) or 1.0
    return float(np.max(distance, initial=0.0) / scale)
