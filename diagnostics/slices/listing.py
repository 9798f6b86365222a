"""Slices that somebody asks for, measured by a metric: all values of a column, one column by another, own ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.slices.definitions import Predicate, ranges, values_of
from diagnostics.slices.gauge import Gauge
from diagnostics.slices.notation import from_text
from diagnostics.slices.table import Table, derived_names, is_number, numbers, times
from diagnostics.types import MetricValue, Predictions, Slice

MOST_CELLS = 24
"""Values of each column in a cross table; the rarest beyond it are left out."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Measured slices with what they are compared with.

    Attributes
    ----------
    slices : tuple of Slice
        In the order asked for; of a cross table row by row.
    overall : MetricValue
    min_size : int
    shape : tuple of int
        (k,), or (rows, columns).
    rows, columns : tuple of predicate
        Heads of a cross table.
    """

    slices: tuple[Slice, ...]
    overall: MetricValue
    min_size: int
    shape: tuple[int, ...]
    rows: tuple[Predicate, ...] = ()
    columns: tuple[Predicate, ...] = ()


def columns_to_slice(predictions: Predictions) -> tuple[tuple[str, bool], ...]:
    """Columns that slices can be defined by, with whether they have an order (numbers and times).

    The attributes first, then what derives from them, the truth (the class of a row) and the prediction.
    """
    table, roles = Table(predictions), predictions.roles
    named = [roles.truth, roles.predicted, roles.split, *roles.attributes]
    own = [name for name in named if name is not None and name in table]
    prose = [name for name in (roles.text, *roles.ignored) if name is not None and name in table]
    derived = [
        d for name in [*own, *prose] if not table.is_number(name) for d in derived_names(name, table.column(name))
    ]
    first = [*roles.attributes, *derived, *own]
    return tuple((name, _ordered(table, name)) for name in dict.fromkeys(first))


def _ordered(table: Table, name: str) -> bool:
    column = table.column(name)
    return is_number(column.type) or times(column) is not None


def choices(predictions: Predictions, column: str) -> tuple[object, ...]:
    """Values of a column to choose from, most frequent first."""
    table = Table(predictions)
    found = [condition.value for (condition, *_) in values_of(table, column, bins=1_000_000)
             if condition.op == "=="]  # fmt: skip
    return tuple(found)


def range_of(predictions: Predictions, column: str) -> tuple[float | str | None, float | str | None, bool]:
    """Smallest and largest value of a number or time, and whether it is a time; None where there are no values."""
    data = Table(predictions).column(column)
    stamps = times(data)
    values = numbers(data if stamps is None else stamps)
    known = values[np.isfinite(values)]
    if not len(known):
        return None, None, stamps is not None
    low, high = float(known.min()), float(known.max())
    if stamps is None:
        return low, high, False
    return str(np.datetime64(round(low * 1e6), "us")), str(np.datetime64(round(high * 1e6), "us")), True


def by_column(
    predictions: Predictions,
    metric: str,
    min_size: int | None,
    column: str,
    bins: int = 4,
    method: str = "quantile",
    cuts: tuple[float, ...] = (),
) -> Listing:
    """Every value of a column, or every range of a number or time."""
    gauge = Gauge(predictions, metric)
    return _listing(gauge, parts(Table(predictions), column, bins, method, cuts), min_size)


def parts(table: Table, column: str, bins: int, method: str, cuts: Sequence[float]) -> tuple[Predicate, ...]:
    """The division of a column that was asked for; few distinct numbers are values of their own."""
    if cuts:
        return ranges(table, column, cuts=cuts)
    if method == "quantile" or not _ordered(table, column):
        return values_of(table, column, bins=bins)
    return ranges(table, column, bins=bins, method=method)


def crossed_columns(predictions: Predictions, metric: str, min_size: int | None, first: str, second: str) -> Listing:
    """Every value of one column together with every value of another."""
    gauge, table = Gauge(predictions, metric), Table(predictions)
    rows, columns = values_of(table, first)[:MOST_CELLS], values_of(table, second)[:MOST_CELLS]
    smallest = gauge.min_size if min_size is None else min_size
    below = [gauge.rows(one) for one in columns]
    slices = []
    for one in rows:
        beside = gauge.rows(one)
        for other, mask in zip(columns, below, strict=True):
            slices.append(gauge.measure((*one, *other), beside & mask, min_size=smallest))
    return Listing(
        slices=tuple(slices), overall=gauge.overall(), min_size=smallest, shape=(len(rows), len(columns)), rows=rows,
        columns=columns,
    )  # fmt: skip


def defined(predictions: Predictions, metric: str, min_size: int | None, *texts: str) -> Listing:
    """Slices given as text (`notation`); one that the set has no column for has no rows."""
    gauge = Gauge(predictions, metric)
    return _listing(gauge, tuple(from_text(text) for text in texts), min_size)


def _listing(gauge: Gauge, predicates: Sequence[Predicate], min_size: int | None) -> Listing:
    smallest = gauge.min_size if min_size is None else min_size
    slices = tuple(gauge.measure(one, _rows(gauge, one), min_size=smallest) for one in predicates)
    return Listing(slices=slices, overall=gauge.overall(), min_size=smallest, shape=(len(slices),))


def _rows(gauge: Gauge, predicate: Predicate) -> np.ndarray:
    try:
        return gauge.rows(predicate)
    except (KeyError, ValueError):
        return np.zeros_like(gauge.rows(()))
