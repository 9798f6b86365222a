"""Columns of a stored prediction set, one at a time, with the derived ones: length, hour, weekday."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from diagnostics.types import Predictions

ROW = "__row__"
_DERIVED = re.compile(r"^(length|hour|weekday)\((.+)\)$", re.DOTALL)
_ISO_TIME = re.compile(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$")


class Table:
    """A stored Parquet file (or an Arrow table), read column by column.

    Parameters
    ----------
    source : Predictions or pyarrow.Table
        Of a prediction set only the rows of its `part`, and of the slice it is narrowed to, are seen.
    """

    def __init__(self, source: Predictions | pa.Table) -> None:
        self._table = source if isinstance(source, pa.Table) else None
        self._path = None if isinstance(source, pa.Table) else source.path
        schema = source.schema if isinstance(source, pa.Table) else parquet.read_schema(source.path)
        self._kinds = {field.name: field.type for field in schema}
        self.names: tuple[str, ...] = tuple(name for name in schema.names if name != ROW)
        self._rows: pa.Array | None = None
        if isinstance(source, Predictions) and source.part:
            self._rows = self._part(source)
        if isinstance(source, Predictions) and source.predicate:
            self._rows = self._narrowed(source)

    def _part(self, predictions: Predictions) -> pa.Array:
        keep = None
        for name, value in predictions.part.items():
            column = self._raw(name)
            same = pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value).cast(column.type))
            keep = same if keep is None else pc.and_(keep, same)
        return pc.fill_null(keep, False)

    def _narrowed(self, predictions: Predictions) -> pa.Array:
        """The rows of the part that are also in the slice."""
        from diagnostics.slices.predicates import mask

        inside = mask(self, predictions.predicate)
        if self._rows is None:
            return pa.chunked_array([pa.array(inside)])
        keep = np.asarray(self._rows.to_numpy(zero_copy_only=False)).astype(bool)
        keep[keep] = inside
        return pa.chunked_array([pa.array(keep)])

    def _raw(self, name: str) -> pa.ChunkedArray:
        if self._table is not None:
            return self._table.column(name)
        return parquet.read_table(self._path, columns=[name], memory_map=True).column(0)

    def __contains__(self, name: str) -> bool:
        derived = _DERIVED.match(name)
        return name in self.names or bool(derived and derived.group(2) in self.names)

    def column(self, name: str) -> pa.ChunkedArray:
        """A stored or a derived column.

        Raises
        ------
        KeyError
            There is none of that name.
        """
        derived = _DERIVED.match(name)
        if name not in self.names and derived and derived.group(2) in self.names:
            return _derive(derived.group(1), self.column(derived.group(2)))
        if name not in self.names:
            raise KeyError(name)
        column = self._raw(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        return column if self._rows is None else column.filter(self._rows)

    def places(self) -> np.ndarray:
        """Position in the uploaded file of each row, shape (n,)."""
        column = self._raw(ROW)
        seen: np.ndarray = (column if self._rows is None else column.filter(self._rows)).to_numpy()
        return seen

    def is_number(self, name: str) -> bool:
        """Whether a stored column holds numbers or booleans; tells it without reading the column."""
        kind = self._kinds.get(name)
        return kind is not None and (is_number(kind) or pa.types.is_boolean(kind))

    def columns(self, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
        """Several columns by name."""
        return {name: self.column(name) for name in names}


def is_text(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds strings."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_number(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds numbers (booleans are not)."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_time(kind: pa.DataType) -> bool:
    """Whether an Arrow type holds dates or points in time."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def numbers(column: pa.ChunkedArray) -> np.ndarray:
    """A numeric, boolean or time column as float64 of shape (n,), NaN where missing; times in seconds since 1970."""
    if is_time(column.type):
        stamps = column.cast(pa.timestamp("us", tz=getattr(column.type, "tz", None)))
        seconds: np.ndarray = pc.cast(stamps.cast(pa.int64()), pa.float64()).to_numpy(zero_copy_only=False) / 1e6
        return seconds
    values: np.ndarray = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return values


def times(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column of dates as timestamps, also where they are stored as ISO text; None where it holds something else."""
    if is_time(column.type):
        return column
    if not is_text(column.type):
        return None
    head = column.slice(0, 1000).drop_null()
    if not len(head) or not all(_ISO_TIME.match(str(v)) for v in head.to_pylist()):
        return None
    for kind in (pa.timestamp("us"), pa.timestamp("us", tz="UTC")):
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    return None


def _derive(what: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if what == "length":
        return pc.utf8_length(column.cast(pa.string()))
    stamps = times(column)
    if stamps is None:
        return pa.chunked_array([pa.nulls(len(column), pa.int64())])
    if pa.types.is_date(stamps.type):
        stamps = stamps.cast(pa.timestamp("us"))
    # Monday is 0, as in ISO weeks.
    return pc.hour(stamps) if what == "hour" else pc.day_of_week(stamps)


def derived_names(name: str, column: pa.ChunkedArray) -> tuple[str, ...]:
    """The derived columns worth slicing by: hour and weekday of times, length of prose."""
    if times(column) is not None:
        return (f"hour({name})", f"weekday({name})")
    if is_text(column.type):
        head = [str(v) for v in column.slice(0, 1000).drop_null().to_pylist()]
        if head and len(set(head)) > len(head) / 2 and sum(" " in v.strip() for v in head) > len(head) / 2:
            return (f"length({name})",)
    return ()


def missing(column: pa.ChunkedArray) -> np.ndarray:
    """Where a column has no value: null, NaN or an empty string; boolean of shape (n,)."""
    if is_text(column.type):
        gone = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), True)
    elif pa.types.is_floating(column.type):
        gone = pc.is_null(column, nan_is_null=True)
    else:
        gone = pc.is_null(column)
    result: np.ndarray = np.asarray(gone.to_numpy(zero_copy_only=False) if isinstance(gone, pa.ChunkedArray) else gone)
    return result.astype(bool)


def scalar(value: Any) -> Any:
    """An Arrow or numpy scalar as a plain Python value."""
    if isinstance(value, pa.Scalar):
        return value.as_py()
    return value.item() if isinstance(value, np.generic) else value
