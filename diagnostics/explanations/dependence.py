"""How the output moves with one feature: partial dependence and the individual curves it is the mean of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.explanations.attribution import Attribution, Predict
from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Dependence:
    """Curves of one feature.

    Attributes
    ----------
    feature : str
    grid : ndarray, shape (g,)
        Values the feature was set to: quantiles, or the codes of a categorical column.
    curves : ndarray, shape (n, g)
        Output of each row with the feature set (ICE; Goldstein et al. 2015).
    mean : ndarray, shape (g,)
        Partial dependence (Friedman 2001).
    """

    feature: str
    grid: FloatArray
    curves: FloatArray
    mean: FloatArray


def partial_dependence(
    predict: Predict, rows: FloatArray, column: int, name: str, *, points: int = 20, categories: int = 0
) -> Dependence:
    """Set one column to each value of a grid, for every row.

    Parameters
    ----------
    predict : callable
    rows : ndarray, shape (n, features)
    column : int
    name : str
    points : int
        Grid points of a numeric column, at its quantiles from 1 % to 99 %.
    categories : int
        Number of codes of a categorical column; 0 for a numeric one.
    """
    values = rows[:, column]
    if categories:
        grid = np.arange(categories, dtype=np.float64)
    else:
        grid = np.unique(np.nanquantile(values, np.linspace(0.01, 0.99, points)))
    repeated = np.repeat(rows, len(grid), axis=0)
    repeated[:, column] = np.tile(grid, len(rows))
    curves = np.asarray(predict(repeated), dtype=np.float64).reshape(len(rows), len(grid))
    return Dependence(feature=name, grid=grid, curves=curves, mean=curves.mean(axis=0))


def interaction_partner(attribution: Attribution, column: int) -> int | None:
    """Column that best explains the spread of another column's contributions at like values.

    The contributions are sorted by the column's value and cut into bins; within them the absolute correlation with
    every other column is averaged, weighted by rows. None with a single feature or fewer than 20 rows.
    """
    values, rows = attribution.values[:, column], attribution.rows
    if rows.shape[1] < 2 or len(rows) < 20:
        return None
    order = np.argsort(rows[:, column], kind="stable")
    bins = np.array_split(order, max(1, min(10, len(rows) // 20)))
    strength = np.zeros(rows.shape[1])
    for part in bins:
        for other in range(rows.shape[1]):
            x, y = rows[part, other], values[part]
            if other != column and np.std(x) > 0 and np.std(y) > 0 and not np.isnan(x).any():
                strength[other] += abs(float(np.corrcoef(x, y)[0, 1])) * len(part)
    return int(strength.argmax()) if strength.max() > 0 else None
