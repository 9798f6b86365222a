"""Brightness and size of the pictures that rows name, as columns beside those of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from diagnostics.readers.picture_facts import PictureFacts, facts_of
from diagnostics.readers.pictures import Pictures

MOST_PICTURES = 100_000
"""Different pictures measured for one table; at some milliseconds each that is a matter of minutes."""

BATCH_ROWS = 100_000

_MEASURES: Mapping[str, tuple[pa.DataType, Callable[[PictureFacts], float | None]]] = {
    "brightness": (pa.float64(), lambda facts: None if facts.brightness is None else round(facts.brightness, 4)),
    "megapixels": (pa.float64(), lambda facts: facts.width * facts.height / 1e6),
    "width": (pa.int64(), lambda facts: facts.width),
    "height": (pa.int64(), lambda facts: facts.height),
}


@dataclass(frozen=True, kw_only=True)
class PictureColumns:
    """What was measured.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns that were added, such as `brightness(photo)`; those that say nothing which an earlier
        one does not say are left out.
    named, found : int
        Different pictures that the rows name, and those of them that were found and could be read.
    """

    columns: tuple[str, ...]
    named: int
    found: int


def add_picture_columns(
    table: Path, column: str, pictures: Pictures, target: Path, *,
    progress: Callable[[float], None] | None = None, stopped: Callable[[], bool] | None = None,
) -> PictureColumns | None:  # fmt: skip
    """Write a copy of a stored table with the measured columns added.

    Parameters
    ----------
    table : Path
        Parquet file.
    column : str
        The one that names pictures.
    pictures : Pictures
    target : Path
        Written only where something was measured.
    progress : callable, optional
        Called with the share done, 0 to 1.
    stopped : callable, optional
        Asked between two pictures whether to give up.

    Returns
    -------
    PictureColumns or None
        None where it was stopped; a row whose picture is not there, or cannot be read, has missing values.
    """
    names = names_in(table, column)
    facts: dict[str, PictureFacts] = {}
    with pictures.kept_open():
        for number, name in enumerate(names[:MOST_PICTURES]):
            if stopped is not None and stopped():
                return None
            content = pictures.bytes_of(name)
            found = None if content is None else facts_of(content)
            if found is not None:
                facts[name] = found
            if progress is not None:
                progress((number + 1) / min(len(names), MOST_PICTURES))
    measures = _telling(facts, column, parquet.read_schema(table).names)
    if measures:
        _write(table, column, facts, measures, target)
    return PictureColumns(columns=tuple(measures), named=len(names), found=len(facts))


def names_in(table: Path, column: str) -> list[str]:
    """Return the different pictures that the rows of a stored table name."""
    found = pc.unique(_texts(parquet.read_table(table, columns=[column]).column(0)))
    return [str(name) for name in found.to_pylist() if name]


def _texts(column: pa.ChunkedArray | pa.Array) -> Any:
    return column.cast(column.type.value_type if pa.types.is_dictionary(column.type) else pa.string()).cast(pa.string())


def _telling(facts: Mapping[str, PictureFacts], column: str, taken: Sequence[str]) -> dict[str, str]:
    """Column name to measure, without constants and without orders that an earlier measure has already."""
    seen: list[np.ndarray] = []
    kept: dict[str, str] = {}
    for measure, (_kind, of) in _MEASURES.items():
        values = np.array([np.nan if (v := of(one)) is None else v for one in facts.values()], dtype=np.float64)
        order = np.unique(values, return_inverse=True)[1]
        name = f"{measure}({column})"
        if len(order) and order.max() and name not in taken and not any(np.array_equal(order, one) for one in seen):
            seen.append(order)
            kept[name] = measure
    return kept


def _write(
    table: Path, column: str, facts: Mapping[str, PictureFacts], measures: Mapping[str, str], target: Path
) -> None:
    source = parquet.ParquetFile(table)
    schema = source.schema_arrow
    for name, measure in measures.items():
        schema = schema.append(pa.field(name, _MEASURES[measure][0]))
    with parquet.ParquetWriter(target, schema) as writer:
        for batch in source.iter_batches(batch_size=BATCH_ROWS):
            own = [facts.get(str(name)) for name in _texts(batch.column(column)).to_pylist()]
            added = [
                pa.array([None if one is None else _MEASURES[m][1](one) for one in own], _MEASURES[m][0])
                for m in measures.values()
            ]
            writer.write_batch(pa.record_batch([*batch.columns, *added], schema=schema))
