"""Columns as small integer codes, in SQL: the same codes that `diagnostics.slices.encoding` makes in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.restriction import _column
from diagnostics.queries.rows import ROW
from diagnostics.types import FloatArray, Predictions


def steps(value: str, cuts: FloatArray, results: Sequence[Any]) -> str:
    """SQL of a step function: `results[i]` where `cuts[i - 1] <= value < cuts[i]`, by halving.

    Parameters
    ----------
    value : str
        SQL of a number that is neither NULL nor NaN.
    cuts : ndarray of float, shape (k,)
        Ascending.
    results : sequence, length k + 1
    """

    def between(low: int, high: int) -> str:
        if low == high:
            return literal(results[low])
        middle = (low + high) // 2
        left, right = between(low, middle), between(middle + 1, high)
        return f"CASE WHEN {value} < {literal(float(cuts[middle]))} THEN {left} ELSE {right} END"

    return between(0, len(cuts))


def number_code(schema: pa.Schema, name: str, cuts: FloatArray, codes: Sequence[int], missing: int) -> str:
    """SQL of the bin of a number, or of a time in seconds since 1970; `missing` where it has no value.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the stored table.
    name : str
        A stored column, or `length(x)`, `hour(x)`, `weekday(x)`.
    cuts, codes
        See `steps`.
    """
    column = _column(schema, name)
    moment = column.kind in ("time", "text")
    value = f"CAST({column.moment} AS DOUBLE) / 1000000.0" if moment else column.number
    present = f"{value} IS NOT NULL" if moment else column.present
    return f"CASE WHEN {present} THEN {steps(value, cuts, codes)} ELSE {missing} END"


def value_code(schema: pa.Schema, name: str, values: Sequence[Any], missing: int, other: int) -> str:
    """SQL of a category's place in a list of raw values; `missing` for nulls and blanks, `other` for the rest."""
    column = _column(schema, name)
    whens = " ".join(f"WHEN {column.sql} = {literal(value)} THEN {code}" for code, value in enumerate(values))
    gone = f"CASE WHEN NOT ({column.present}) THEN {missing}"
    return f"{gone} {whens} ELSE {other} END"


def frequent(
    predictions: Predictions, schema: pa.Schema, name: str, where: str, limit: int, engine: Engine | None = None
) -> tuple[list[tuple[Any, int]], int, int]:
    """The most frequent values of a column, earlier ones in the file first where counts are equal.

    Returns
    -------
    list of (value, rows)
    int
        Distinct values in all.
    int
        Rows without a value.
    """
    engine = engine or default_engine()
    column, table = _column(schema, name), engine.table(predictions)
    held = conditions([part for part in (where, column.present) if part])
    sql = (
        f"SELECT {column.sql} AS v, COUNT(*) AS n FROM {table}{held} GROUP BY {column.sql} "
        f"ORDER BY COUNT(*) DESC, MIN({quote(ROW)}) LIMIT {int(limit)}"
    )
    values = [(row[0], int(row[1])) for row in engine.rows(predictions, sql)]
    sql = (
        f"SELECT COUNT(DISTINCT CASE WHEN {column.present} THEN {column.sql} END), "
        f"SUM(CASE WHEN {column.present} THEN 0 ELSE 1 END) FROM {table}{conditions([where] if where else [])}"
    )
    distinct, gone = engine.rows(predictions, sql)[0]
    return values, int(distinct), int(gone or 0)


def sample(
    predictions: Predictions, names: Sequence[str], where: str, rows: int, most: int, engine: Engine | None = None
) -> pa.Table:
    """Some stored columns of every k-th row, at most about `most`; all rows where there are no more."""
    engine = engine or default_engine()
    every = max(1, -(-rows // most))
    held = [part for part in (where, f"{quote(ROW)} % {every} = 0" if every > 1 else "") if part]
    columns = ", ".join(quote(name) for name in dict.fromkeys((*names, ROW)))
    return engine.arrow(predictions, f"SELECT {columns} FROM {engine.table(predictions)}{conditions(held)}")
