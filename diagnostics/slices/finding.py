"""From a prediction set to its weak slices: code the columns, search, measure what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from diagnostics.metrics.intervals import Z95
from diagnostics.slices.atoms import conditions
from diagnostics.slices.attributes import Attribute, LeftOut
from diagnostics.slices.counters import rows_of
from diagnostics.slices.counting import Event, Progress
from diagnostics.slices.encoding import encode
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.measuring import (
    Moments,
    Shown,
    difference_of,
    in_metric,
    mean_value,
    measured_of,
    moments_of,
    rows_in,
)
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.scan import Term
from diagnostics.slices.screening import screened, varies_within
from diagnostics.slices.search import LEVEL, Found, Group, Search, default_min_size
from diagnostics.slices.shrinkage import conditional
from diagnostics.slices.table import Table, derived_names
from diagnostics.slices.tails import Population, population, standardised
from diagnostics.types import Condition, MetricValue, Predictions, Slice

CONFIRMED = 3.0
"""Standard errors by which the metric that is shown must differ, where ranks were tested: a slice whose ranks are high
but whose mean is not, or hangs on one row, is not worse by that metric."""

RELATED = 5
"""Overlapping candidates named beside a slice."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """What a search of one prediction set found.

    Attributes
    ----------
    slices : tuple of Slice
        The one with the largest excess loss (n times difference) first; empty where chance explains everything.
    masks : tuple of ndarray of bool, shape (units,)
        Units of each slice.
    tested, survived : int
        Slices tried, and those whose adjusted p is below `level`, before overlapping ones are put together.
    min_size : int
        Units a slice needs.
    unit : str
        "rows", or "queries" for a ranking.
    overall : MetricValue
    attributes : tuple of str
        Columns that were searched.
    left_out : tuple of LeftOut
    level : float
    outcome : Outcome
    units : int
        Units that count. Where an SQL engine counted them, `masks` and `outcome` are empty.
    """

    slices: tuple[Slice, ...]
    masks: tuple[np.ndarray, ...]
    tested: int
    survived: int
    min_size: int
    unit: str
    overall: MetricValue
    attributes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    level: float
    outcome: Outcome
    units: int


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
    if outcome is None:
        from diagnostics.slices.sql_finding import counts_by_sql, search_by_sql

        if counts_by_sql(predictions):
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


def coded(
    table: Table,
    predictions: Predictions,
    outcome: Outcome,
    *,
    min_size: int,
    columns: Sequence[str] | None = None,
) -> tuple[list[Attribute], list[LeftOut]]:
    """The columns worth slicing by, and those that are not with the reason."""
    names = list(columns) if columns is not None else automatic(table, predictions)
    attributes: list[Attribute] = []
    left_out: list[LeftOut] = []
    for name in names:
        if outcome.of_unit is not None and varies_within(table, name, outcome):
            left_out.append(LeftOut(column=name, reason="varies_within_query"))
            continue
        found = encode(table, name, min_size=min_size, rows=outcome.rows)
        # Who asks for a column by name wants it, whatever it looks like; only what cannot be coded is refused.
        if isinstance(found, Attribute) and columns is None:
            found = screened(found, outcome)
        (attributes if isinstance(found, Attribute) else left_out).append(found)  # type: ignore[arg-type]
    return attributes, left_out


def automatic(table: Table, predictions: Predictions) -> list[str]:
    """The attributes of a prediction set, its text, and what derives from them."""
    roles = predictions.roles
    names = [c for c in roles.attributes if c in table]
    prose = [c for c in (roles.text, *roles.ignored) if c is not None and c in table]
    names += [d for c in [*names, *prose] if not table.is_number(c) for d in derived_names(c, table.column(c))]
    return list(dict.fromkeys(names))


def predicate(terms: Sequence[Term], attributes: Sequence[Attribute]) -> tuple[Condition, ...]:
    """The conditions of a slice, in the order of its terms."""
    return tuple(c for number, members in terms for c in conditions(attributes[number], members))


class Units(Protocol):
    """The units behind the slices that were found, wherever they lie."""

    @property
    def shown(self) -> Shown:
        """How the mean loss is shown."""
        ...

    def losses(self, terms: Sequence[Term]) -> tuple[Moments, Moments]:
        """Losses inside and outside of a slice."""
        ...

    def tested(self, terms: Sequence[Term]) -> tuple[float, float, Population]:
        """Number and sum of the tested scores inside, and the population of all."""
        ...

    def sizes(self, first: Sequence[Term], second: Sequence[Term]) -> tuple[int, int, int]:
        """Units of two slices, and of both at once."""
        ...


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


def told(found: Found, attributes: Sequence[Attribute], units: Units) -> list[tuple[Slice, Group]]:
    """The groups that are worse by the metric that is shown, largest excess loss first."""
    slices = [(_slice(group, found, attributes, units), group) for group in found.groups]
    kept = [(item, group) for item, group in slices if item is not None]
    return sorted(kept, key=lambda pair: -float(pair[0].params["excess"]))


def _slice(group: Group, found: Found, attributes: Sequence[Attribute], units: Units) -> Slice | None:
    own, rest = units.losses(group.terms)
    gap = difference_of(units.shown, own, rest)
    if gap is None or gap[0] <= 0:
        return None
    n, total, of = units.tested(group.terms)
    if not of.binary and gap[0] < CONFIRMED * (gap[2] - gap[1]) / (2 * Z95):
        return None
    z = float(standardised(np.array([n]), np.array([total]), of)[0])
    raw = in_metric(units.shown, *gap)
    shrunk = _shrunk(gap, z, group.threshold)
    delta, low, high = in_metric(units.shown, *shrunk)
    params: dict[str, Any] = {
        "raw_delta": raw[0], "raw_low": raw[1], "raw_high": raw[2],
        "excess": shrunk[0] * n, "tested": found.tested, "survived": found.survived,
        "refined": group.terms != group.tried.terms, "tried": predicate(group.tried.terms, attributes),
        "related": _related(group, attributes, units), "z": z,
    }  # fmt: skip
    plain = measured_of(units.shown, own, rest, predicate(group.terms, attributes))
    return replace(
        plain, delta=delta, delta_low=low, delta_high=high, adjusted_p=group.tried.adjusted_p, shrunk=True,
        params=params,
    )  # fmt: skip


def _shrunk(gap: tuple[float, float, float], z: float, threshold: float) -> tuple[float, float, float]:
    """A difference and its interval, given that its z had to pass a threshold to be reported."""
    value, low, high = gap
    error = (high - low) / (2 * Z95)
    if not np.isfinite(error) or error <= 0 or z <= 0:
        return gap
    own = value / error
    found = conditional(own, min(own, threshold * own / z))
    return found.value * error, found.low * error, found.high * error


def _related(group: Group, attributes: Sequence[Attribute], units: Units) -> list[dict[str, Any]]:
    """Other survivors that the slice explains, with the overlap of their rows (Jaccard)."""
    named = []
    for member in group.members[:RELATED]:
        n, own, both = units.sizes(member.terms, group.terms)
        union = n + own - both
        named.append(
            {
                "predicate": predicate(member.terms, attributes), "n": n,
                "adjusted_p": member.adjusted_p, "overlap": both / union if union else 0.0,
            }
        )  # fmt: skip
    return named
