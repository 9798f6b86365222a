"""A small encoder of event files and W&B logs that shares no code with the readers."""

from __future__ import annotations

import struct
import zlib

import google_crc32c


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def message(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def record(data: bytes) -> bytes:
    header = struct.pack("<Q", len(data))
    return header + _masked(header) + data + _masked(data)


def _masked(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17 & 0xFFFFFFFF)) + 0xA282EAD8) & 0xFFFFFFFF)


def event(step: int | None, *values: bytes, wall: float = 1.7e9) -> bytes:
    data = b"\x09" + struct.pack("<d", wall)
    if step:
        data += b"\x10" + varint(step)
    return record(data + message(5, b"".join(message(1, value) for value in values)))


def version() -> bytes:
    return record(b"\x09" + struct.pack("<d", 1.7e9) + message(3, b"brain.Event:2"))


def simple(tag: str, value: float) -> bytes:
    return message(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def tensor(tag: str, body: bytes, plugin: str = "scalars") -> bytes:
    metadata = message(9, message(1, message(1, plugin.encode())))
    return message(1, tag.encode()) + message(8, body) + metadata


def wandb_log(*records: bytes) -> bytes:
    out = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for data in records:
        first = True
        while True:
            left = 32768 - len(out) % 32768
            if left < 7:
                out += b"\0" * left
                continue
            piece, data = data[: left - 7], data[left - 7 :]
            kind = (1 if first else 4) if not data else (2 if first else 3)
            crc = zlib.crc32(bytes([kind]) + piece)
            out += struct.pack("<IHB", crc, len(piece), kind) + piece
            first = False
            if not data:
                break
    return bytes(out)


def wandb_history(step: int, **values: str) -> bytes:
    items = b"".join(message(1, message(1, k.encode()) + message(16, v.encode())) for k, v in values.items())
    return message(2, items + message(2, b"\x08" + varint(step)))


def wandb_config(**values: str) -> bytes:
    items = b"".join(message(1, message(1, k.encode()) + message(16, v.encode())) for k, v in values.items())
    return message(17, message(1, b"abc123") + message(4, items) + message(8, b"brave-fox-1"))
