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
_LOOK_BACK = 512  # records in which a pattern of lengths must repeat before the walk trusts it
_WORTH_LEAPING = 1 << 14  # bytes
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
    return _Walk(buffer).run()


class _Walk:
    """One walk over a file: record by record, and by leaps where the lengths repeat themselves."""

    def __init__(self, buffer: Buffer) -> None:
        self.buffer = buffer
        self.data = np.frombuffer(buffer, dtype=np.uint8)
        self.size = len(buffer)
        self.frames = Frames()
        self.known: dict[bytes, tuple[list[int], int]] = {}
        self.leapt: dict[int, list[Offsets]] = {}
        self.recent: list[int] = []

    def run(self) -> Frames:
        """Walk to the end."""
        offset, patience = 0, _LOOK_BACK
        while True:
            offset = self._steps(offset, patience)
            landed = self._leap(offset)
            # Where nothing repeats, ask less and less often.
            patience = _LOOK_BACK if landed - offset > _WORTH_LEAPING else min(2 * patience, 1 << 20)
            offset = landed
            if self.buffer[offset : offset + HEADER] in self.known:
                continue
            length = _checked_length(self.buffer[offset : offset + HEADER])
            if length is None and offset + HEADER <= self.size:
                offset = self._resume(offset)
                if offset == self.size:
                    return self._finished(offset)
            elif length is None or offset + HEADER + length + FOOTER > self.size:
                return self._finished(offset)
            else:
                self.known[self.buffer[offset : offset + HEADER]] = ([], length + HEADER + FOOTER)

    def _steps(self, offset: int, count: int) -> int:
        """Walk over at most `count` records with headers seen before; one lookup replaces the length's checksum."""
        buffer, known, recent = self.buffer, self.known, []
        try:
            for _ in range(count):
                places, stride = known[buffer[offset : offset + HEADER]]
                places.append(offset + HEADER)
                recent.append(stride)
                offset += stride
        except KeyError:
            pass
        self.recent = (self.recent + recent)[-_LOOK_BACK:]
        return offset

    def _leap(self, offset: int) -> int:
        """Take all records that go on repeating the last lengths; returns the offset behind them."""
        period = _period(self.recent)
        if not period:
            return offset
        strides = np.array(self.recent[-period:], dtype=np.int64)
        starts = np.cumsum(strides) - strides
        by_stride = {stride: header for header, (_, stride) in self.known.items()}
        expected = np.frombuffer(b"".join(by_stride[int(s)] for s in strides), dtype=np.uint8).reshape(period, HEADER)
        turns = max(1, _BLOCK_ROWS // period)
        windows = np.lib.stride_tricks.sliding_window_view(self.data, HEADER)
        while True:
            turns = min(turns, (self.size - offset) // int(strides.sum()))
            if turns <= 0:
                return offset
            places = offset + (np.arange(turns)[:, None] * strides.sum() + starts)
            same = (windows[places.ravel()].reshape(turns, period, HEADER) == expected).all(axis=(1, 2))
            whole = turns if same.all() else int(np.argmin(same))
            for stride in np.unique(strides):
                taken = places[:whole, strides == stride].ravel() + HEADER
                self.leapt.setdefault(int(stride), []).append(taken)
            offset += whole * int(strides.sum())
            if whole < turns:
                return offset

    def _resume(self, offset: int) -> int:
        """Offset of the next header seen before, or the end of the file."""
        self.frames.damaged.append(offset)
        resumed = self.size
        if len(self.frames.damaged) <= MAX_RESUMES:
            common = sorted(self.known, key=lambda header: -len(self.known[header][0]))[:64]
            found = [place for header in common if (place := self.buffer.find(header, offset + 1)) >= 0]
            resumed = min(found, default=self.size)
        self.frames.skipped += resumed - offset
        return resumed

    def _finished(self, offset: int) -> Frames:
        frames = self.frames
        for places, stride in self.known.values():
            length = stride - HEADER - FOOTER
            # The steps do not look at the end of the file: only the very last record can reach beyond it.
            if places and places[-1] + length + FOOTER > self.size:
                offset = places.pop() - HEADER
            found = [np.array(places, dtype=np.int64), *self.leapt.get(stride, ())]
            joined = np.sort(np.concatenate(found))
            if len(joined):
                frames.groups[length] = joined
        frames.end = min(offset, self.size)
        frames.truncated = 0 if frames.skipped and frames.end == self.size else max(self.size - frames.end, 0)
        return frames


def _period(strides: list[int]) -> int:
    """Shortest period of the last strides that was seen at least twice, 0 for none."""
    if len(strides) < _LOOK_BACK:
        return 0
    recent = np.array(strides[-_LOOK_BACK:])
    for period in range(1, _LOOK_BACK // 2 + 1):
        if recent[-1] == recent[-1 - period] and np.array_equal(recent[period:], recent[:-period]):
            return period
    return 0


def _checked_length(header: bytes) -> int | None:
    if len(header) < HEADER:
        return None
    if masked_crc(header[:8]) != int.from_bytes(header[8:], "little"):
        return None
    length = int.from_bytes(header[:8], "little")
    return length if length <= MAX_RECORD else None


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
