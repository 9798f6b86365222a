"""How many rows the validation set has, read off the steps in which its accuracy moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import base_name
from diagnostics.types import FloatArray, Role, Run, Split

# Sets of more rows are not looked for: their sampling error is below everything that is judged here.
MOST_ROWS = 1000
# Probability that accuracies off the grid of every smaller size fall on it all the same, at most.
BY_CHANCE = 0.001
# Digits after the point from which a value counts as written in full.
DIGITS = 7


@dataclass(frozen=True, kw_only=True)
class HeldOutSize:
    """The validation set.

    Attributes
    ----------
    n : int
        Rows: the smallest size of which every logged accuracy is a whole number of right answers.
    wrong : float
        Wrong answers at the end, in rows.
    """

    n: int
    wrong: float

    @property
    def relative_error(self) -> float:
        """Standard error of the mean loss as a fraction of it, 1 / sqrt(wrong), unitless.

        The loss of a trained classifier stands mostly on its wrong answers, so that its mean is as uncertain as their
        number (Poisson); how unequal they are only adds to that.
        """
        return float(1 / max(self.wrong, 1.0) ** 0.5)


@signal
def held_out_size(supervised: Run, course: Course) -> HeldOutSize:
    """Find the size of the validation set from its logged accuracy."""
    if course.validation is None:
        raise Missing("needs_validation_loss")
    curves = [c for c in supervised.pick(role=Role.METRIC, split=Split.VALIDATION) if base_name(c.metric) == "accuracy"]
    for curve in curves:
        value = curve.value[np.isfinite(curve.value)]
        unit = 100.0 if curve.unit == "percent" or (len(value) and value.max() > 1.5) else 1.0
        n = _size(np.unique(value), unit)
        if n is not None:
            return HeldOutSize(n=n, wrong=n * (1 - float(np.median(value[-3:])) / unit))
    raise Missing("needs_metric")


def _size(values: FloatArray, unit: float) -> int | None:
    """Smallest n of which all values are multiples of 1/n within their rounding; None where chance could do that."""
    inner = values[(values > 0) & (values < unit)]
    if not len(inner):
        return None
    off = _rounding(inner) / unit
    n = np.arange(2, MOST_ROWS + 1)
    rows = inner[:, None] / unit * n
    fits = (np.abs(rows - np.round(rows)) <= off * n + 1e-9).all(axis=0)
    if not fits.any():
        return None
    first = int(np.argmax(fits))
    by_chance = np.minimum(1.0, 2 * off * n[: first + 1] + 1e-9) ** len(inner)
    return int(n[first]) if by_chance.sum() < BY_CHANCE else None


def _rounding(values: FloatArray) -> float:
    """Half a unit of the last digit the values were written with."""
    for digits in range(DIGITS):
        if np.allclose(values, np.round(values, digits), rtol=0.0, atol=1e-9):
            return 0.5 * 10.0**-digits
    return 10.0**-DIGITS
