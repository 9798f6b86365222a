"""Slices that somebody defines: every value of a column, ranges of a number, one column against another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pyarrow.compute as pc

from diagnostics.slices.cuts import equal_width_cuts, quantile_cuts
from diagnostics.slices.measuring import measured
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.predicates import mask
from diagnostics.slices.table import Table, is_number, is_text, missing, numbers, times
from diagnostics.types import Condition, Predictions, Slice

Predicate = tuple[Condition, ...]

MAX_VALUES = 100
"""Values listed for one column; the rarest beyond it are left out."""


def values_of(table: Table, column: str, *, bins: int = 4) -> tuple[Predicate, ...]:
    """One slice for each value of a column, or for each quantile bin of a number with many values, and for missing.

    Parameters
    ----------
    table : Table
    column : str
    bins : int
        Of a number with more than `3 * bins` distinct values.
    """
    data = table.column(column)
    if times(data) is not None or (is_number(data.type) and len(pc.unique(data).drop_null()) > 3 * bins):
        return ranges(table, column, bins=bins)
    counts = pc.value_counts(data.combine_chunks())
    pairs = sorted(((-c["counts"].as_py(), c["values"].as_py()) for c in counts), key=lambda p: (p[0], str(p[1])))
    found = [v for _, v in pairs if v is not None and v == v and str(v).strip() != ""][:MAX_VALUES]
    order = found if is_text(data.type) else sorted(found)
    predicates = [(Condition(column=column, op="==", value=v),) for v in order]
    return tuple(predicates) + _if_missing(table, column)


def ranges(
    table: Table, column: str, *, bins: int = 4, cuts: Sequence[float] | None = None, method: str = "quantile"
) -> tuple[Predicate, ...]:
    """Ranges of a number that together cover it, and missing.

    Parameters
    ----------
    table : Table
    column : str
    bins : int
    cuts : sequence of float, optional
        The user's own cut points; then `bins` and `method` do not matter.
    method : str
        "quantile" (equal rows) or "equal_width".

    Raises
    ------
    ValueError
        The method does not exist.
    """
    stamps = times(table.column(column))
    values = numbers(table.column(column) if stamps is None else stamps)
    if cuts is not None:
        edges = np.unique(np.asarray(cuts, dtype=np.float64))
    elif method == "quantile":
        edges = quantile_cuts(values, bins)
    elif method == "equal_width":
        edges = equal_width_cuts(values, bins)
    else:
        raise ValueError(f"no way of cutting is called {method!r}")
    shown = [_edge(float(e), time=stamps is not None) for e in edges]
    pieces: list[Predicate] = []
    for place in range(len(shown) + 1):
        piece = []
        if place > 0:
            piece.append(Condition(column=column, op=">=", value=shown[place - 1]))
        if place < len(shown):
            piece.append(Condition(column=column, op="<", value=shown[place]))
        pieces.append(tuple(piece) or (Condition(column=column, op="not_null"),))
    return tuple(pieces) + _if_missing(table, column)


def _edge(value: float, *, time: bool) -> float | int | str:
    if time:
        return str(np.datetime64(round(value * 1e6), "us"))
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _if_missing(table: Table, column: str) -> tuple[Predicate, ...]:
    return ((Condition(column=column, op="is_null"),),) if missing(table.column(column)).any() else ()


def crossed(first: Sequence[Predicate], second: Sequence[Predicate]) -> tuple[Predicate, ...]:
    """Every slice of one list together with every slice of another."""
    return tuple((*a, *b) for a, b in product(first, second))


def unit_mask(outcome: Outcome, rows: np.ndarray) -> np.ndarray:
    """Units of an outcome out of a mask over table rows; a query belongs where its first row does."""
    found: np.ndarray = rows[outcome.rows]
    return found


def measure(
    source: Predictions | Table, outcome: Outcome, predicates: Sequence[Predicate], *, min_size: int = 0
) -> tuple[Slice, ...]:
    """Measure user-defined slices, in their order; below `min_size` units a slice has its n and no number."""
    table = source if isinstance(source, Table) else Table(source)
    return tuple(
        measured(outcome, unit_mask(outcome, mask(table, predicate)), predicate, min_size=min_size)
        for predicate in predicates
    )
