"""Hyperparameters as TensorBoard's hparams plugin stores them inside an event file."""

from __future__ import annotations

from collections.abc import Mapping

from diagnostics.readers import protobuf
from diagnostics.readers.protobuf import FIXED64, LENGTH, VARINT, Field

_SESSION_START = 3  # HParamsPluginData.session_start_info
_HPARAMS = 1  # SessionStartInfo.hparams: map<string, google.protobuf.Value>


def hyperparameters(data: bytes, content: Field) -> Mapping[str, float | str | bool]:
    """Flat hyperparameters of one `HParamsPluginData` message.

    Parameters
    ----------
    data : bytes
    content : Field
        The message inside `data`.
    """
    values: dict[str, float | str | bool] = {}
    for item in protobuf.fields(data, content.start, content.stop):
        if item.number == _SESSION_START and item.kind == LENGTH:
            for entry in protobuf.fields(data, item.start, item.stop):
                if entry.number == _HPARAMS and entry.kind == LENGTH:
                    _add(values, data, entry)
    return values


def _add(values: dict[str, float | str | bool], data: bytes, entry: Field) -> None:
    name, value = "", None
    for part in protobuf.fields(data, entry.start, entry.stop):
        if part.number == 1 and part.kind == LENGTH:
            name = protobuf.text(data, part)
        elif part.number == 2 and part.kind == LENGTH:
            value = part
    if not name or value is None:
        return
    for part in protobuf.fields(data, value.start, value.stop):
        if part.number == 2 and part.kind == FIXED64:
            values[name] = protobuf.double(data, part)
        elif part.number == 3 and part.kind == LENGTH:
            values[name] = protobuf.text(data, part)
        elif part.number == 4 and part.kind == VARINT:
            values[name] = bool(part.value)
