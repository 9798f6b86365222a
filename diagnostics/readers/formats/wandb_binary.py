"""`run-<id>.wandb`: the binary log of a Weights & Biases run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge
from diagnostics.readers import wandb
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import FloatArray, Note

MAX_BYTES = 1 << 30
_INNER = ("_step", "_timestamp", "_runtime")


@reader("wandb_binary")
class WandbBinary:
    """LevelDB frames of Record messages."""

    def sniff(self, source: Source) -> float:
        """1.0 for the magic number."""
        return 1.0 if source.head.startswith(wandb.MAGIC) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the history up to the first damaged record."""
        if source.size > MAX_BYTES:
            raise TooLarge("file_bytes", file=source.name, remedy="fewer_points", limit=MAX_BYTES, size=source.size)
        log = wandb.parse(source.path.read_bytes())
        if not log.rows and log.damaged is not None:
            raise BrokenFile("wandb_damaged", file=source.name, place=f"byte {log.damaged:,}", remedy="copy_again")
        series = _series(log)
        if not series:
            raise NotALog("wandb_without_history", file=source.name, remedy="add_scalars")
        notes = [Note(code="damaged_records", params={"count": 1, "place": log.damaged})] if log.damaged else []
        if log.truncated:
            notes.append(Note(code="truncated_tail", params={"place": source.size, "bytes": 0}))
        return [
            draft(
                source, "wandb_binary", series, name=log.name, group=log.group, config=log.config, notes=notes,
                run=f"{source.folder}/wandb" if source.folder else source.stem,
            )
        ]  # fmt: skip


def _series(log: wandb.Log) -> list[Series]:
    columns: dict[str, list[int]] = {}
    for index, row in enumerate(log.rows):
        for key in row:
            if not key.startswith("_"):
                columns.setdefault(key, []).append(index)
    return [
        Series(
            name=key,
            value=np.array([log.rows[i][key] for i in places], dtype=np.float64),
            step=_counter(log, places, _INNER[0]),
            epoch=_counter(log, places, "epoch") if key != "epoch" else None,
            wall_time=_counter(log, places, _INNER[1]),
            row=np.array(places, dtype=np.int64),
        )
        for key, places in columns.items()
    ]


def _counter(log: wandb.Log, places: list[int], key: str) -> FloatArray | None:
    if any(key not in log.rows[i] for i in places):
        return None
    return np.array([log.rows[i][key] for i in places], dtype=np.float64)
