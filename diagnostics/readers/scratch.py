"""The folder where readers may put bytes of their own: members of archives, stored predictions.

`read()` sets it for the time of one reading; outside a reading it is a temporary folder that goes with the process.
Files in it are named by their content, never by a name that came with the upload.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import IO

_current: ContextVar[Path | None] = ContextVar("scratch", default=None)
CHUNK_BYTES = 1 << 20


@cache
def _process_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="run-clinic-")


def folder() -> Path:
    """The scratch folder in force; it exists."""
    chosen = _current.get()
    if chosen is None:
        return Path(_process_folder().name)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@contextmanager
def using(path: Path | None) -> Iterator[Path]:
    """Use `path` as scratch inside the block; None keeps the one in force."""
    token = _current.set(path if path is not None else _current.get())
    try:
        yield folder()
    finally:
        _current.reset(token)


def store(stream: IO[bytes], *, limit: int) -> tuple[Path, int] | None:
    """Copy a stream to a file named by its SHA-256.

    Parameters
    ----------
    stream : binary stream
    limit : int
        Most bytes to accept.

    Returns
    -------
    tuple of Path and int, or None
        The file and its size; None where the stream holds more than `limit` bytes (nothing is kept then).
    """
    hasher, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder(), prefix="part-")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size > limit:
                    return None
                hasher.update(chunk)
                target.write(chunk)
        path = part.with_name(hasher.hexdigest())
        part.replace(path)
        return path, size
    finally:
        part.unlink(missing_ok=True)
