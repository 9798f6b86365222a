"""Shapley values by permutation sampling: features are switched on in a random order, then off in the same order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.attribution import Predict
from diagnostics.types import FloatArray

MOST_VALUES = 1 << 22
"""Numbers of one call of the model at most: 32 MB."""


def sample(
    predict: Predict, rows: FloatArray, background: FloatArray, *, seed: int, permutations: int
) -> tuple[FloatArray, float]:
    r"""Interventional Shapley values by antithetic permutation sampling.

    With :math:`v(S)` the mean answer over the background with the features of S taken from the row, feature j gets the
    mean of :math:`v(S \cup j) - v(S)` over the places where j is switched on, and where it is switched off (Strumbelj
    and Kononenko 2014; Mitchell et al. 2022). The orders are those of `shap.PermutationExplainer` with the same seed,
    and so are the values; shap 0.51 also asks the model for main effects that it throws away, a fifth of its calls.

    Parameters
    ----------
    predict : callable
        (n, features) to (n,).
    rows : ndarray, shape (n, features)
    background : ndarray, shape (m, features)
    seed : int
    permutations : int
        For a row that differs from the background in every feature; with fewer to switch there are more permutations.

    Returns
    -------
    values : ndarray, shape (n, features)
    base : float
        Mean answer over the background.

    Raises
    ------
    ValueError
        The model does not give one number for each row.
    """
    generator = np.random.RandomState(seed)
    budget = permutations * (2 * rows.shape[1] + 1)
    empty = np.asarray(predict(background), dtype=np.float64)
    values = np.zeros(rows.shape)
    for number, row in enumerate(rows):
        differs = ~np.isclose(row, background)
        orders = _orders(np.flatnonzero(differs.any(axis=0)), budget, generator)
        if orders.size:
            on, off = np.split(np.diff(_walk(predict, row, background, differs, orders, empty)), 2, axis=1)
            np.add.at(values[number], orders, (on - off) / (2 * len(orders)))
    return values, float(empty.mean())


def _orders(order: NDArray[np.intp], budget: int, generator: np.random.RandomState) -> NDArray[np.intp]:
    """Random orders of some features, as many as the budget of states allows; one row each."""
    found = []
    for _ in range(budget // (2 * len(order) + 1) if len(order) else 0):
        generator.shuffle(order)
        found.append(order.copy())
    return np.array(found, dtype=np.intp)


def _walk(
    predict: Predict, row: FloatArray, background: FloatArray, differs: NDArray[np.bool_], orders: NDArray[np.intp],
    empty: FloatArray,
) -> FloatArray:  # fmt: skip
    """Mean answer after each switch, the first before any; shape (orders, 2 x features switched + 1).

    A background row that has the row's own value already is not asked again: its last answer stands.
    """
    walks, switched = orders.shape
    rank = np.full((walks, 1, len(row)), switched)
    np.put_along_axis(rank, orders[:, None, :], np.arange(switched)[None, None, :], axis=2)
    step = np.arange(1, switched + 1)[:, None]
    taken = np.concatenate([rank < step, (rank >= step) & (rank < switched)], axis=1)
    asked = np.tile(differs.T[orders], (1, 2, 1))
    answers = np.empty((walks, 2 * switched + 1, len(background)))
    answers[:, 0] = empty
    states, behind = np.nonzero(asked.reshape(-1, len(background)))
    answers[:, 1:][asked] = _in_parts(predict, row, background, taken.reshape(-1, len(row)), states, behind)
    latest = np.maximum.accumulate(np.where(asked, np.arange(1, 2 * switched + 1)[:, None], 0), axis=1)
    latest = np.concatenate([np.zeros_like(latest[:, :1]), latest], axis=1)
    means: FloatArray = np.take_along_axis(answers, latest, axis=1).mean(axis=2)
    return means


def _in_parts(
    predict: Predict, row: FloatArray, background: FloatArray, taken: NDArray[np.bool_], states: NDArray[np.intp],
    behind: NDArray[np.intp],
) -> FloatArray:  # fmt: skip
    """Answers for pairs of a state, which says what is taken from the row, and a background row for the rest."""
    size = max(1, MOST_VALUES // len(row))
    answers = []
    for start in range(0, len(states), size):
        given = background.take(behind[start : start + size], axis=0)
        np.copyto(given, row, where=taken.take(states[start : start + size], axis=0))
        answers.append(predict(given))
    return np.concatenate(answers)
