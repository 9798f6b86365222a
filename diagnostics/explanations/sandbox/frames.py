"""Messages between the server and a worker: a JSON header and raw arrays, each side trusting no length it is told."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

MAXIMUM_BYTES = 1 << 30
MAXIMUM_ANSWER = 1 << 28
"""Bytes of arrays a worker may answer with: the server holds them several times over while it reads them."""

_MAXIMUM_HEADER = 64 << 20
_LENGTHS = struct.Struct("<QQ")
_NUMERIC = frozenset("biuf")
# By their text, because numpy reads far more than types of numbers out of one.
_TYPES = frozenset(np.dtype(code).newbyteorder("<").str for code in "?bBhHiIqQefd")

Arrays = Mapping[str, NDArray[Any]]


class BrokenFrame(Exception):
    """The other side said something that is not a frame."""


def write(stream: BinaryIO, message: Mapping[str, Any], arrays: Arrays | None = None, blob: bytes = b"") -> None:
    """Send a message.

    Parameters
    ----------
    stream : binary file
    message : JSON-able mapping
    arrays : mapping of name to ndarray
        Numbers and booleans travel as bytes, everything else as texts in the header.
    blob : bytes
        Comes first among the raw parts.
    """
    described: list[dict[str, Any]] = []
    parts = [blob]
    for name, array in (arrays or {}).items():
        entry: dict[str, Any] = {"name": name, "shape": list(array.shape)}
        if array.dtype.kind in _NUMERIC:
            little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            entry["dtype"] = little.dtype.str
            parts.append(little.tobytes())
        else:
            entry["texts"] = [str(item) for item in array.ravel()]
        described.append(entry)
    header = json.dumps({**message, "arrays": described, "blob": len(blob)}).encode()
    body = b"".join(parts)
    stream.write(_LENGTHS.pack(len(header), len(body)))
    stream.write(header)
    stream.write(body)
    stream.flush()


def read(stream: BinaryIO, limit: int = MAXIMUM_BYTES) -> tuple[dict[str, Any], dict[str, NDArray[Any]], bytes]:
    """Receive a message.

    Parameters
    ----------
    stream : binary file
    limit : int
        Bytes of arrays that are taken.

    Returns
    -------
    message : dict
    arrays : dict of name to ndarray
        Read-only.
    blob : bytes

    Raises
    ------
    EOFError
        The other side has closed the line.
    BrokenFrame
        A length over the caps, a type that is not numbers, a shape that does not fit.
    """
    header_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_length > _MAXIMUM_HEADER or body_length > limit:
        raise BrokenFrame(f"a message of {header_length + body_length} bytes")
    try:
        message = json.loads(_exactly(stream, header_length))
        described = message.pop("arrays")
        blob_length = int(message.pop("blob"))
    except (ValueError, KeyError, AttributeError, TypeError, OverflowError, RecursionError) as error:
        raise BrokenFrame("no header") from error
    body = _exactly(stream, body_length)
    if not 0 <= blob_length <= body_length:
        raise BrokenFrame("lengths do not add up")
    return message, _arrays(described, body, blob_length), body[:blob_length]


def _arrays(described: Any, body: bytes, place: int) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    try:
        for entry in described:
            shape = tuple(int(size) for size in entry["shape"])
            if any(size < 0 for size in shape):
                raise BrokenFrame("a negative size")
            count = math.prod(shape)
            if "texts" in entry:
                texts = np.array([str(t) for t in entry["texts"]], dtype=object)
                arrays[str(entry["name"])] = texts.reshape(shape)
                continue
            if entry["dtype"] not in _TYPES:
                raise BrokenFrame("a type that is not numbers")
            dtype = np.dtype(entry["dtype"])
            array = np.frombuffer(body, dtype=dtype, count=count, offset=place)
            arrays[str(entry["name"])] = array.reshape(shape)
            place += count * dtype.itemsize
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BrokenFrame("an array that does not fit its description") from error
    if place != len(body):
        raise BrokenFrame("lengths do not add up")
    return arrays


def _exactly(stream: BinaryIO, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = stream.read(min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
