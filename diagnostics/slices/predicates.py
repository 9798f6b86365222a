"""Which rows a predicate selects: a list of conditions, all of which must hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from diagnostics.slices.table import Table, is_number, is_text, missing, numbers, times
from diagnostics.types import Condition, Predictions
from diagnostics.types.labels import folded, spelled

_COMPARE: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


def mask(source: Predictions | pa.Table | Table, predicate: Sequence[Condition]) -> np.ndarray:
    """The rows where every condition holds.

    Parameters
    ----------
    source : Predictions, pyarrow.Table or Table
    predicate : sequence of Condition
        An empty one selects every row.

    Returns
    -------
    ndarray of bool, shape (n,)
        In the order of the stored rows (of the set's own part of them).

    Raises
    ------
    KeyError
        A column does not exist.
    ValueError
        An operator does not exist, or a value does not fit it.
    """
    table = source if isinstance(source, Table) else Table(source)
    keep: np.ndarray | None = None
    for condition in predicate:
        rows = holds(table.column(condition.column), condition)
        keep = rows if keep is None else keep & rows
    if keep is not None:
        return keep
    return np.ones(len(table.column(table.names[0])), dtype=bool)


def holds(column: pa.ChunkedArray, condition: Condition) -> np.ndarray:
    """Where one condition holds; comparisons are false where the value is missing."""
    op, value = condition.op, condition.value
    if op in ("==", "!=") and _nothing(value):
        op = "is_null" if op == "==" else "not_null"
    if op in ("is_null", "not_null"):
        wanted = op == "is_null"
        gone: np.ndarray = missing(column) == wanted
        return gone
    if op in ("==", "!=", "in", "not_in"):
        return _among(column, [value] if op in ("==", "!=") else list(value), negate=op in ("!=", "not_in"))
    values, ends = _scale(column)
    if op == "between":
        low, high = value
        keep: np.ndarray = ~np.isnan(values)
        keep &= True if low is None else values >= ends(low)
        keep &= True if high is None else values <= ends(high)
        return keep
    if op not in _COMPARE:
        raise ValueError(f"no operator is called {op!r}")
    with np.errstate(invalid="ignore"):
        found: np.ndarray = _COMPARE[op](values, ends(value))
    return found


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _scale(column: pa.ChunkedArray) -> tuple[np.ndarray, Callable[[Any], float]]:
    """A column on a number line, and how a bound is put on it."""
    stamps = times(column)
    if stamps is not None:
        return numbers(stamps), lambda bound: _seconds(bound)
    if is_text(column.type):
        found = np.array([_number(v) for v in column.to_pylist()])
        return found, float
    return numbers(column), float


def _seconds(bound: Any) -> float:
    if isinstance(bound, int | float):
        return float(bound)
    return float((np.datetime64(str(bound), "us") - np.datetime64(0, "us")) / np.timedelta64(1, "s"))


def _number(text: str | None) -> float:
    try:
        return float(text) if text is not None else math.nan
    except ValueError:
        return math.nan


def _among(column: pa.ChunkedArray, values: list[Any], *, negate: bool) -> np.ndarray:
    """Rows whose value is one of some; labels meet under any spelling of a number or boolean."""
    wanted_missing = any(_nothing(v) for v in values)
    gone = missing(column)
    keep = np.zeros(len(column), dtype=bool)
    known = [v for v in values if not _nothing(v)]
    if known and is_number(column.type):
        own = numbers(column)
        for number in (_as_number(v) for v in known):
            keep |= own == number
    elif known:
        encoded = pc.dictionary_encode(column).combine_chunks()
        encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
        vocabulary = [_key(v) for v in encoded.dictionary.to_pylist()]
        match = np.array([v in {_key(k) for k in known} for v in vocabulary] + [False])
        keep = match[pc.fill_null(encoded.indices, len(vocabulary)).to_numpy(zero_copy_only=False)]
    chosen: np.ndarray = (~keep if negate else keep) & ~gone
    return chosen | gone if wanted_missing and not negate else chosen


def _key(value: Any) -> str | None:
    label = spelled(value)
    # Texts keep their case ("US" and "us" may be two values); numbers and booleans meet under one spelling.
    return label if label is None or folded(label) == label.lower() else folded(label)


def _as_number(value: Any) -> float:
    text = folded(str(value))
    return _number(text)
