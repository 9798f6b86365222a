"""Values from configurations and errors as JSON and back: dates, tuples and numbers of numpy keep their type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from diagnostics import exceptions
from diagnostics.exceptions import UnreadableFile
from diagnostics.types import Note, SourceFile

_TAG = "__type__"
_PARSERS = {"datetime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat}


def encode(value: Any) -> Any:
    """A value as JSON can hold it; unknown kinds become their text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return _builtin(value)
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return {_TAG: "tuple", "items": [encode(item) for item in value]}
    if isinstance(value, (list, set, frozenset)):
        return [encode(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return {_TAG: type(value).__name__, "text": value.isoformat()}
    if hasattr(value, "tolist"):
        return encode(value.tolist())
    return str(value)


def _builtin(value: Any) -> Any:
    # Subclasses (enumerations, numpy.float64) would print differently after a round trip.
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def decode(value: Any) -> Any:
    """Inverse of `encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(_TAG)
    if kind == "tuple":
        return tuple(decode(item) for item in value["items"])
    if kind in _PARSERS and "text" in value:
        return _PARSERS[kind](value["text"])
    return {key: decode(item) for key, item in value.items()}


def encode_failure(error: UnreadableFile) -> dict[str, Any]:
    """An unreadable file's error as JSON."""
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "remedy": error.remedy,
        "refusals": error.refusals,
        "params": encode(error.params),
    }


def decode_failure(record: Mapping[str, Any]) -> UnreadableFile:
    """Inverse of `encode_failure`; an error class of a newer version becomes `UnreadableFile`."""
    kind = getattr(exceptions, record["kind"], UnreadableFile)
    if not (isinstance(kind, type) and issubclass(kind, UnreadableFile)):
        kind = UnreadableFile
    params = dict(decode(record["params"]))
    return kind(record["code"], remedy=record["remedy"], refusals=record["refusals"], **params)


def encode_note(note: Note) -> dict[str, Any]:
    """A note as JSON."""
    return {"code": note.code, "params": encode(note.params)}


def decode_note(record: Mapping[str, Any]) -> Note:
    """Inverse of `encode_note`."""
    return Note(code=record["code"], params=decode(record["params"]))


def encode_source(source: SourceFile) -> dict[str, Any]:
    """A source file's provenance as JSON."""
    return asdict(source)


def decode_source(record: Mapping[str, Any]) -> SourceFile:
    """Inverse of `encode_source`."""
    return SourceFile(**record)
