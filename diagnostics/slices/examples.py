"""Which rows of a set to look at: where it fails most, and beside them where it does best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.slices.losses import outcome_of
from diagnostics.slices.table import Table
from diagnostics.types import Predictions

MOST = 200
"""Rows of each side."""


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Rows by their position in the uploaded file.

    Attributes
    ----------
    worst, best : tuple of int
        Errors, the most confident first, and right answers, the least confident first, as those are nearest to the
        errors; for losses on a scale the largest and the smallest. Of a ranking the first row of each query.
    n_worst, n_best : int
        How many there are in all.
    right_or_wrong : bool
        Whether rows are simply right or wrong.
    """

    worst: tuple[int, ...]
    best: tuple[int, ...]
    n_worst: int
    n_best: int
    right_or_wrong: bool


def examples(predictions: Predictions) -> Examples:
    """The rows to look at.

    Parameters
    ----------
    predictions : Predictions
        Usually narrowed to a slice.

    Raises
    ------
    NeedsAnswer
        Roles that the task needs are missing.
    """
    table = Table(predictions)
    outcome = outcome_of(predictions, table)
    place = table.places()[outcome.rows]
    if outcome.metric != "accuracy":
        order = np.argsort(-outcome.loss, kind="stable")
        half = (len(order) + 1) // 2
        worst, best = order[:half], order[half:][::-1]
        return _told(place, worst[: MOST // 4], best[: MOST // 4], (len(worst), len(best)), right_or_wrong=False)
    wrong = outcome.loss > 0
    sure = np.nan_to_num(np.asarray(outcome.more.get("confidence", np.zeros(len(wrong))), dtype=float))
    worst, best = np.flatnonzero(wrong), np.flatnonzero(~wrong)
    worst, best = worst[np.argsort(-sure[worst], kind="stable")], best[np.argsort(sure[best], kind="stable")]
    return _told(place, worst[:MOST], best[:MOST], (len(worst), len(best)), right_or_wrong=True)


def _told(
    place: np.ndarray, worst: np.ndarray, best: np.ndarray, n: tuple[int, int], *, right_or_wrong: bool
) -> Examples:
    return Examples(
        worst=tuple(int(p) for p in place[worst]), best=tuple(int(p) for p in place[best]), n_worst=n[0], n_best=n[1],
        right_or_wrong=right_or_wrong,
    )  # fmt: skip
