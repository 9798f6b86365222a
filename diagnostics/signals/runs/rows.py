"""Stretches of a series, each averaged into one row; no loop over points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.runs.robust import MAD, median
from diagnostics.types import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Stretch i is ``value[start[i]:stop[i]]``; stretches follow each other and may be empty.

    Attributes
    ----------
    start, stop : ndarray of int, shape (m,)
    """

    start: IntArray
    stop: IntArray

    @classmethod
    def ending_at(cls, stop: IntArray) -> Rows:
        """Stretches that together cover everything up to the last end."""
        return cls(start=np.concatenate([[0], stop[:-1]]), stop=stop)

    @property
    def size(self) -> IntArray:
        """Points in each stretch, shape (m,)."""
        return self.stop - self.start

    def mean(self, value: FloatArray) -> FloatArray:
        """Mean of each stretch, NaN where it is empty. Shape (m,)."""
        out = np.full(len(self.start), np.nan)
        filled = np.flatnonzero(self.size > 0)
        if len(filled):
            used = value[: self.stop[-1]]
            out[filled] = np.add.reduceat(used, self.start[filled]) / self.size[filled]
        return out

    def scatter(self, value: FloatArray) -> float:
        """Standard error of the means, from the spread of neighbours inside the stretches; 0 for single points."""
        filled = self.size > 0
        if not (self.size > 1).any():
            return 0.0
        steps = np.abs(np.diff(value[: self.stop[-1]]))
        inside = np.ones(len(steps), dtype=bool)
        inside[self.start[filled & (self.start > 0)] - 1] = False
        spread = median(steps[inside]) / (MAD * 2**0.5)
        return float(spread / np.mean(self.size[filled]) ** 0.5)
