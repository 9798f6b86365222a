"""Where SHAP and LIME differ about the same row: in sign, or in which features matter most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.types import FloatArray

TOP = 5
SMALL = 0.05
"""Contributions under this part of the largest one have no sign worth comparing."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """How two explanations of a row compare.

    Attributes
    ----------
    opposite : tuple of str
        Features both find important, with different signs.
    only_first, only_second : tuple of str
        Among the five largest of one side only.
    agreement : float or None
        Spearman correlation of the magnitudes; None with fewer than three features or a constant side.
    """

    opposite: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    agreement: float | None


def compare(features: tuple[str, ...], first: FloatArray, second: FloatArray) -> Disagreement:
    """Compare contributions and weights of shape (features,)."""
    from scipy.stats import spearmanr

    large_first, large_second = _large(first), _large(second)
    top_first, top_second = _top(first), _top(second)
    both = large_first & large_second
    agreement = None
    if len(features) >= 3 and np.ptp(np.abs(first)) > 0 and np.ptp(np.abs(second)) > 0:
        agreement = float(spearmanr(np.abs(first), np.abs(second)).statistic)
    return Disagreement(
        opposite=tuple(f for i, f in enumerate(features) if both[i] and first[i] * second[i] < 0),
        only_first=tuple(f for i, f in enumerate(features) if top_first[i] and not top_second[i] and large_first[i]),
        only_second=tuple(f for i, f in enumerate(features) if top_second[i] and not top_first[i] and large_second[i]),
        agreement=agreement,
    )


def _large(values: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    largest = float(np.max(np.abs(values), initial=0.0))
    return np.abs(values) >= SMALL * largest if largest > 0 else np.zeros(len(values), dtype=bool)


def _top(values: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.zeros(len(values), dtype=bool)
    found[np.argsort(-np.abs(values), kind="stable")[:TOP]] = True
    return found
