"""A run as one file: Arrow IPC, a row a curve, the rest as JSON in the schema; no code is ever stored.

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
_COUNTERS = ("step", "epoch", "wall_time")
_TEXTS = ("metric", "split", "role", "source", "unit")
_META = b"run_clinic"


def encode(run: Run) -> bytes:
    """A run as the bytes of an Arrow IPC file."""
    columns: dict[str, pa.Array] = {
        name: pa.array([getattr(curve, name) for curve in run.curves], pa.string()) for name in _TEXTS
    }
    columns["greater_is_better"] = pa.array([curve.greater_is_better for curve in run.curves], pa.bool_())
    for name in ("value", *_COUNTERS):
        columns[name] = _lists([getattr(curve, name) for curve in run.curves], pa.float64())
    columns["segment"] = _lists([curve.segment for curve in run.curves], pa.int64())
    table = pa.table(columns).replace_schema_metadata({_META: json.dumps(_header(run)).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _lists(arrays: list[Any], kind: Any) -> Any:
    """Arrays of different lengths (None allowed) as one list column."""
    lengths = [0 if array is None else len(array) for array in arrays]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    present = [array for array in arrays if array is not None]
    flat = np.concatenate(present) if present else np.zeros(0)
    values = pa.array(flat.astype(kind.to_pandas_dtype(), copy=False), kind)
    missing = pa.array([array is None for array in arrays], pa.bool_())
    return pa.LargeListArray.from_arrays(pa.array(offsets), values, mask=missing)


def _header(run: Run) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "name": run.name,
        "group": run.group,
        "setting": str(run.setting),
        "config": plain.encode(run.config),
        "sources": [plain.encode_source(source) for source in run.sources],
        "notes": [plain.encode_note(note) for note in run.notes],
        "unplaced": list(run.unplaced),
        "segments": [[s.number, s.start, s.stop, s.overlap] for s in run.segments],
    }


def load(path: Path) -> Run:
    """Read a run that `encode` wrote."""
    with pa.memory_map(str(path)) as stream:
        table = pa.ipc.open_file(stream).read_all()
    header = json.loads(table.schema.metadata[_META])
    return Run(
        name=header["name"],
        curves=_curves(table),
        config=plain.decode(header["config"]),
        sources=tuple(plain.decode_source(record) for record in header["sources"]),
        segments=tuple(Segment(number=n, start=a, stop=b, overlap=o) for n, a, b, o in header["segments"]),
        setting=Setting(header["setting"]),
        notes=tuple(plain.decode_note(record) for record in header["notes"]),
        unplaced=tuple(header["unplaced"]),
        group=header["group"],
    )


def _curves(table: Any) -> tuple[Curve, ...]:
    texts = {name: table[name].to_pylist() for name in (*_TEXTS, "greater_is_better")}
    arrays = {name: _arrays(table[name]) for name in ("value", *_COUNTERS, "segment")}
    return tuple(
        Curve(
            metric=texts["metric"][i],
            split=None if texts["split"][i] is None else Split(texts["split"][i]),
            role=Role(texts["role"][i]),
            source=texts["source"][i],
            unit=texts["unit"][i],
            greater_is_better=texts["greater_is_better"][i],
            **{name: column[i] for name, column in arrays.items()},
        )
        for i in range(table.num_rows)
    )


def _arrays(column: Any) -> list[Any]:
    """The lists of a column as arrays that share its memory; None where the list is null."""
    found: list[Any] = []
    for chunk in column.chunks:
        flat, offsets = chunk.values.to_numpy(), chunk.offsets.to_numpy()
        present = chunk.is_valid().to_numpy(zero_copy_only=False)
        found += [flat[offsets[i] : offsets[i + 1]] if present[i] else None for i in range(len(chunk))]
    return found
