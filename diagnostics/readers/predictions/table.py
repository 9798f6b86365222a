"""Batches of rows into the stored Parquet file: row numbers added, nesting taken apart, caps kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.parquet as parquet

ROW = "__row__"
"""The column that keeps a row's 0-based position in the uploaded file."""

MAX_COLUMNS = 4096
"""More columns than this is a matrix, not a prediction file."""

MAX_CELLS = 4_000_000_000
"""Rows times columns; beyond it the file expands to more than this machine should read."""


ROW_GROUP = 120 * 1024
"""Rows of a group in the stored file: enough to compress, small enough to be read in parallel."""


MOST_DISTINCT = 0.5
"""Share of different values in the first rows up to which a column of numbers is stored by a dictionary."""


class TooManyRows(Exception):
    """The table passed MAX_CELLS while it was being copied."""


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What became of a file.

    Attributes
    ----------
    rows : int
    header : bool
        False where the file had no header line and the names were made up.
    renamed : tuple of str
        Names that occurred twice and got a number.
    percent : tuple of str
        Columns whose percent signs were taken off.
    """

    rows: int
    header: bool = True
    renamed: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()


def write_parquet(schema: pa.Schema, batches: Iterable[pa.RecordBatch], target: Path) -> int:
    """Write batches of one schema, flattened and numbered; returns the rows written.

    Raises
    ------
    TooManyRows
        Where rows times columns pass MAX_CELLS.
    """
    row, written, writer = 0, 0, None
    waiting: list[pa.RecordBatch] = []
    try:
        for batch in batches:
            if not batch.num_rows and writer is not None:
                continue
            numbered = flat(batch).append_column(ROW, pa.array(np.arange(row, row + batch.num_rows)))
            if writer is None:
                writer = _writer(target, numbered)
            elif numbered.schema != writer.schema:
                numbered = numbered.cast(writer.schema)
            waiting.append(numbered)
            row += batch.num_rows
            if row * len(schema) > MAX_CELLS:
                raise TooManyRows
            if row - written >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=ROW_GROUP)
                waiting, written = [], row
        if writer is not None and waiting:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=ROW_GROUP)
    finally:
        if writer is not None:
            writer.close()
    return row


def _writer(target: Path, first: pa.RecordBatch) -> parquet.ParquetWriter:
    """A writer that spares the dictionaries of columns where they cost time and space: numbers that hardly repeat."""
    repeating = [name for name in first.schema.names if name != ROW and _repeats(first.column(name))]
    return parquet.ParquetWriter(
        target, first.schema, compression="snappy", use_dictionary=repeating or False,
        column_encoding={ROW: "DELTA_BINARY_PACKED"},
    )  # fmt: skip


def _repeats(column: pa.Array) -> bool:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return not pa.types.is_boolean(kind)
    distinct = compute.count_distinct(column, mode="only_valid").as_py()
    return bool(distinct <= MOST_DISTINCT * len(column))


def unique_names(names: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """Names with blanks trimmed, empty ones called `column_3`, repeated ones numbered; and those that were renamed."""
    given = [name.strip() for name in names]
    taken: set[str] = set()
    result: list[str] = []
    renamed: list[str] = []
    for position, name in enumerate(given):
        base = name or f"column_{position}"
        candidate, number = base, 2
        while candidate in taken:
            candidate, number = f"{base}_{number}", number + 1
        if candidate != base:
            renamed.append(candidate)
        taken.add(candidate)
        result.append(candidate)
    return result, tuple(renamed)


def flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Nested columns taken apart: `proba.cat` for a struct field, `probs[0]` for an element of an equal-length list."""
    columns: list[pa.Array] = []
    names: list[str] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        for inner_name, inner in _parts(name, column):
            names.append(inner_name)
            columns.append(inner)
    return pa.RecordBatch.from_arrays(columns, names=names)


def _parts(name: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from _parts(name, column.dictionary_decode())
    elif pa.types.is_struct(kind):
        for field, inner in zip(kind, column.flatten(), strict=True):
            yield from _parts(f"{name}.{field.name}", inner)
    elif _is_list(kind):
        lengths = {len(item) for item in column.to_pylist() if item is not None} if len(column) < 10_000 else set()
        width = kind.list_size if pa.types.is_fixed_size_list(kind) else (lengths.pop() if len(lengths) == 1 else 0)
        if 0 < width <= MAX_COLUMNS and pa.types.is_primitive(kind.value_type) and column.null_count == 0:
            values = column.flatten()
            for position in range(width):
                yield f"{name}[{position}]", values[position::width] if len(values) else values
        else:
            yield name, pa.array([None if item is None else str(item) for item in column.to_pylist()], pa.string())
    else:
        yield name, column


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))
