"""The whole of a search for weak slices by any metric, without the rows: small enough to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from diagnostics.slices.attributes import LeftOut
from diagnostics.slices.by_metric import search_by, searched_rows
from diagnostics.slices.columns import coded
from diagnostics.slices.contrast import contrast
from diagnostics.slices.counting import Event, Progress
from diagnostics.slices.finding import search
from diagnostics.slices.gauge import Gauge
from diagnostics.slices.permuted_pairs import PARENTS
from diagnostics.slices.search import LEVEL
from diagnostics.slices.sql_finding import counts_by_sql, default_metric, renamed, search_by_sql
from diagnostics.slices.table import Table
from diagnostics.slices.telling import RELATED, SearchResult
from diagnostics.slices.tree import Node, error_tree
from diagnostics.types import MetricValue, Predictions, Slice

OVERLAP = 0.5
"""Share of the smaller slice from which two slices are told as one."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a search found.

    Attributes
    ----------
    metric : str
        The slices are measured by it.
    searched_by : str
        The slices were tested by it: the metric itself, or the loss of the task where it cannot be tested.
    slices : tuple of Slice
    tested, survived : int
        Slices tried; those beyond chance, before overlapping ones are put together.
    min_size : int
    unit : str
        "rows", "queries" or "positives".
    units : int
    overall : MetricValue
    attributes : tuple of str
    left_out : tuple of LeftOut
    level : float
    searched : int
        Rows that were searched; fewer than `units` where an even sample had to do.
    familywise : bool
        Whether `level` is the chance of any false report, not the share of false ones among the reported.
    opened : int
        Single conditions under which pairs were tried, the worst ones; 0 where all pairs were, or none.
    """

    metric: str
    searched_by: str
    slices: tuple[Slice, ...]
    tested: int
    survived: int
    min_size: int
    unit: str
    units: int
    overall: MetricValue
    attributes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    level: float
    searched: int
    familywise: bool = False
    opened: int = 0


def survey(
    predictions: Predictions,
    metric: str = "",
    min_size: int | None = None,
    depth: int = 2,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Survey:
    """Search the slices that are worse than chance explains by a metric.

    Means over rows are searched by themselves, areas under curves by permutation (of the pairs those under the worst
    single conditions); for any other metric the slices are found by the loss of the task and measured by the metric.

    Parameters
    ----------
    predictions : Predictions
    metric : str
        "" for the default of the task.
    min_size : int, optional
        Units a slice needs.
    depth : int
        Largest number of conditions, 1 to 3.
    progress, cancel
        As in `finding.search`.

    Raises
    ------
    KeyError, NeedsAnswer, Cancelled
        As `Gauge` and `finding.search`.
    """
    if counts_by_sql(predictions, metric):
        return _by_sql(predictions, metric or default_metric(predictions), min_size, depth, progress, cancel)
    gauge = Gauge(predictions, metric)
    smallest = gauge.min_size if min_size is None else min_size
    options: dict[str, Any] = {"min_size": smallest, "progress": progress, "cancel": cancel}
    if gauge.by_permutation:
        return _by_permutation(predictions, gauge, depth, options)
    found = search(predictions, outcome=gauge.outcome, depth=depth, **options)
    if gauge.additive:
        slices = tuple(gauge.renamed(one) for one in found.slices)
    else:
        slices = tuple(_measured_again(one, gauge) for one in found.slices)
    return _survey(gauge, found, slices)


def _survey(gauge: Gauge, found: SearchResult, slices: tuple[Slice, ...]) -> Survey:
    return Survey(
        metric=gauge.metric, searched_by=gauge.metric if gauge.additive else gauge.whole.metric, slices=slices,
        tested=found.tested, survived=found.survived, min_size=found.min_size, unit=gauge.unit, units=gauge.units,
        overall=gauge.overall(), attributes=found.attributes, left_out=found.left_out, level=found.level,
        searched=gauge.units,
    )  # fmt: skip


def _by_sql(
    predictions: Predictions, metric: str, min_size: int | None, depth: int, progress: Progress | None,
    cancel: Event | None,
) -> Survey:  # fmt: skip
    found = search_by_sql(predictions, metric=metric, min_size=min_size, depth=depth, progress=progress, cancel=cancel)
    found = renamed(found, metric)
    return Survey(
        metric=metric, searched_by=metric, slices=found.slices, tested=found.tested, survived=found.survived,
        min_size=found.min_size, unit="positives" if metric == "recall" else "rows", units=found.units,
        overall=found.overall, attributes=found.attributes, left_out=found.left_out, level=found.level,
        searched=found.units,
    )  # fmt: skip


def _measured_again(one: Slice, gauge: Gauge) -> Slice:
    own = gauge.measure(one.predicate)
    return replace(own, adjusted_p=one.adjusted_p, share_of_loss=one.share_of_loss, params=one.params)


def _by_permutation(predictions: Predictions, gauge: Gauge, depth: int, options: dict[str, Any]) -> Survey:
    slices, tested = search_by(predictions, gauge.metric, level=LEVEL, depth=depth, **options)
    table = Table(predictions)
    attributes, left_out = coded(table, predictions, gauge.whole, min_size=options["min_size"])
    known = [LeftOut(column=c, reason=r) for c, r in predictions.roles.ignored.items()]
    told = tuple(replace(one, share_of_loss=gauge.share(gauge.rows(one.predicate))) for one in _apart(slices, gauge))
    told = tuple(sorted(told, key=lambda one: -one.n * abs(one.delta or 0.0)))
    searched = len(range(gauge.units)[searched_rows(gauge.units)])
    return Survey(
        metric=gauge.metric, searched_by=gauge.metric, slices=told, tested=tested, survived=len(slices),
        min_size=options["min_size"], unit=gauge.unit, units=gauge.units, overall=gauge.overall(),
        attributes=tuple(a.name for a in attributes), left_out=(*known, *left_out), level=LEVEL,
        searched=searched, familywise=True, opened=PARENTS if depth > 1 and len(attributes) > 1 else 0,
    )  # fmt: skip


def _apart(slices: Sequence[Slice], gauge: Gauge) -> list[Slice]:
    """The most certain slices; those that overlap one, or are no worse once its rows are set aside, as related."""
    order = sorted(slices, key=lambda one: (one.adjusted_p or 0.0, -float(one.params["z"])))
    kept: list[tuple[Slice, np.ndarray, list[dict[str, Any]]]] = []
    for one in order:
        rows = gauge.rows(one.predicate)
        shares = [int((rows & mask).sum()) / min(int(rows.sum()), int(mask.sum())) for _, mask, _ in kept]
        aside = np.logical_or.reduce([mask for _, mask, _ in kept]) if kept else None
        if aside is not None and (max(shares) > OVERLAP or not gauge.still_worse(rows, aside)):
            _, mask, related = kept[int(np.argmax(shares))]
            overlap = int((rows & mask).sum()) / int((rows | mask).sum())
            related.append({"predicate": one.predicate, "n": one.n, "adjusted_p": one.adjusted_p, "overlap": overlap})
        else:
            kept.append((one, rows, []))
    return [replace(one, params={**one.params, "related": related[:RELATED]}) for one, _, related in kept]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Where two models differ most: slices that lose and slices that gain against the change elsewhere."""

    worse: tuple[Slice, ...]
    better: tuple[Slice, ...]
    tested: int
    overall: MetricValue
    n: int
    min_size: int


def difference(
    first: Predictions,
    second: Predictions,
    min_size: int | None = None,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Difference:
    """Search the slices where the change from the first to the second departs from the change elsewhere.

    Raises
    ------
    NeedsAnswer
        The tasks differ, or the rows cannot be matched.
    Cancelled
    """
    found = contrast(first, second, min_size=min_size, progress=progress, cancel=cancel)
    worse, better = found.worse, found.better
    return Difference(
        worse=_lower_is_better(worse.slices), better=_lower_is_better(better.slices),
        tested=worse.tested + better.tested, overall=worse.overall, n=found.n, min_size=worse.min_size,
    )  # fmt: skip


def _lower_is_better(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    """Changes of the loss, whichever way they were searched: less loss is better."""
    return tuple(replace(one, metric=replace(one.metric, greater_is_better=False)) for one in slices)


def tree(
    predictions: Predictions,
    metric: str = "",
    min_size: int | None = None,
    depth: int = 3,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Node:
    """The errors as a tree, by the loss that a metric is searched by.

    Raises
    ------
    Cancelled
    """
    gauge = Gauge(predictions, metric)
    smallest = gauge.min_size if min_size is None else min_size
    attributes, _ = coded(Table(predictions), predictions, gauge.outcome, min_size=smallest)
    root = error_tree(attributes, gauge.outcome, min_size=smallest, max_depth=depth, progress=progress, cancel=cancel)
    return _renamed(root, gauge) if gauge.additive else root


def _renamed(node: Node, gauge: Gauge) -> Node:
    return Node(slice=gauge.renamed(node.slice), children=tuple(_renamed(child, gauge) for child in node.children))
