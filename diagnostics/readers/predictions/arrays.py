"""numpy archives (npz) to the stored Parquet; arrays of objects are refused because reading them runs code."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from diagnostics.exceptions import BrokenFile, RefusedFile, TooLarge, UnreadableFile
from diagnostics.readers.predictions.table import MAX_COLUMNS, Copied, unique_names, write_parquet
from diagnostics.readers.source import Source

MAX_BYTES = 4 * 1024**3
"""Unpacked size of all members together."""


def names(source: Source) -> list[str]:
    """Names of the arrays, or [] where the file is no archive of arrays."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return []
    return [member[:-4] for member in members] if members and all(m.endswith(".npy") for m in members) else []


def copy(source: Source, target: Path) -> Copied:
    """Store the arrays of an archive that share their first dimension: one column each, `name[0]`... for matrices.

    Raises
    ------
    RefusedFile
        Where an array holds Python objects.
    TooLarge
        Where the unpacked arrays pass the cap.
    UnreadableFile
        Where no two arrays have the same length.
    """
    columns = _columns(source)
    clean, renamed = unique_names(columns)
    batch = pa.RecordBatch.from_arrays([_arrow(column) for column in columns.values()], names=clean)

    def slices() -> Iterator[pa.RecordBatch]:
        for start in range(0, max(batch.num_rows, 1), 65_536):
            yield batch.slice(start, 65_536)

    return Copied(rows=write_parquet(batch.schema, slices(), target), renamed=renamed)


def _columns(source: Source) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    try:
        with zipfile.ZipFile(source.path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise TooLarge("table_too_large", file=source.name)
        with np.load(source.path, allow_pickle=False) as archive:
            for name in archive.files:
                arrays[name] = archive[name]
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise BrokenFile("damaged_table", file=source.name, found=str(error)[:120], remedy="export_again") from error
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise RefusedFile("object_arrays", file=source.name, remedy="save_plain_arrays") from error
        raise BrokenFile("damaged_table", file=source.name, found=str(error)[:120], remedy="export_again") from error
    lengths = [array.shape[0] for array in arrays.values() if array.ndim in (1, 2)]
    length = max(set(lengths), key=lambda n: (lengths.count(n), n), default=0)
    columns: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if array.ndim == 1 and array.shape[0] == length:
            columns[name] = array
        elif array.ndim == 2 and array.shape[0] == length and array.shape[1] <= MAX_COLUMNS:
            whole = array.shape[1] == 1
            columns.update({name if whole else f"{name}[{i}]": array[:, i] for i in range(array.shape[1])})
    if len(columns) < 2 or len(columns) > MAX_COLUMNS:
        raise UnreadableFile("not_a_table", file=source.name)
    return columns


def _arrow(column: np.ndarray) -> pa.Array:
    if column.dtype.kind == "U":
        return pa.array([text or None for text in column.tolist()], pa.string())
    if column.dtype.kind == "S":
        return pa.array([text.decode("utf-8", "replace") or None for text in column.tolist()], pa.string())
    if column.dtype == np.float16:
        column = column.astype(np.float32)
    # NaN becomes missing, as in every other format.
    return pa.array(np.ascontiguousarray(column), from_pandas=column.dtype.kind == "f")
