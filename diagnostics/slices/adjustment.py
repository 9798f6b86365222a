"""Many slices are tried, so each p-value is adjusted for all of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from diagnostics.types import FloatArray

LEVEL_SHARES: Mapping[int, float] = {1: 0.25, 2: 0.6, 3: 0.15}
"""How the allowed share of false discoveries is divided by number of conditions, fixed before looking at the data.

Without it a handful of single conditions would pay for the thousands of combinations (weighted Benjamini-Hochberg,
Genovese, Roeder and Wasserman 2006). Pairs get most: they have the fewest rows and need it."""


def level_weights(tested: Mapping[int, int]) -> dict[int, float]:
    """Weight of each level's p-values; over all candidates the weights average 1.

    Parameters
    ----------
    tested : mapping of level to number of candidates
    """
    present = {level: count for level, count in tested.items() if count}
    budget = sum(LEVEL_SHARES.get(level, 0.05) for level in present)
    total = sum(present.values())
    return {level: LEVEL_SHARES.get(level, 0.05) / budget * total / count for level, count in present.items()}


def benjamini_hochberg(log_p: FloatArray, tested: int) -> FloatArray:
    """Adjusted p-values (false discovery rate) of the smallest of `tested` p-values.

    Parameters
    ----------
    log_p : ndarray of float, shape (k,)
        Logarithms, already divided by their weights; the `tested - k` others must be larger than all that matter.
    tested : int
        All p-values, also those that are not given.

    Returns
    -------
    ndarray of float, shape (k,)
        At most 1.
    """
    order = np.argsort(log_p, kind="stable")
    ranked = log_p[order] + np.log(max(1, tested)) - np.log(np.arange(1, len(log_p) + 1))
    lowest = np.minimum.accumulate(ranked[::-1])[::-1]
    result = np.empty(len(log_p))
    result[order] = np.exp(np.minimum(0.0, lowest))
    return result


def bonferroni(log_p: FloatArray, tested: int) -> FloatArray:
    """Family-wise adjusted p-values."""
    result: FloatArray = np.exp(np.minimum(0.0, log_p + np.log(max(1, tested))))
    return result
