"""The Protocol Buffers wire format, as far as logs need it: fields, numbers and strings of a message.

Only the encoding is known here; which field means what is said by the format that uses it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
MAX_DEPTH = 32


class WireError(ValueError):
    """The bytes are not a message."""


@dataclass(frozen=True)
class Field:
    """One field of a message.

    Attributes
    ----------
    number, kind : int
        Field number and wire type.
    start, stop : int
        Where the value is: [start, stop) in the bytes that were parsed; for varints the encoded bytes.
    value : int
        The number of a varint, else 0.
    """

    number: int
    kind: int
    start: int
    stop: int
    value: int = 0


def varint(data: bytes, offset: int, stop: int) -> tuple[int, int]:
    """Decode an unsigned varint; returns the number and the offset behind it."""
    result = 0
    for index in range(10):
        if offset >= stop:
            raise WireError("varint ends early")
        byte = data[offset]
        offset += 1
        result |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return result & 0xFFFFFFFFFFFFFFFF, offset
    raise WireError("varint too long")


def fields(data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Field]:
    """Fields of the message in data[start:stop], in file order.

    Raises
    ------
    WireError
        The bytes are not a message.
    """
    stop = len(data) if stop is None else stop
    offset = start
    while offset < stop:
        key, offset = varint(data, offset, stop)
        number, kind = key >> 3, key & 7
        begin, value = offset, 0
        if kind == VARINT:
            value, offset = varint(data, offset, stop)
        elif kind == FIXED64:
            offset += 8
        elif kind == FIXED32:
            offset += 4
        elif kind == LENGTH:
            length, begin = varint(data, offset, stop)
            offset = begin + length
        else:
            raise WireError(f"wire type {kind}")
        if offset > stop or number == 0:
            raise WireError("field ends behind its message")
        yield Field(number, kind, begin, offset, value)


def signed(value: int) -> int:
    """An int64 varint read as a signed number."""
    return value - (1 << 64) if value >= 1 << 63 else value


def double(data: bytes, field: Field) -> float:
    """Value of a `double` field."""
    return float(struct.unpack_from("<d", data, field.start)[0])


def text(data: bytes, field: Field) -> str:
    """Value of a `string` field; wrong bytes are replaced, not refused."""
    return data[field.start : field.stop].decode("utf-8", errors="replace")
