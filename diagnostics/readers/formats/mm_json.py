"""MMDetection, MMSegmentation, MMPretrain: ``*.log.json`` of MMCV and ``scalars.json`` of MMEngine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers.columns import Counters
from diagnostics.readers.documents import head_objects, lines
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.pivots import Part, by_split
from diagnostics.readers.records import columns_of
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import FloatArray

_COUNTERS = frozenset({"mode", "epoch", "iter", "step"})


@reader("mmcv_json")
class MmcvJson:
    """One object a line with ``mode``, ``epoch`` and an ``iter`` that starts again in every epoch."""

    def sniff(self, source: Source) -> float:
        """``mode`` and ``iter`` in the first records."""
        found = head_objects(source)
        return 0.95 if any(r.get("mode") in ("train", "val") and "iter" in r for r in found) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read with the global step rebuilt; a validation row stands where training stood."""
        found, notes = lines(source)
        config = {k: v for r in found[:1] if "mode" not in r for k, v in r.items() if isinstance(v, int | float)}
        rows = [r for r in found if "mode" in r and "epoch" in r]
        return [draft(source, "mmcv_json", _series(source, rows, *_mmcv_steps(rows)), config=config, notes=notes)]


@reader("mmengine_json")
class MmengineJson:
    """One object a line; training rows have ``iter`` and ``step``, validation rows a ``step`` that may be an epoch."""

    def sniff(self, source: Source) -> float:
        """``iter``, ``step`` and timing keys, no ``mode``."""
        found = head_objects(source)
        ours = any({"iter", "step", "time"} <= set(r) and ("data_time" in r or "memory" in r) for r in found)
        return 0.9 if ours and not any("mode" in r for r in found) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read with validation rows put on the training steps."""
        found, notes = lines(source)
        rows = [r for r in found if "step" in r]
        train = [_is_train(r) for r in rows]
        step, epoch = _mmengine_steps(rows, train)
        modes = [{**r, "mode": "train" if t else "val"} for r, t in zip(rows, train, strict=True)]
        return [draft(source, "mmengine_json", _series(source, modes, step, epoch), notes=notes)]


def _is_train(row: Mapping[str, Any]) -> bool:
    return "iter" in row or "lr" in row


def _mmcv_steps(rows: Sequence[Mapping[str, Any]]) -> tuple[FloatArray, FloatArray]:
    """Global step and epoch of each row.

    The length of an epoch is the largest training ``iter`` of its run; runs appended to one file are told apart by
    an epoch or an ``iter`` within an epoch that goes back.
    """
    run, last, runs = 0, (0.0, 0.0), []
    for row in rows:
        here = (float(row["epoch"]), float(row.get("iter", 0)))
        if row["mode"] == "train":
            run += here < last
            last = here
        elif here[0] < last[0]:
            run, last = run + 1, (here[0], 0.0)
        runs.append(run)
    length = np.zeros(run + 1)
    for row, number in zip(rows, runs, strict=True):
        if row["mode"] == "train":
            length[number] = max(length[number], float(row.get("iter", 0)))
    step, at = np.zeros(len(rows)), 0.0
    for index, (row, number) in enumerate(zip(rows, runs, strict=True)):
        epoch = float(row["epoch"])
        if row["mode"] == "train":
            at = (epoch - 1) * length[number] + float(row.get("iter", 0))
        step[index] = at if row["mode"] == "train" or not length[number] else max(at, (epoch - 1) * length[number])
    return step, np.array([float(r["epoch"]) for r in rows])


def _mmengine_steps(rows: Sequence[Mapping[str, Any]], train: Sequence[bool]) -> tuple[FloatArray, FloatArray | None]:
    """Validation steps that never exceed the epochs are epochs: they stand at the last training step so far."""
    epochs = [float(r["epoch"]) for r, t in zip(rows, train, strict=True) if t and "epoch" in r]
    held = [float(r["step"]) for r, t in zip(rows, train, strict=True) if not t]
    by_epoch = bool(epochs and held) and max(held) <= max(epochs)
    step, epoch, at = np.zeros(len(rows)), np.full(len(rows), np.nan), 0.0
    for index, (row, trains) in enumerate(zip(rows, train, strict=True)):
        if trains:
            at = float(row["step"])
        step[index] = at if by_epoch or trains else float(row["step"])
        epoch[index] = float(row["epoch"] if "epoch" in row else row["step"]) if epochs else np.nan
    return step, epoch if epochs and (by_epoch or not held) else None


def _series(
    source: Source, rows: Sequence[Mapping[str, Any]], step: FloatArray, epoch: FloatArray | None
) -> tuple[Series, ...]:
    if not rows:
        raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
    columns, texts, _ = columns_of(rows, file=source.name)
    counted = Counters(step=step, epoch=epoch, columns=_COUNTERS & set(columns))
    mode = {"mode": texts["mode"]}
    measured = by_split(Part(columns=columns, texts=mode), counted)
    if not measured:
        raise UnreadableFile("no_numbers", file=source.name, remedy="export_again")
    return measured
