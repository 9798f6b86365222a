"""From a prediction set to its weak slices: code the columns, search, measure what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.slices.attributes import Attribute, LeftOut
from diagnostics.slices.columns import coded
from diagnostics.slices.counters import rows_of
from diagnostics.slices.counting import Event, Progress
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.measuring import Moments, mean_value, moments_of, rows_in
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.scan import Term
from diagnostics.slices.search import LEVEL, Search, default_min_size
from diagnostics.slices.sql_finding import counts_by_sql, search_by_sql
from diagnostics.slices.table import Table
from diagnostics.slices.tails import Population, population
from diagnostics.slices.telling import SearchResult, told
from diagnostics.types import Predictions


def search(
    predictions: Predictions,
    *,
    columns: Sequence[str] | None = None,
    outcome: Outcome | None = None,
    depth: int = 2,
    min_size: int | None = None,
    level: float = LEVEL,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> SearchResult:
    """Find the subgroups of a prediction set that are worse than the rest beyond chance.

    Parameters
    ----------
    predictions : Predictions
    columns : sequence of str, optional
        Columns to slice by, derived ones (`hour(created)`) included; by default the attributes and what derives
        from them.
    outcome : Outcome, optional
        What a row costs; by default the loss of the task (`losses.outcome_of`).
    depth : int
        Largest number of conditions, 1 to 3.
    min_size : int, optional
        Units a slice needs; 100, and 5 % of files under 2,000 rows.
    level : float
        Largest adjusted p that is reported.
    progress, cancel
        Called with the share done; asked whether to stop.

    Raises
    ------
    NeedsAnswer
        Roles that the task needs are missing.
    Cancelled
    """
    if outcome is None and counts_by_sql(predictions):
        named = None if columns is None else list(columns)
        return search_by_sql(
            predictions, columns=named, depth=depth, min_size=min_size, level=level, progress=progress,
            cancel=cancel,
        )  # fmt: skip
    table = Table(predictions)
    outcome = outcome or outcome_of(predictions, table)
    smallest = default_min_size(len(outcome)) if min_size is None else min_size
    attributes, left_out = coded(table, predictions, outcome, min_size=smallest, columns=columns)
    known = [LeftOut(column=c, reason=r) for c, r in predictions.roles.ignored.items()] if columns is None else []
    engine = Search(attributes, outcome.scores, min_size=smallest, depth=depth, progress=progress, cancel=cancel)
    found = engine.run(level=level)
    pairs = told(found, attributes, _InMemory(outcome, attributes))
    masks = tuple(rows_of(group.terms, attributes) for _, group in pairs)
    slices = tuple(
        item if outcome.size is None else replace(item, n=rows_in(outcome, mask))
        for (item, _), mask in zip(pairs, masks, strict=True)
    )
    return SearchResult(
        slices=slices, masks=masks, tested=found.tested,
        survived=found.survived, min_size=smallest, unit="rows" if outcome.size is None else "queries",
        overall=mean_value(outcome, np.ones(len(outcome), dtype=bool)), attributes=tuple(a.name for a in attributes),
        left_out=(*known, *left_out), level=level, outcome=outcome, units=len(outcome),
    )  # fmt: skip


class _InMemory:
    """Units whose losses and codes are at hand."""

    def __init__(self, outcome: Outcome, attributes: Sequence[Attribute]) -> None:
        self.shown = outcome
        self._attributes = attributes
        self._of = population(outcome.scores)

    def losses(self, terms: Sequence[Term]) -> tuple[Moments, Moments]:
        mask = rows_of(terms, self._attributes)
        return moments_of(self.shown, mask), moments_of(self.shown, ~mask)

    def tested(self, terms: Sequence[Term]) -> tuple[float, float, Population]:
        mask = rows_of(terms, self._attributes)
        return float(mask.sum()), float(self.shown.scores.values[mask].sum()), self._of

    def sizes(self, first: Sequence[Term], second: Sequence[Term]) -> tuple[int, int, int]:
        one, other = rows_of(first, self._attributes), rows_of(second, self._attributes)
        return int(one.sum()), int(other.sum()), int((one & other).sum())
