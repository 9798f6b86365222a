"""NumPy's own files, with their headers believed only as far as the bytes behind them go."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.readers import unpickling

MAX_BYTES = 1 << 30
MAX_HEADER = 10_000
MAGIC = b"\x93NUMPY"


class ArrayError(ValueError):
    """The file is not what its header says."""


def read_npy(stream: IO[bytes], size: int) -> Any:
    """Read one array.

    Parameters
    ----------
    stream : binary stream
    size : int
        Bytes in it.

    Returns
    -------
    ndarray or object
        For object arrays the plain data of the pickle inside.

    Raises
    ------
    ArrayError
        Damaged, or larger than `MAX_BYTES`.
    unpickling.ForbiddenName
        An object array of something that is not plain data.
    """
    if size > MAX_BYTES:
        raise ArrayError("too large")
    shape, fortran, dtype = _header(stream)
    rest = stream.read(MAX_BYTES)
    if dtype.hasobject:
        return unpickling.loads(rest)
    count = 1
    for length in shape:
        count *= length
    if count * dtype.itemsize > len(rest):
        raise ArrayError("ends early")
    data = np.frombuffer(rest, dtype=dtype, count=count)
    return data.reshape(shape, order="F" if fortran else "C")


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(stream, max_header_size=MAX_HEADER)
        return np.lib.format.read_array_header_2_0(stream, max_header_size=MAX_HEADER)
    except (ValueError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise ArrayError("header") from error


def npz_names(path: Path) -> tuple[str, ...]:
    """Names of the arrays in an npz, () where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name.removesuffix(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return ()


def read_npz(path: Path) -> Mapping[str, Any]:
    """All arrays of an npz by name.

    Raises
    ------
    ArrayError
        Damaged or too large.
    unpickling.ForbiddenName
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise ArrayError("too large")
            found: dict[str, Any] = {}
            for entry in archive.infolist():
                with archive.open(entry) as stream:
                    data = stream.read(entry.file_size)
                found[entry.filename.removesuffix(".npy")] = read_npy(io.BytesIO(data), len(data))
            return found
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise ArrayError("archive") from error


def plain(value: Any) -> Any:
    """Arrays as nested lists of Python numbers, for code that reads documents."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def is_series(value: Any) -> bool:
    """Whether a value is a column of numbers."""
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiub"


def as_float(value: NDArray[Any]) -> NDArray[np.float64]:
    """A numeric array as float64."""
    return np.asarray(value, dtype=np.float64)
