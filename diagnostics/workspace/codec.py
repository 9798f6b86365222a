"""A run as one file: Arrow IPC with the numbers, a row a curve; the rest as JSON in the schema; no code is stored.

Curves of one run mostly share their counters; zstd removes the repetition. Numbers come back bit by bit, NaN and
infinity included.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from diagnostics.types import Curve, Role, Run, Segment, Setting, Split
from diagnostics.workspace import plain

FORMAT = 1
_FLOATS = ("value", "step", "epoch", "wall_time")
_TEXTS = ("metric", "split", "role", "source", "unit")
_META = b"run_clinic"


def encode(run: Run) -> bytes:
    """A run as the bytes of an Arrow IPC file."""
    columns = {name: _lists([getattr(curve, name) for curve in run.curves], np.float64) for name in _FLOATS}
    columns["segment"] = _lists([curve.segment for curve in run.curves], np.int64)
    table = pa.table(columns).replace_schema_metadata({_META: json.dumps(_header(run)).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _lists(arrays: list[Any], kind: Any) -> Any:
    """Arrays of different lengths as one list column; None is an empty list, the header knows which."""
    lengths = [0 if array is None else len(array) for array in arrays]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    present = [array for array in arrays if array is not None]
    flat = np.concatenate(present) if present else np.zeros(0)
    return pa.LargeListArray.from_arrays(_flat(offsets), _flat(flat.astype(kind, copy=False)))


def _flat(values: Any) -> Any:
    """A NumPy array as Arrow sees it; `pa.array` would import pandas first."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _header(run: Run) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": run.name,
        "curves": [_described(curve) for curve in run.curves],
        "group": run.group,
        "setting": str(run.setting),
        "config": plain.encode(run.config),
        "sources": [plain.encode_source(source) for source in run.sources],
        "notes": [plain.encode_note(note) for note in run.notes],
        "unplaced": list(run.unplaced),
        "segments": [[s.number, s.start, s.stop, s.overlap] for s in run.segments],
    }


def _described(curve: Curve) -> dict[str, Any]:
    counters = [name for name in _FLOATS if getattr(curve, name) is not None]
    return {
        **{name: getattr(curve, name) for name in _TEXTS},
        "greater_is_better": curve.greater_is_better,
        "arrays": [*counters, "segment"],
    }


def load(path: Path) -> Run:
    """Read a run that `encode` wrote."""
    with pa.memory_map(str(path)) as stream:
        table = pa.ipc.open_file(stream).read_all()
    header = json.loads(table.schema.metadata[_META])
    return Run(
        name=header["name"],
        curves=_curves(table, header["curves"]),
        config=plain.decode(header["config"]),
        sources=tuple(plain.decode_source(record) for record in header["sources"]),
        segments=tuple(Segment(number=n, start=a, stop=b, overlap=o) for n, a, b, o in header["segments"]),
        setting=Setting(header["setting"]),
        notes=tuple(plain.decode_note(record) for record in header["notes"]),
        unplaced=tuple(header["unplaced"]),
        group=header["group"],
    )


def _curves(table: Any, described: list[dict[str, Any]]) -> tuple[Curve, ...]:
    columns = {name: _arrays(table[name]) for name in (*_FLOATS, "segment")}
    return tuple(
        Curve(
            metric=facts["metric"],
            split=None if facts["split"] is None else Split(facts["split"]),
            role=Role(facts["role"]),
            source=facts["source"],
            unit=facts["unit"],
            greater_is_better=facts["greater_is_better"],
            **{name: columns[name][i] for name in facts["arrays"]},
        )
        for i, facts in enumerate(described)
    )


def _arrays(column: Any) -> list[Any]:
    """The lists of a column as arrays that share its memory."""
    found: list[Any] = []
    for chunk in column.chunks:
        flat, offsets = _numpy(chunk.values), _numpy(chunk.offsets)
        found += [flat[offsets[i] : offsets[i + 1]] for i in range(len(chunk))]
    return found


def _numpy(values: Any) -> Any:
    """An Arrow array without nulls as NumPy sees it; its `to_numpy` would import pandas first."""
    buffer = values.buffers()[1]
    kind = np.dtype(str(values.type).replace("double", "float64"))
    if buffer is None:
        return np.zeros(0, kind)
    return np.frombuffer(buffer, kind, count=len(values), offset=values.offset * kind.itemsize)
