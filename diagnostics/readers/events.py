"""TensorBoard events: scalars out of the records of an event file, a layout at a time.

A writer repeats itself: all points of a tag are equal byte for byte except the wall time, the step and the value.
So one record of a kind is parsed field by field; where its variable bytes are holds for every record that agrees in
all the others, and numpy reads those in one go. Field numbers are those of TensorFlow's event.proto, summary.proto
and tensor.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.readers import protobuf, tfrecord
from diagnostics.readers.hparams import hyperparameters
from diagnostics.readers.protobuf import FIXED32, FIXED64, LENGTH, VARINT, WireError
from diagnostics.readers.tfrecord import Bytes, Offsets
from diagnostics.types import FloatArray

_DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 14: "bfloat16", 19: "<f2", 4: "u1", 10: "?"}
_SMALL_GROUP = 8  # fewer records than this are parsed one by one
_MAX_FAMILIES = 64  # layouts looked for in one block; real writers have a handful
MAX_TAGS = 20_000


class TooManyTags(ValueError):
    """More tags than `MAX_TAGS`: no training logs that."""


@dataclass(frozen=True)
class _Slot:
    """Where one scalar lies in a record: [start, stop) and how to read it."""

    tag: str
    start: int
    stop: int
    dtype: str


@dataclass(frozen=True)
class _Layout:
    """Where everything that varies lies in a record."""

    wall_time: int | None
    step: tuple[int, int] | None
    slots: tuple[_Slot, ...]

    def variable(self, length: int) -> NDArray[np.bool_]:
        """Mask of the bytes that differ from record to record, shape (length,)."""
        mask = np.zeros(length, dtype=bool)
        if self.wall_time is not None:
            mask[self.wall_time : self.wall_time + 8] = True
        if self.step is not None:
            mask[self.step[0] : self.step[1]] = True
        for slot in self.slots:
            mask[slot.start : slot.stop] = True
        return mask


@dataclass
class Scalars:
    """Points of one tag, in file order once `finish` was called."""

    offset: list[Offsets] = field(default_factory=list)
    step: list[FloatArray] = field(default_factory=list)
    wall_time: list[FloatArray] = field(default_factory=list)
    value: list[FloatArray] = field(default_factory=list)

    def finish(self) -> tuple[FloatArray, FloatArray, FloatArray, Offsets]:
        """Step, wall time, value and place in the file, shape (n,) each, in file order."""
        offset = np.concatenate(self.offset)
        step, wall, value = (np.concatenate(part) for part in (self.step, self.wall_time, self.value))
        if np.any(offset[1:] < offset[:-1]):
            order = np.argsort(offset, kind="stable")
            offset, step, wall, value = offset[order], step[order], wall[order], value[order]
        return step, wall, value, offset


@dataclass
class Events:
    """What an event file holds.

    Attributes
    ----------
    scalars : dict of tag to Scalars
    others : dict of kind to int
        Summaries that are no scalars ("histogram", "image", "text", "graph" ...) and how many.
    hparams : dict
        Hyperparameters of the hparams plugin, flat.
    frames : tfrecord.Frames
    """

    scalars: dict[str, Scalars] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    hparams: dict[str, Any] = field(default_factory=dict)
    frames: tfrecord.Frames = field(default_factory=tfrecord.Frames)


def parse(buffer: tfrecord.Buffer) -> Events:
    """Read every scalar of an event file.

    Parameters
    ----------
    buffer : bytes or mmap
        The whole file; a cut tail is fine.

    Returns
    -------
    Events

    Raises
    ------
    TooManyTags
    """
    events = Events(frames=tfrecord.walk(buffer))
    for offsets, rows in tfrecord.blocks(buffer, events.frames):
        _read_block(events, offsets, rows)
    return events


def _read_block(events: Events, offsets: Offsets, rows: Bytes) -> None:
    """Read records of equal length, one family of layouts after the other."""
    rest = np.arange(len(rows))
    families = 0
    while len(rest):
        sample = rows[rest[0]].tobytes()
        layout = _layout(events, sample)
        if layout is None or not layout.slots or len(rest) < _SMALL_GROUP or families == _MAX_FAMILIES:
            if layout is not None:
                _take(events, layout, offsets[rest[:1]], rows[rest[:1]])
            rest = rest[1:]
            continue
        families += 1
        rest = _read_family(events, layout, offsets, rows, rest)


def _read_family(events: Events, layout: _Layout, offsets: Offsets, rows: Bytes, rest: Offsets) -> Offsets:
    """Read all records whose variable bytes lie where `layout` has them; returns the others."""
    variable = layout.variable(rows.shape[1])
    keys = _keys(rows[rest], ~variable)
    if layout.step is not None:
        keys = keys * np.uint64(2) + _whole_varint(rows[rest], *layout.step)
    own = keys[0]
    taken = np.zeros(len(rest), dtype=bool)
    kinds, first = np.unique(keys, return_index=True)
    for key, index in zip(kinds, first, strict=True):
        kind = layout if key == own else _layout(None, rows[rest[index]].tobytes())
        if kind is None or not np.array_equal(kind.variable(rows.shape[1]), variable) or kind.step != layout.step:
            continue
        members = keys == key
        _take(events, kind, offsets[rest[members]], rows[rest[members]])
        taken |= members
    return rest[~taken]


_rng = np.random.default_rng()
_weights: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)


def _keys(rows: Bytes, fixed: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """A 63-bit hash of the fixed bytes of each row; weights are random, so nobody can craft a collision."""
    global _weights
    if len(_weights) < rows.shape[1]:
        _weights = _rng.integers(1, 1 << 62, size=rows.shape[1] + 64, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    keys = np.zeros(len(rows), dtype=np.uint64)
    columns = np.ascontiguousarray(rows[:, fixed].T)
    for weight, column in zip(_weights[: len(fixed)][fixed], columns, strict=True):
        if column[0] == column[-1] and (column == column[0]).all():
            continue  # the same in every row: it separates nothing
        keys += column * weight
    return keys


def _whole_varint(rows: Bytes, start: int, stop: int) -> NDArray[np.uint64]:
    """1 where the bytes [start, stop) are exactly one varint."""
    whole = (rows[:, start : stop - 1] >= 0x80).all(axis=1) & (rows[:, stop - 1] < 0x80)
    return whole.astype(np.uint64)


def _take(events: Events, layout: _Layout, offsets: Offsets, rows: Bytes) -> None:
    n = len(rows)
    wall = np.zeros(n)
    if layout.wall_time is not None:
        wall = _numbers(rows, layout.wall_time, layout.wall_time + 8, "<f8")
    step = np.zeros(n)
    if layout.step is not None:
        start, stop = layout.step
        bits = np.zeros(n, dtype=np.uint64)
        for index in range(start, stop):
            bits |= (rows[:, index].astype(np.uint64) & np.uint64(0x7F)) << np.uint64(7 * (index - start))
        step = bits.view(np.int64).astype(np.float64)
    for slot in layout.slots:
        series = events.scalars.setdefault(slot.tag, Scalars())
        if len(events.scalars) > MAX_TAGS:
            raise TooManyTags
        series.offset.append(offsets)
        series.step.append(step)
        series.wall_time.append(wall)
        series.value.append(_numbers(rows, slot.start, slot.stop, slot.dtype))


def _numbers(rows: Bytes, start: int, stop: int, dtype: str) -> FloatArray:
    raw = np.ascontiguousarray(rows[:, start:stop])
    if dtype == "varint":
        return np.array([float(protobuf.signed(protobuf.varint(bytes(r), 0, len(r))[0])) for r in raw])
    if dtype == "half_varint":
        bits = np.array([protobuf.varint(bytes(r), 0, len(r))[0] for r in raw], dtype=np.uint16)
        return bits.view(np.float16).astype(np.float64)
    if dtype == "bfloat16":
        return (raw.view("<u2")[:, 0].astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)
    return raw.view(dtype)[:, 0].astype(np.float64)


def _layout(events: Events | None, data: bytes) -> _Layout | None:
    """Layout of one record; what is no scalar is counted in `events`. None where it is no event."""
    wall_time: int | None = None
    step: tuple[int, int] | None = None
    slots: list[_Slot] = []
    try:
        for item in protobuf.fields(data):
            if item.number == 1 and item.kind == FIXED64:
                wall_time = item.start
            elif item.number == 2 and item.kind == VARINT:
                step = (item.start, item.stop)
            elif item.number == 5 and item.kind == LENGTH:
                for value in protobuf.fields(data, item.start, item.stop):
                    if value.number == 1 and value.kind == LENGTH:
                        _read_value(events, slots, data, value)
            elif item.number in (4, 9) and item.kind == LENGTH:
                _count(events, "graph")
    except WireError:
        _count(events, "malformed")
        return None
    return _Layout(wall_time, step, tuple(slots))


def _count(events: Events | None, kind: str) -> None:
    if events is not None:
        events.others[kind] = events.others.get(kind, 0) + 1


_VALUE_KINDS = {4: "image", 5: "histogram", 6: "audio", 3: "histogram"}


def _read_value(events: Events | None, slots: list[_Slot], data: bytes, message: protobuf.Field) -> None:
    """One Summary.Value: a scalar becomes a slot, everything else is counted."""
    tag, plugin, content = "", "", None
    found: tuple[int, int, str] | None = None
    other = ""
    for item in protobuf.fields(data, message.start, message.stop):
        if item.number == 1 and item.kind == LENGTH:
            tag = protobuf.text(data, item)
        elif item.number == 2 and item.kind == FIXED32:
            found = (item.start, item.stop, "<f4")
        elif item.number == 8 and item.kind == LENGTH:
            found = _scalar_tensor(data, item)
            other = other or ("" if found else "tensor")
        elif item.number == 9 and item.kind == LENGTH:
            plugin, content = _plugin(data, item)
        elif item.number in _VALUE_KINDS:
            other = _VALUE_KINDS[item.number]
    if plugin == "hparams":
        if events is not None and content is not None:
            events.hparams.update(hyperparameters(data, content))
    elif found is not None and plugin in ("", "scalars"):
        slots.append(_Slot(tag, *found))
    else:
        _count(events, plugin if plugin not in ("", "scalars") else other or "other")


def _plugin(data: bytes, message: protobuf.Field) -> tuple[str, protobuf.Field | None]:
    """Name and content of SummaryMetadata.plugin_data."""
    name, content = "", None
    for item in protobuf.fields(data, message.start, message.stop):
        if item.number == 1 and item.kind == LENGTH:
            for part in protobuf.fields(data, item.start, item.stop):
                if part.number == 1 and part.kind == LENGTH:
                    name = protobuf.text(data, part)
                elif part.number == 2 and part.kind == LENGTH:
                    content = part
    return name, content


# TensorProto: field number of the typed list, and how one element is stored there.
_LISTS: Mapping[int, str] = {5: "<f4", 6: "<f8", 7: "varint", 10: "varint", 11: "varint", 13: "half_varint"}


def _scalar_tensor(data: bytes, message: protobuf.Field) -> tuple[int, int, str] | None:
    """Where the only element of a tensor lies, or None where it is not a single number."""
    dtype, place = 0, None
    for item in protobuf.fields(data, message.start, message.stop):
        if item.number == 1 and item.kind == VARINT:
            dtype = item.value
        elif item.number == 2 and item.kind == LENGTH and not _single(data, item):
            return None
        elif item.number == 4 and item.kind == LENGTH and item.stop > item.start:
            place = (item.start, item.stop, _DTYPES.get(dtype, ""))
        elif item.number in _LISTS:
            place = (item.start, item.stop, _LISTS[item.number])
    if place is None or not place[2] or dtype not in _DTYPES:
        return None
    start, stop, kind = place
    if kind.endswith("varint"):
        _, end = protobuf.varint(data, start, stop)
        return place if end == stop else None
    width = 2 if kind == "bfloat16" else np.dtype(kind).itemsize
    return place if stop - start == width else None


def _single(data: bytes, shape: protobuf.Field) -> bool:
    """Whether a TensorShapeProto has exactly one element."""
    for item in protobuf.fields(data, shape.start, shape.stop):
        if item.number == 2 and item.kind == LENGTH:
            sizes = [f.value for f in protobuf.fields(data, item.start, item.stop) if f.number == 1]
            if sizes != [1]:
                return False
    return True
