"""Is a model linear, and with which coefficients? Found by asking it, so that no format has to be opened for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.attribution import Predict
from diagnostics.types import FloatArray

TOLERANCE = 1e-3
"""Largest distance from the plane over the real rows, as a part of the output's range."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plane:
    """A linear model: scale(output) = rows @ coefficients + intercept.

    Attributes
    ----------
    coefficients : ndarray, shape (features,)
    intercept : float
    deviations : ndarray, shape (features,)
        Standard deviation of each feature over the rows, to compare coefficients by.
    scale : str
        "answer", or "logit" where the log-odds of the answer are linear.
    """

    coefficients: FloatArray
    intercept: float
    deviations: FloatArray
    scale: str

    @property
    def standardised(self) -> FloatArray:
        """Change of the output for one standard deviation of each feature."""
        found: FloatArray = self.coefficients * self.deviations
        return found


def rescaled(answer: FloatArray, scale: str) -> FloatArray:
    """The answer, or its log-odds with probabilities kept off 0 and 1 by 1e-9."""
    if scale == "answer":
        return answer
    inside = np.clip(answer, 1e-9, 1 - 1e-9)
    found: FloatArray = np.log(inside / (1 - inside))
    return found


def plane(predict: Predict, rows: FloatArray) -> Plane | None:
    """Coefficients of a linear model; None where it is not one, or where rows have missing values only.

    Each feature is moved by two standard deviations to either side of the rows' mean; the plane through these points
    must then hold for every row.
    """
    complete = rows[~np.isnan(rows).any(axis=1)]
    if len(complete) < 2:
        return None
    centre, deviations = complete.mean(axis=0), complete.std(axis=0)
    steps = np.where(deviations > 0, 2 * deviations, 1.0)
    moved = np.vstack([centre, *(centre + d for d in np.diag(steps)), *(centre - d for d in np.diag(steps))])
    answers, real = predict(moved), predict(complete)
    probabilities = bool(np.all((real >= 0) & (real <= 1)))
    for scale in ("answer", "logit") if probabilities else ("answer",):
        at, wanted, width = rescaled(answers, scale), rescaled(real, scale), rows.shape[1]
        slopes = (at[1 : width + 1] - at[width + 1 :]) / (2 * steps)
        intercept = float(at[0] - centre @ slopes)
        reach = float(np.ptp(wanted)) or 1.0
        if np.max(np.abs(complete @ slopes + intercept - wanted)) <= TOLERANCE * reach:
            return Plane(coefficients=slopes, intercept=intercept, deviations=deviations, scale=scale)
    return None
