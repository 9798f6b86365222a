"""Which example a row is, whatever run predicted it: a key from its content, so that tags find their row again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute

from diagnostics.queries.engine import Engine, default_engine, literal, quote
from diagnostics.queries.rows import ROW
from diagnostics.types import IntArray, Note, Predictions

LENGTH = 20
"""Hexadecimal digits of a key: among a million rows two meet by chance once in 10^12 files."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowKeys:
    """Keys of some rows.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        0-based position in the uploaded file, ascending.
    key : tuple of str
    by : str
        "id" (a column without repeats), "content" or "position".
    note : Note or None
        What weakens the keys: "rows_by_position", or "rows_repeat" where equal rows are told apart by their order only.
    """

    row: IntArray
    key: tuple[str, ...]
    by: str
    note: Note | None = None

    @property
    def of_row(self) -> Mapping[int, str]:
        """Key by row."""
        return dict(zip(self.row.tolist(), self.key, strict=True))


def row_keys(predictions: Predictions, *, rows: IntArray | None = None, engine: Engine | None = None) -> RowKeys:
    """Keys that stay when a new run's predictions of the same examples arrive.

    The hash of the id column where every row has another id; else the hash of all columns that are neither truth nor
    prediction nor score, with a counter of equal rows; else the position. Numbers are compared as numbers, so 1 and
    1.0 are the same; the order of the columns does not matter.

    Parameters
    ----------
    rows : ndarray of int, optional
        Rows that are asked for; all by default. The keys do not depend on it.
    """
    engine = engine or default_engine()
    roles = predictions.roles
    if roles.id and _is_unique(predictions, roles.id, engine):
        row, key, _nth = _fetch(predictions, [roles.id], rows, engine)
        return RowKeys(row=row, key=tuple(f"i{k}" for k in key), by="id")
    columns = content_columns(predictions)
    if not columns:
        note = Note(code="rows_by_position", params={"rows": predictions.n_rows})
        row = positions(predictions, engine=engine)
        row = row if rows is None else row[np.isin(row, rows)]
        return RowKeys(row=row, key=tuple(f"p{r}" for r in row.tolist()), by="position", note=note)
    row, key, nth = _fetch(predictions, columns, rows, engine)
    repeats = sum(n > 1 for n in nth)
    return RowKeys(
        row=row,
        key=tuple(f"c{k}" if n == 1 else f"c{k}-{n}" for k, n in zip(key, nth, strict=True)),
        by="content",
        note=Note(code="rows_repeat", params={"rows": repeats}) if repeats else None,
    )


def positions(predictions: Predictions, *, engine: Engine | None = None) -> IntArray:
    """0-based positions in the uploaded file of a set's rows, ascending, shape (n,)."""
    engine = engine or default_engine()
    table = engine.arrow(predictions, f"SELECT {quote(ROW)} AS r FROM {engine.table(predictions)} ORDER BY r")
    return np.asarray(table.column("r").to_numpy(), dtype=np.int64)


def content_columns(predictions: Predictions) -> list[str]:
    """Columns that say what a row is about, sorted by name: not the truth, no answer, no score, no position."""
    roles = predictions.roles
    mentioned = (roles.id, roles.text, roles.image, roles.query, *roles.attributes)
    answers = {roles.truth, roles.predicted, roles.score, ROW, *roles.probabilities.values(), *predictions.part}
    answers |= {*roles.label_truth.values(), *roles.label_predicted.values()}
    return sorted({name for name in mentioned if name} - answers)


def _is_unique(predictions: Predictions, column: str, engine: Engine) -> bool:
    name = quote(column)
    sql = f"SELECT COUNT(*), COUNT({name}), COUNT(DISTINCT {name}) FROM {engine.table(predictions)}"
    total, present, different = engine.rows(predictions, sql)[0]
    return bool(total == present == different)


def _hashed(predictions: Predictions, columns: list[str], engine: Engine) -> str:
    """SQL of a hash over name and value of some columns; missing is told apart from every text."""
    kinds = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0").schema
    parts = []
    for column in columns:
        value = f"COALESCE('v' || {as_text(column, kinds.field(column).type)}, 'n')"
        # Each value goes in as a hash of fixed length, so that no text can slide from one column into the next.
        parts.append(f"md5(concat({literal(column)}, chr(31), {value}))")
    return f"md5(concat({', '.join(parts)}))"


def as_text(column: str, kind: pa.DataType) -> str:
    """SQL of a value as text: numbers in one spelling whatever type a file stored them in."""
    name = quote(column)
    if pa.types.is_boolean(kind):
        return f"CAST(CAST({name} AS INTEGER) AS VARCHAR)"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return f"regexp_replace(CAST(CAST({name} AS DOUBLE) AS VARCHAR), '[.]0$', '')"
    return f"CAST({name} AS VARCHAR)"


def _fetch(
    predictions: Predictions, columns: list[str], rows: IntArray | None, engine: Engine
) -> tuple[IntArray, list[str], list[int]]:
    row, hashed = quote(ROW), _hashed(predictions, columns, engine)
    keyed = f"SELECT {row} AS r, substr({hashed}, 1, {LENGTH}) AS k FROM {engine.table(predictions)}"
    sql = f"SELECT r, k, row_number() OVER (PARTITION BY k ORDER BY r) AS n FROM ({keyed}) ORDER BY r"
    table = engine.arrow(predictions, sql)
    if rows is not None:
        table = table.filter(compute.is_in(table.column("r"), pa.array(rows, pa.int64())))
    found = np.asarray(table.column("r").to_numpy(), dtype=np.int64)
    return found, table.column("k").to_pylist(), table.column("n").to_pylist()
