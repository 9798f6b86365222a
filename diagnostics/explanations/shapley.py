"""SHAP values by the route that fits the model, always compared with what the model itself answers."""

from __future__ import annotations

import numpy as np

from diagnostics.explanations import permutation_walk
from diagnostics.explanations.attribution import Attribution, Predict, additivity_gap
from diagnostics.types import FloatArray

BACKGROUND_ROWS = 100


def from_trees(
    contributions: FloatArray, margin: FloatArray, rows: FloatArray, features: tuple[str, ...]
) -> Attribution:
    """Attribution from a boosting library's own tree SHAP.

    XGBoost, LightGBM and CatBoost compute path-dependent tree SHAP themselves (Lundberg et al. 2020), and so inside
    the worker.

    Parameters
    ----------
    contributions : ndarray, shape (n, features + 1)
        The last column is the expected value.
    margin : ndarray, shape (n,)
        The model's raw output for the same rows.
    rows : ndarray, shape (n, features)
    features : tuple of str
    """
    values, base = contributions[:, :-1], contributions[:, -1]
    return Attribution(
        values=values,
        base=base,
        rows=rows,
        features=features,
        route="tree",
        background=0,
        seed=None,
        gap=additivity_gap(values, base, margin),
        interactions="path_dependent",
    )


def from_coefficients(
    coefficients: FloatArray, intercept: float, output: FloatArray, rows: FloatArray, background: FloatArray,
    features: tuple[str, ...],
) -> Attribution:  # fmt: skip
    r"""Attribution of a linear model: :math:`\phi_j = w_j (x_j - \bar x_j)` over the background's mean.

    Parameters
    ----------
    coefficients : ndarray, shape (features,)
    intercept : float
    output : ndarray, shape (n,)
        The model's linear output for the rows.
    rows, background : ndarray, shape (n, features) and (m, features)
    features : tuple of str
    """
    centre = background.mean(axis=0)
    values = (rows - centre) * coefficients
    base = np.full(len(rows), float(centre @ coefficients + intercept))
    return Attribution(
        values=values,
        base=base,
        rows=rows,
        features=features,
        route="linear",
        background=len(background),
        seed=None,
        gap=additivity_gap(values, base, output),
        interactions="none",
    )


def by_permutation(
    predict: Predict, rows: FloatArray, background: FloatArray, features: tuple[str, ...], *, seed: int = 0,
    permutations: int = 10,
) -> Attribution:  # fmt: skip
    """Attribution of any model by permutation sampling, interventional; see `permutation_walk.sample`.

    Needs at most `permutations` x 2 x features model rows for each row and background row. numpy's global random state
    is neither read nor set.

    Parameters
    ----------
    predict : callable
        (n, features) to (n,).
    rows, background : ndarray
    features : tuple of str
    seed : int
    permutations : int
    """
    values, base = permutation_walk.sample(predict, rows, background, seed=seed, permutations=permutations)
    bases = np.full(len(rows), base)
    return Attribution(
        values=values,
        base=bases,
        rows=rows,
        features=features,
        route="permutation",
        background=len(background),
        seed=seed,
        gap=additivity_gap(values, bases, np.asarray(predict(rows), dtype=np.float64)),
        interactions="interventional",
    )


def background_sample(rows: FloatArray, *, size: int = BACKGROUND_ROWS, seed: int = 0) -> FloatArray:
    """Random rows to take expectations over; rows with a missing value are left out while others remain."""
    complete = rows[~np.isnan(rows).any(axis=1)]
    pool = complete if len(complete) else rows
    if len(pool) <= size:
        return pool
    return pool[np.sort(np.random.default_rng(seed).choice(len(pool), size=size, replace=False))]
