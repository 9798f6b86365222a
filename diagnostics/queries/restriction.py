"""The rows of a slice as SQL: the same rows that `diagnostics.slices.mask` selects in memory.

The kind of a column decides what a comparison means: numbers meet as numbers ("1" and 1.0), texts as trimmed text,
times as moments; an empty text and NaN are missing. `length(text)`, `hour(time)` and `weekday(time)` are computed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.queries.literals import literal, quote
from diagnostics.types import Condition, Predictions
from diagnostics.types.labels import folded, spelled

Kind = Literal["number", "boolean", "time", "text", "other"]

_DERIVED = re.compile(r"^(length|hour|weekday)\((.+)\)$", re.DOTALL)
_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|infinity)"
_OFFSET = ".*(Z|[+-][0-9][0-9]:?([0-9][0-9])?)"
_SIGNS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column as SQL: its value, where it has one, and what kind it is."""

    sql: str
    kind: Kind

    @property
    def present(self) -> str:
        """SQL: whether there is a value."""
        if self.kind == "number":
            # Of whole numbers and decimals a NaN cannot come out of the cast; a null stays one.
            # DuckDB 2.0 takes isnan for false where a Parquet file's statistics, which leave NaN out, are finite.
            infinite = f"{self.number} IN ({literal(math.inf)}, {literal(-math.inf)})"
            return f"({self.sql} IS NOT NULL AND (isfinite({self.number}) OR {infinite}))"
        return (
            f"({self.sql} IS NOT NULL AND {self.trimmed} <> '')" if self.kind == "text" else f"{self.sql} IS NOT NULL"
        )

    @property
    def number(self) -> str:
        """SQL of a number; NULL where a text is none."""
        if self.kind != "text":
            return f"CAST({self.sql} AS DOUBLE)"
        return (
            f"CASE WHEN regexp_full_match({self.trimmed}, {literal(_NUMBER)}, 'i') "
            f"THEN TRY_CAST({self.trimmed} AS DOUBLE) END"
        )

    @property
    def trimmed(self) -> str:
        """SQL of the text without the white space around it."""
        return f"trim(CAST({self.sql} AS VARCHAR), {literal(_SPACES)})"

    @property
    def moment(self) -> str:
        """SQL of microseconds since 1970; a text without an offset is read as it stands."""
        if self.kind == "time":
            return f"epoch_us({self.sql})"
        zoned = f"epoch_us(TRY_CAST({self.trimmed} AS TIMESTAMPTZ))"
        plain = f"epoch_us(TRY_CAST({self.trimmed} AS TIMESTAMP))"
        # A date ends in "-05" too: an offset needs a time of day before it.
        return f"CASE WHEN regexp_full_match({self.trimmed}, {literal('.*:' + _OFFSET)}) THEN {zoned} ELSE {plain} END"


def restriction(predictions: Predictions, predicate: Sequence[Condition]) -> str:
    """All conditions as one SQL condition over the stored rows.

    Parameters
    ----------
    predictions : Predictions
    predicate : sequence of Condition
        An empty one holds everywhere.

    Raises
    ------
    KeyError
        The set has no such column.
    ValueError
        An operator does not exist, or a value does not fit it.
    """
    if not predicate:
        return "TRUE"
    schema = parquet.read_schema(predictions.path)
    return " AND ".join(_holds(_column(schema, one.column), one) for one in predicate)


def _column(schema: pa.Schema, name: str) -> _Column:
    derived = _DERIVED.match(name)
    if name not in schema.names and derived and derived.group(2) in schema.names:
        return _derived(derived.group(1), _column(schema, derived.group(2)))
    if name not in schema.names:
        raise KeyError(name)
    stored = schema.field(name).type
    return _Column(sql=quote(name), kind=_kind(stored.value_type if pa.types.is_dictionary(stored) else stored))


def _kind(stored: pa.DataType) -> Kind:
    if pa.types.is_boolean(stored):
        return "boolean"
    if pa.types.is_integer(stored) or pa.types.is_floating(stored) or pa.types.is_decimal(stored):
        return "number"
    if pa.types.is_timestamp(stored) or pa.types.is_date(stored):
        return "time"
    text = pa.types.is_string(stored) or pa.types.is_large_string(stored) or pa.types.is_string_view(stored)
    return "text" if text else "other"


def _derived(what: str, column: _Column) -> _Column:
    if what == "length":
        return _Column(sql=f"length(CAST({column.sql} AS VARCHAR))", kind="number")
    stamp = f"make_timestamp({column.moment})"
    # Monday is 0, as in `diagnostics.slices.table`.
    return _Column(sql=f"hour({stamp})" if what == "hour" else f"(isodow({stamp}) - 1)", kind="number")


def _holds(column: _Column, condition: Condition) -> str:
    op, value = condition.op, condition.value
    if op in ("==", "!=") and _nothing(value):
        op = "is_null" if op == "==" else "not_null"
    if op in ("is_null", "not_null"):
        return column.present if op == "not_null" else f"NOT ({column.present})"
    if op in ("==", "!=", "in", "not_in"):
        return _among(column, [value] if op in ("==", "!=") else list(value), negate=op in ("!=", "not_in"))
    if op == "between":
        low, high = value
        bounds = [(">=", low)] * (low is not None) + [("<=", high)] * (high is not None)
    elif op in _SIGNS:
        bounds = [(op, value)]
    else:
        raise ValueError(f"no operator is called {op!r}")
    parts = [column.present, *(_compared(column, sign, bound) for sign, bound in bounds)]
    # A text that is no number has no place on the line: NULL, which no comparison holds for.
    return f"({' AND '.join(parts)})" if bounds else f"({column.present} AND {_on_line(column)} IS NOT NULL)"


def _on_line(column: _Column) -> str:
    return column.moment if column.kind == "time" else column.number


def _compared(column: _Column, sign: str, bound: Any) -> str:
    if column.kind == "time" or (column.kind == "text" and _is_moment(bound)):
        return f"{column.moment} {sign} {_microseconds(bound)}"
    return f"COALESCE({column.number} {sign} {literal(float(bound))}, FALSE)"


def _is_moment(bound: Any) -> bool:
    return isinstance(bound, str) and re.match(r"\d{4}-\d\d-\d\d", bound) is not None


def _microseconds(bound: Any) -> int:
    if isinstance(bound, int | float):
        return round(bound * 1_000_000)
    return int((np.datetime64(str(bound), "us") - np.datetime64(0, "us")) / np.timedelta64(1, "us"))


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _among(column: _Column, values: list[Any], *, negate: bool) -> str:
    known = [one for one in (_same(column, value) for value in values if not _nothing(value)) if one]
    inside = f"COALESCE({' OR '.join(known)}, FALSE)" if known else "FALSE"
    if negate:
        return f"({column.present} AND NOT {inside})"
    found = f"({column.present} AND {inside})"
    return f"({found} OR NOT ({column.present}))" if any(_nothing(v) for v in values) else found


def _same(column: _Column, value: Any) -> str:
    """SQL of "is this value"; labels meet under any spelling of a number or boolean, texts keep their case."""
    label = spelled(value)
    if label is None:
        return ""
    number = _as_number(folded(label))
    if column.kind in ("number", "boolean"):
        return "" if number is None else f"{column.number} = {literal(number)}"
    if number is None:
        return f"{column.trimmed} = {literal(label)}"
    spellings = {1.0: " OR lower({0}) = 'true'", 0.0: " OR lower({0}) = 'false'"}.get(number, "")
    text = _Column(sql=column.sql, kind="text")
    return f"({text.number} = {literal(number)}{spellings.format(column.trimmed)})"


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number
