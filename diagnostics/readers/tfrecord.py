"""TFRecord framing: where the records of a file are, with every checksum verified.

A record is ``length: u64, crc(length): u32, data, crc(data): u32``, little-endian; the checksums are CRC-32C, rotated
and offset ("masked"). Lengths are checked while walking, data in blocks of equally long records: the CRC of a record
is the XOR of one table entry a byte, which numpy gathers for thousands of records at once.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import google_crc32c
import numpy as np
from numpy.typing import NDArray

HEADER = 12
FOOTER = 4
MAX_RECORD = 1 << 30  # one record; summaries with images stay far below
_POLYNOMIAL = 0x82F63B78  # CRC-32C, reflected
_MASK_DELTA = 0xA282EAD8
_BLOCK_ROWS = 1 << 14  # rows at a time: their bytes stay in the processor's cache
_VECTOR_LENGTH = 512  # longer records are few; the library's own loop is faster there
_VECTOR_ROWS = 16
MAX_RESUMES = 100  # a file with more damaged lengths than this is given up: each resume searches the rest of it

Buffer = bytes | mmap.mmap
Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]


def masked_crc(data: bytes) -> int:
    """The checksum a TFRecord stores for some bytes."""
    crc = google_crc32c.value(data)
    return int(((crc >> 15) | (crc << 17)) + _MASK_DELTA & 0xFFFFFFFF)


@dataclass
class Frames:
    """The records of a file.

    Attributes
    ----------
    groups : dict of int to ndarray of int64
        Record length to the offsets of the data of its records, ascending.
    end : int
        Offset behind the last whole record.
    truncated : int
        Bytes of an unfinished record at the end (a live or killed run).
    damaged : list of int
        Offsets of records whose checksum does not hold; they are in no group.
    skipped : int
        Bytes passed over because a length was damaged.
    """

    groups: dict[int, Offsets] = field(default_factory=dict)
    end: int = 0
    truncated: int = 0
    damaged: list[int] = field(default_factory=list)
    skipped: int = 0


def walk(buffer: Buffer) -> Frames:
    """Find every record of a file.

    Parameters
    ----------
    buffer : bytes or mmap
        The whole file.

    Returns
    -------
    Frames
        After a damaged length the walk goes on at the next header that was seen before; data checksums are
        verified in `blocks`.
    """
    size = len(buffer)
    frames = Frames()
    known: dict[bytes, tuple[list[int], int]] = {}
    offset = 0
    while True:
        try:
            # The hot loop: a header seen before has a verified length, so one lookup replaces the checksum.
            while True:
                places, stride = known[buffer[offset : offset + HEADER]]
                places.append(offset + HEADER)
                offset += stride
        except KeyError:
            pass
        length = _checked_length(buffer[offset : offset + HEADER])
        if length is None and offset + HEADER <= size:
            frames.damaged.append(offset)
            resumed = _resume(buffer, offset + 1, known) if len(frames.damaged) <= MAX_RESUMES else size
            frames.skipped += resumed - offset
            if resumed == size:
                break
            offset = resumed
        elif length is None or offset + HEADER + length + FOOTER > size:
            break
        else:
            known[buffer[offset : offset + HEADER]] = ([], length + HEADER + FOOTER)
    return _finished(frames, known, offset, size)


def _finished(frames: Frames, known: dict[bytes, tuple[list[int], int]], offset: int, size: int) -> Frames:
    for places, stride in known.values():
        length = stride - HEADER - FOOTER
        # The hot loop does not look at the end of the file: only the very last record can reach beyond it.
        if places and places[-1] + length + FOOTER > size:
            offset = places.pop() - HEADER
        if places:
            frames.groups[length] = np.array(places, dtype=np.int64)
    frames.end = min(offset, size)
    frames.truncated = 0 if frames.skipped and frames.end == size else max(size - frames.end, 0)
    return frames


def _checked_length(header: bytes) -> int | None:
    if len(header) < HEADER:
        return None
    if masked_crc(header[:8]) != int.from_bytes(header[8:], "little"):
        return None
    length = int.from_bytes(header[:8], "little")
    return length if length <= MAX_RECORD else None


def _resume(buffer: Buffer, start: int, known: dict[bytes, tuple[list[int], int]]) -> int:
    """Offset of the next header seen before, or the end of the file."""
    common = sorted(known, key=lambda header: -len(known[header][0]))[:64]
    found = [place for header in common if (place := buffer.find(header, start)) >= 0]
    return min(found, default=len(buffer))


def blocks(buffer: Buffer, frames: Frames) -> Iterator[tuple[Offsets, Bytes]]:
    """Records of equal length as matrices, damaged ones left out.

    Yields
    ------
    offsets : ndarray of int64, shape (n,)
    rows : ndarray of uint8, shape (n, length)
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    for length, places in frames.groups.items():
        rows_at_once = max(1, min(_BLOCK_ROWS, (64 << 20) // (length + FOOTER)))
        windows = np.lib.stride_tricks.sliding_window_view(data, length + FOOTER)
        for start in range(0, len(places), rows_at_once):
            offsets = places[start : start + rows_at_once]
            rows = windows[offsets]
            good = _crc_holds(rows, length)
            if not good.all():
                frames.damaged.extend(int(place) - HEADER for place in offsets[~good])
                offsets, rows = offsets[good], rows[good]
            if len(offsets):
                yield offsets, rows[:, :length]


def _crc_holds(rows: Bytes, length: int) -> NDArray[np.bool_]:
    stored = np.ascontiguousarray(rows[:, length:]).view("<u4")[:, 0]
    if length > _VECTOR_LENGTH or len(rows) < _VECTOR_ROWS:
        found = np.array([masked_crc(row[:length].tobytes()) for row in rows], dtype=np.uint32)
        return np.asarray(found == stored)
    # Each column is read once, in order: a transposed copy makes those reads contiguous.
    columns = np.ascontiguousarray(rows[:, :length].T)
    crc = np.full(len(rows), google_crc32c.value(bytes(length)), dtype=np.uint32)
    for table, column in zip(_tables(length), columns, strict=True):
        crc ^= table[column]
    crc = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(_MASK_DELTA)
    return np.asarray(crc == stored)


@lru_cache(maxsize=64)
def _tables(length: int) -> NDArray[np.uint32]:
    """What each byte value adds to the CRC at each position, shape (length, 256)."""
    first = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        first = np.where(first & 1, (first >> 1) ^ np.uint32(_POLYNOMIAL), first >> 1).astype(np.uint32)
    tables = np.empty((length, 256), dtype=np.uint32)
    current = first
    for position in reversed(range(length)):
        tables[position] = current
        current = first[current & 0xFF] ^ (current >> np.uint32(8))
    return tables
