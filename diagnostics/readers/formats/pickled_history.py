"""Histories kept as pickle or npy: plain dictionaries of lists, read without running the pickle."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, RefusedFile, TooLarge, UnreadableFile
from diagnostics.readers import arrays, histories, unpickling
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source

_PROTOCOLS = tuple(bytes([0x80, n]) for n in range(2, 6))


@reader("keras_history_pickle")
class PickledHistory:
    """`pickle.dump(history.history)`; anything that would need code is refused by name."""

    def sniff(self, source: Source) -> float:
        """1.0 for the protocol mark with a STOP at the end."""
        return 1.0 if source.head[:2] in _PROTOCOLS and _last_byte(source) == b"." else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read plain data; raises RefusedFile for everything else."""
        if source.size > unpickling.MAX_BYTES:
            raise TooLarge(
                "pickle_bytes", file=source.name, remedy="export_json", limit=unpickling.MAX_BYTES, size=source.size
            )
        return _histories(source, "keras_history_pickle", _unpickled(source, source.path.read_bytes()))


@reader("keras_history_npy")
class NpyHistory:
    """`np.save("history.npy", history.history)`, or one curve as an array."""

    def sniff(self, source: Source) -> float:
        """1.0 for the magic number."""
        return 1.0 if source.head.startswith(arrays.MAGIC) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read a dictionary of lists, a structured array, or a single column named by the file."""
        with source.path.open("rb") as stream:
            value = _guarded(source, lambda: arrays.read_npy(stream, source.size))
        if isinstance(value, np.ndarray) and value.dtype.names:
            value = {name: value[name] for name in value.dtype.names}
        elif isinstance(value, np.ndarray):
            return [draft(source, "numpy_array", [_column(source, value)])]
        return _histories(source, "keras_history_npy", value)


def _last_byte(source: Source) -> bytes:
    with source.path.open("rb") as stream:
        stream.seek(max(source.size - 1, 0))
        return stream.read(1)


def _column(source: Source, value: np.ndarray[Any, Any]) -> Series:
    flat = value.reshape(-1) if value.ndim > 1 and max(value.shape) == value.size else value
    if not arrays.is_series(flat) or len(flat) < 2:
        shape = " × ".join(map(str, value.shape)) or "1"
        raise NotALog("seems_array", file=source.name, found=f"{shape} {value.dtype}", remedy="name_columns")
    return Series(name=source.stem, value=arrays.as_float(flat))


def _unpickled(source: Source, data: bytes) -> Any:
    return _guarded(source, lambda: unpickling.loads(data))


def _guarded(source: Source, load: Any) -> Any:
    try:
        return load()
    except unpickling.ForbiddenName as error:
        raise RefusedFile("pickle_code", file=source.name, found=error.name[:120], remedy="export_json") from error
    except pickle.UnpicklingError as error:
        raise BrokenFile("broken_pickle", file=source.name, found=str(error)[:120], remedy="export_json") from error
    except arrays.ArrayError as error:
        raise BrokenFile("broken_array", file=source.name, found=str(error), remedy="copy_again") from error


def _histories(source: Source, format: str, value: Any) -> Sequence[Reading]:
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    found = histories.histories(arrays.plain(value))
    if not found:
        kinds = type(value).__name__ if not isinstance(value, dict) else ", ".join(map(str, list(value)[:8]))
        raise UnreadableFile("no_history_inside", file=source.name, found=kinds, remedy="see_formats")
    return [
        draft(source, format, h.series, part=h.name if len(found) > 1 else "", config=h.config, notes=h.notes)
        for h in found
    ]
