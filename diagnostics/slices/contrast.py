"""Where two models differ most on the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.slices.finding import search
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.outcome import Outcome, losses
from diagnostics.slices.table import Table
from diagnostics.slices.telling import SearchResult
from diagnostics.types import Predictions


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """Subgroups where the second model loses or gains more against the first than elsewhere.

    Attributes
    ----------
    worse, better : SearchResult
        The metric of their slices is the mean change of the loss (second minus first; below 0 is better).
    n : int
        Units that both files have.
    """

    worse: SearchResult
    better: SearchResult
    n: int


def contrast(first: Predictions, second: Predictions, **options: Any) -> Contrast:
    """Search the slices where the change from one model to another departs most from the change elsewhere.

    Parameters
    ----------
    first, second : Predictions
        Of the same task. Rows are matched by id where both have one, else by position.
    **options
        As for `finding.search`; columns are those of `first`.

    Raises
    ------
    NeedsAnswer
        The tasks differ, or the rows cannot be matched.
    """
    if first.task is not second.task:
        raise NeedsAnswer("contrast_needs_same_task", first=str(first.task), second=str(second.task))
    table, other = Table(first), Table(second)
    before, after = outcome_of(first, table), outcome_of(second, other)
    own, theirs = _matched(_keys(first, table, before), _keys(second, other, after))
    if not len(own):
        raise NeedsAnswer("contrast_needs_same_rows", first=first.name, second=second.name)
    change = after.loss[theirs] - before.loss[own]
    results = []
    for sign in (1.0, -1.0):
        found = losses(sign * change, f"change_of_{before.metric}_loss", sign=sign, rows=before.rows[own])
        size = None if before.size is None else before.size[own]
        results.append(search(first, outcome=replace(found, size=size, of_unit=None), **options))
    return Contrast(worse=results[0], better=results[1], n=len(own))


def _keys(predictions: Predictions, table: Table, outcome: Outcome) -> np.ndarray:
    """What identifies each unit: the query, the id, or the position in the file."""
    name = predictions.roles.query if outcome.size is not None else predictions.roles.id
    if name is None:
        return outcome.rows.astype(str)
    values = np.array([str(v) for v in table.column(name).to_pylist()])
    found: np.ndarray = values[outcome.rows]
    return found


def _matched(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the keys that occur on both sides (the first of repeated ones)."""
    _, own, theirs = np.intersect1d(first, second, return_indices=True)
    order = np.argsort(own)
    return own[order], theirs[order]
