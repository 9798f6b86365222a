"""The raw points of curves as a long table, for download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from diagnostics.types import Curve, Run

HEADER = ("run", "metric", "split", "source", "segment", "step", "epoch", "wall_time", "value")


def point_count(runs: Sequence[Run], metrics: Sequence[str]) -> int:
    """Points of the curves of these metrics."""
    return sum(len(curve) for _, curve in _curves(runs, metrics))


def point_rows(runs: Sequence[Run], metrics: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """One row a point, in the order of `HEADER`; NaN and infinity as they are, missing counters None."""
    for run, curve in _curves(runs, metrics):
        split = "" if curve.split is None else str(curve.split)
        counters = [_cells(counter, len(curve)) for counter in (curve.step, curve.epoch, curve.wall_time)]
        for row in zip(curve.segment.tolist(), *counters, curve.value.tolist(), strict=True):
            yield (run.name, curve.metric, split, curve.source, *row)


def _cells(counter: np.ndarray[Any, Any] | None, count: int) -> list[float | None]:
    return [None] * count if counter is None else counter.tolist()


def _curves(runs: Sequence[Run], metrics: Sequence[str]) -> Iterator[tuple[Run, Curve]]:
    for run in runs:
        for curve in run.curves:
            if curve.metric in metrics:
                yield run, curve
