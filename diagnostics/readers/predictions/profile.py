"""What the columns of a stored table hold: the content half of the evidence about roles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.queries.engine import DuckDB, literal, quote
from diagnostics.readers.predictions.table import ROW

SAMPLE_CELLS = 60_000_000
"""Above it every k-th row is profiled; which rows is decided by position, so the result repeats."""

MEMORY = "256MB"
"""Counting distinct values spills to disk beyond it."""

EXACT_ROWS = 200_000
"""Up to here distinct values of near-unique float columns are counted exactly, too."""

TOGETHER = 8
"""Columns whose distinct values one statement counts exactly."""

MEASURES = 7
"""Numbers that the first statement asks of a column."""

MAX_LABELS = 1000
"""A column with more distinct values is not a label."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """Facts about one column.

    Attributes
    ----------
    name : str
    kind : str
        "number", "integer" (also floats that are all whole), "boolean", "text" or "other".
    rows, missing, distinct : int
        `distinct` is approximate above some thousands.
    low, high : float or None
        Extremes of a numeric column.
    length : float
        Mean length of the text form.
    numbers : int
        Cells of a text column that are written as numbers.
    """

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    length: float = 0.0
    numbers: int = 0

    @property
    def numeric(self) -> bool:
        """Numbers, whole or not."""
        return self.kind in ("number", "integer")

    @property
    def binary(self) -> bool:
        """Exactly two values, or the numbers 0 and 1 alone."""
        unit = self.kind == "integer" and self.low in (0.0, 1.0) and self.high in (0.0, 1.0)
        return self.kind == "boolean" or self.distinct == 2 or unit

    @property
    def unit(self) -> bool:
        """Numbers within [0, 1] that are not only 0 and 1."""
        return self.kind == "number" and self.low is not None and self.low >= 0 and (self.high or 0) <= 1

    @property
    def unique(self) -> bool:
        """Practically a different value in every row."""
        return self.missing == 0 and self.distinct >= 0.95 * self.rows

    @property
    def label_like(self) -> bool:
        """Few values that repeat: what a class column looks like."""
        few = self.distinct <= max(2, min(MAX_LABELS, self.rows // 3))
        return few and self.kind in ("integer", "boolean", "text")


class Profile:
    """Columns of a stored table and the questions role finding asks of their content."""

    def __init__(self, path: Path) -> None:
        self.path = path
        schema = parquet.read_schema(path)
        self.names = [name for name in schema.names if name != ROW]
        self._types = {name: schema.field(name).type for name in self.names}
        self.rows = int(parquet.read_metadata(path).num_rows)
        self._engine = DuckDB(MEMORY)
        step = max(1, self.rows * len(self.names) // SAMPLE_CELLS)
        where = f" WHERE {quote(ROW)} % {step} = 0" if step > 1 else ""
        self.table = f"(SELECT * FROM read_parquet({literal(str(path))}){where})"

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of one SELECT on the stored table."""
        rows: list[tuple[Any, ...]] = self._engine.cursor(self.path).execute(sql).fetchall()
        return rows

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Facts about every column, in file order."""
        parts = ["COUNT(*)"]
        for name in self.names:
            parts += _measures(quote(name), self._types[name])
        row = self.query(f"SELECT {', '.join(parts)} FROM {self.table}")[0]
        measured = {name: row[1 + MEASURES * i : 1 + MEASURES * (i + 1)] for i, name in enumerate(self.names)}
        self._counted = self._exact(row[0], {name: (found[0], found[1]) for name, found in measured.items()})
        finite = self._finite({name: (found[2], found[3]) for name, found in measured.items()})
        facts: dict[str, Column] = {}
        for name, (present, distinct, _, _, fractional, length, numbers) in measured.items():
            low, high = finite[name]
            facts[name] = Column(
                name=name, kind=_kind(self._types[name], bool(fractional)), rows=row[0], missing=row[0] - present,
                distinct=self._counted.get(name, min(int(distinct), present)), low=None if low is None else float(low),
                high=None if high is None else float(high), length=float(length or 0), numbers=int(numbers or 0),
            )  # fmt: skip
        return facts

    def _finite(self, extremes: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
        """Extremes of the finite numbers; only columns with an infinite or undefined one are looked at again."""
        again = [
            name for name, pair in extremes.items() if any(x is not None and not math.isfinite(float(x)) for x in pair)
        ]
        if not again:
            return extremes
        parts = [f"{what}({c}) FILTER (isfinite({c}))" for c in map(quote, again) for what in ("MIN", "MAX")]
        found = self.query(f"SELECT {', '.join(parts)} FROM {self.table}")[0]
        return extremes | {name: (found[2 * i], found[2 * i + 1]) for i, name in enumerate(again)}

    def _exact(self, rows: int, counts: dict[str, tuple[int, int]]) -> dict[str, int]:
        """Exact counts where some per cent matter: columns that may be keys, or have as many values as labels may."""
        near = [
            name for name, (present, distinct) in counts.items()
            if distinct >= 0.8 * max(1, present) or 0.8 <= distinct / MAX_LABELS <= 1.2
        ]  # fmt: skip
        near = [name for name in near if rows <= EXACT_ROWS or not pa.types.is_floating(self._types[name])]
        counted: dict[str, int] = {}
        # A few at a time: each count in a statement holds a table of its own in every thread, however short the file.
        for start in range(0, len(near), TOGETHER):
            some = near[start : start + TOGETHER]
            sql = f"SELECT {', '.join(f'COUNT(DISTINCT {quote(name)})' for name in some)} FROM {self.table}"
            counted |= dict(zip(some, self.query(sql)[0], strict=True))
        return counted

    def values(self, name: str) -> list[Any]:
        """Distinct values of a column (at most MAX_LABELS), missing ones left out."""
        column = quote(name)
        sql = f"SELECT DISTINCT {column} FROM {self.table} WHERE {column} IS NOT NULL LIMIT {MAX_LABELS}"
        return [row[0] for row in self.query(sql)]

    def agreement(self, left: str, right: str) -> float:
        """Share of rows where two columns hold the same text."""
        a, b = (f"CAST({quote(name)} AS VARCHAR)" for name in (left, right))
        return float(self.query(f"SELECT AVG(CASE WHEN {a} = {b} THEN 1.0 ELSE 0.0 END) FROM {self.table}")[0][0] or 0)

    def correlation(self, left: str, right: str) -> float:
        """Absolute Pearson correlation of two numeric columns, 0 where undefined."""
        value = self.query(f"SELECT CORR({quote(left)}, {quote(right)}) FROM {self.table}")[0][0]
        return abs(float(value)) if value is not None and value == value else 0.0

    def unique_within(self, columns: list[str]) -> bool:
        """Whether no combination of these columns repeats."""
        if len(columns) == 1 and columns[0] in self.columns and columns[0] in self._counted:
            facts = self.columns[columns[0]]
            return facts.distinct + min(facts.missing, 1) == facts.rows
        names = ", ".join(quote(name) for name in columns)
        sql = f"SELECT COUNT(*), SUM(n) FROM (SELECT COUNT(*) AS n FROM {self.table} GROUP BY {names})"
        groups, rows = self.query(sql)[0]
        return bool(groups == rows)


def _measures(column: str, kind: pa.DataType) -> list[str]:
    if pa.types.is_boolean(kind):
        return [f"COUNT({column})", f"COUNT(DISTINCT {column})", "NULL", "NULL", "NULL", "5", "NULL"]
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        distinct = f"APPROX_COUNT_DISTINCT({column})"
        whole = pa.types.is_integer(kind)
        # Infinities and NaN equal themselves truncated.
        fractional = "NULL" if whole else f"BOOL_OR({column} <> trunc({column}))"
        return [f"COUNT({column})", distinct, f"MIN({column})", f"MAX({column})", fractional, "8", "NULL"]
    text = f"CAST({column} AS VARCHAR)"
    numbers = f"COUNT(TRY_CAST({column} AS DOUBLE))" if _is_text(kind) else "NULL"
    distinct = f"APPROX_COUNT_DISTINCT({text})"
    return [f"COUNT({column})", distinct, "NULL", "NULL", "NULL", f"AVG(LENGTH({text}))", numbers]


def _kind(kind: pa.DataType, fractional: bool) -> str:
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number" if fractional else "integer"
    return "text" if _is_text(kind) else "other"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
