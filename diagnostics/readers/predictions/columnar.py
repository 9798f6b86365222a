"""Parquet and Arrow files to the stored Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from diagnostics.exceptions import BrokenFile, TooLarge
from diagnostics.readers.predictions.table import MAX_CELLS, MAX_COLUMNS, Copied, unique_names, write_parquet
from diagnostics.readers.source import Source

BATCH_ROWS = 65_536
PARQUET_MAGIC = b"PAR1"
ARROW_MAGIC = b"ARROW1"
_INTERNAL = "__index_level_"


def names(source: Source) -> list[str]:
    """Column names from the file's metadata alone; [] where they cannot be read."""
    try:
        if source.head.startswith(PARQUET_MAGIC):
            return [str(name) for name in parquet.read_schema(source.path).names]
        with _arrow(source) as reader:
            return [str(name) for name in reader.schema.names]
    except (pa.ArrowException, OSError, ValueError):
        return []


def copy(source: Source, target: Path) -> Copied:
    """Store a Parquet or Arrow file, batch by batch.

    Raises
    ------
    BrokenFile
        Where the file is damaged.
    TooLarge
        Where its own metadata announces more cells than the cap.
    """
    try:
        if source.head.startswith(PARQUET_MAGIC):
            # With pre-buffering every part that was read stays in memory: the whole file by the end.
            with parquet.ParquetFile(source.path, pre_buffer=False) as file:
                shape = file.metadata
                _check(source, shape.num_rows, shape.num_columns)
                return _write(file.schema_arrow, file.iter_batches(batch_size=BATCH_ROWS), target)
        with _arrow(source) as reader:
            _check(source, 0, len(reader.schema))
            return _write(reader.schema, _batches(reader), target)
    except (pa.ArrowException, OSError) as error:
        raise BrokenFile("damaged_table", file=source.name, found=str(error)[:120], remedy="export_again") from error


def _check(source: Source, rows: int, columns: int) -> None:
    if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise TooLarge("table_too_large", file=source.name, rows=rows, columns=columns)


def _write(schema: pa.Schema, batches: Iterator[pa.RecordBatch], target: Path) -> Copied:
    keep = [name for name in schema.names if not name.startswith(_INTERNAL)]
    clean, renamed = unique_names(keep)

    def cleaned() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield batch.select(keep).rename_columns(clean)

    return Copied(rows=write_parquet(schema, cleaned(), target), renamed=renamed)


@contextmanager
def _arrow(source: Source) -> Iterator[pa.RecordBatchReader | pa.RecordBatchFileReader]:
    with pa.OSFile(str(source.path)) as file:
        opened = pa.ipc.open_file(file) if source.head.startswith(ARROW_MAGIC) else pa.ipc.open_stream(file)
        yield opened


def _batches(reader: pa.RecordBatchReader | pa.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchFileReader):
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
    else:
        yield from reader
