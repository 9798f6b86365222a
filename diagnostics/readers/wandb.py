"""The binary log of a Weights & Biases run: framing of its records and the few messages that matter here.

The framing is LevelDB's log: blocks of 32 KiB, records cut into fragments, each with a CRC-32 of its type and data.
Field numbers are those of wandb_internal.proto.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from diagnostics.readers import protobuf
from diagnostics.readers.protobuf import LENGTH, VARINT, Field, WireError
from diagnostics.readers.values import flat

MAGIC = b":W&B"
HEADER = 7  # magic, 0xBEE1, version
BLOCK = 32 * 1024
FRAGMENT = 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _CONFIG, _RUN = 2, 5, 17
_STEP_KEY = "_step"


@dataclass
class Log:
    """What the log holds.

    Attributes
    ----------
    rows : list of dict
        History rows in file order: key to number; "_step", "_timestamp" and "_runtime" among them.
    config : dict
        Flat.
    name, group : str
    damaged : int or None
        Offset of the first record whose checksum does not hold; what follows it is left out.
    truncated : bool
        The last record is unfinished (a live or killed run).
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    group: str = ""
    damaged: int | None = None
    truncated: bool = False


class Damaged(ValueError):
    """A checksum or a frame does not hold at `offset`."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"byte {offset}")


class Truncated(ValueError):
    """The file ends inside a record."""


def records(data: bytes) -> Iterator[bytes]:
    """Records of a log, whole.

    Raises
    ------
    Damaged, Truncated
        After the last good record was yielded.
    """
    offset, parts = HEADER, b""
    while offset < len(data):
        left = BLOCK - offset % BLOCK
        if left < FRAGMENT:
            offset += left
            continue
        if offset + FRAGMENT > len(data):
            raise Truncated
        stored = int.from_bytes(data[offset : offset + 4], "little")
        length = int.from_bytes(data[offset + 4 : offset + 6], "little")
        kind = data[offset + 6]
        if length == 0 and kind == 0:
            if not data[offset:].strip(b"\0"):
                return
            raise Damaged(offset)
        start, stop = offset + FRAGMENT, offset + FRAGMENT + length
        if length > left - FRAGMENT or not _FULL <= kind <= _LAST:
            raise Damaged(offset)
        if stop > len(data):
            raise Truncated
        if zlib.crc32(data[offset + 6 : stop]) != stored:
            raise Damaged(offset)
        parts = data[start:stop] if kind in (_FULL, _FIRST) else parts + data[start:stop]
        if kind in (_FULL, _LAST):
            yield parts
            parts = b""
        offset = stop


def parse(data: bytes) -> Log:
    """Read history, configuration and name out of a run's log."""
    log = Log()
    try:
        for record in records(data):
            _read_record(log, record)
    except Damaged as error:
        log.damaged = error.offset
    except Truncated:
        log.truncated = True
    return log


def _read_record(log: Log, data: bytes) -> None:
    try:
        for item in protobuf.fields(data):
            if item.kind != LENGTH:
                continue
            if item.number == _HISTORY:
                row = _row(data, item)
                if row:
                    log.rows.append(row)
            elif item.number == _CONFIG:
                log.config.update(_config(data, item))
            elif item.number == _RUN:
                _read_run(log, data, item)
    except WireError:
        return  # a record kind that is no message here: the frame was good, its content is not for us


def _row(data: bytes, message: Field) -> dict[str, float]:
    row: dict[str, float] = {}
    media: set[str] = set()
    for item in protobuf.fields(data, message.start, message.stop):
        if item.number == 1 and item.kind == LENGTH:
            for key, value in flat(_item(data, item), finite=False).items():
                if key.endswith("._type"):
                    media.add(key.removesuffix("_type"))
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    row[key] = float(value)
        elif item.number == 2 and item.kind == LENGTH:
            for part in protobuf.fields(data, item.start, item.stop):
                if part.number == 1 and part.kind == VARINT:
                    row.setdefault(_STEP_KEY, float(protobuf.signed(part.value)))
    # The width of a logged picture is no measurement.
    return {key: value for key, value in row.items() if not media or not key.startswith(tuple(media))}


def _item(data: bytes, message: Field) -> dict[str, Any]:
    """Key and JSON value of a HistoryItem or ConfigItem."""
    key, value = [], None
    for part in protobuf.fields(data, message.start, message.stop):
        if part.kind != LENGTH:
            continue
        if part.number in (1, 2):
            key.append(protobuf.text(data, part))
        elif part.number == 16:
            value = _json(protobuf.text(data, part))
    # Media and histograms are objects with a type; only plain numbers and tables of them are a series.
    if not key or (isinstance(value, dict) and "_type" in value):
        return {}
    return {".".join(k for k in key if k): value}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _config(data: bytes, message: Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in protobuf.fields(data, message.start, message.stop):
        if item.number == 1 and item.kind == LENGTH:
            values = _item(data, item)
            found.update({k: v for k, v in flat(values).items() if not k.startswith("_wandb")})
    return found


def _read_run(log: Log, data: bytes, message: Field) -> None:
    run_id = ""
    for item in protobuf.fields(data, message.start, message.stop):
        if item.kind != LENGTH:
            continue
        if item.number == 1:
            run_id = protobuf.text(data, item)
        elif item.number == 4:
            log.config.update(_config(data, item))
        elif item.number == 6:
            log.group = protobuf.text(data, item)
        elif item.number == 8:
            log.name = protobuf.text(data, item)
    log.name = log.name or run_id
