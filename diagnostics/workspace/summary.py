"""What a list of runs shows of each: counts, the reach of the counters and small curves."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np

from diagnostics.types import Curve, FloatArray, Role, Run, Split
from diagnostics.workspace.records import RunSummary, Sparkline

SPARK_POINTS = 60


def summarise(run: Run) -> RunSummary:
    """The summary of a run."""
    return RunSummary(
        sparklines=tuple(
            Sparkline(metric=curve.metric, split=curve.split, values=_thin(curve.value)) for curve in _shown(run)
        ),
        metrics=tuple(dict.fromkeys(curve.metric for curve in run.curves)),
        splits=tuple(split for split in Split if any(curve.split is split for curve in run.curves)),
        n_points=max((len(curve) for curve in run.curves), default=0),
        n_segments=max(1, len(run.segments)),
        last_epoch=_extreme(run, "epoch", np.max),
        last_step=_extreme(run, "step", np.max),
        first_time=_extreme(run, "wall_time", np.min),
        last_time=_extreme(run, "wall_time", np.max),
    )


def _shown(run: Run) -> list[Curve]:
    """Training and validation loss, else the first curve that says how well it goes."""
    losses = [c for split in (Split.TRAIN, Split.VALIDATION) for c in run.pick(role=Role.LOSS, split=split)[:1]]
    for role in (Role.LOSS, Role.METRIC, Role.REWARD, None):
        if losses:
            break
        losses = list(run.pick(role=role)[:1])
    return losses


def _extreme(run: Run, counter: str, pick: Any) -> float | None:
    values = [array for c in run.curves if (array := getattr(c, counter)) is not None and np.isfinite(array).any()]
    return float(pick([pick(array[np.isfinite(array)]) for array in values])) if values else None


def _thin(values: FloatArray) -> tuple[float | None, ...]:
    """At most `SPARK_POINTS` values: in each of equal bins the smallest and the largest, in their order."""
    if len(values) > SPARK_POINTS:
        edges = np.linspace(0, len(values), SPARK_POINTS // 2 + 1).astype(int)
        kept = [i for a, b in pairwise(edges) for i in _corners(values, a, b)]
        values = values[kept]
    return tuple(float(v) if np.isfinite(v) else None for v in values)


def _corners(values: FloatArray, start: int, stop: int) -> list[int]:
    part = values[start:stop]
    finite = np.flatnonzero(np.isfinite(part))
    if not len(finite):
        return [start]
    return sorted({start + int(finite[np.argmin(part[finite])]), start + int(finite[np.argmax(part[finite])])})


def encode(summary: RunSummary) -> dict[str, Any]:
    """A summary as JSON."""
    return asdict(summary)


def decode(record: dict[str, Any]) -> RunSummary:
    """Inverse of `encode`."""
    sparklines = tuple(
        Sparkline(metric=s["metric"], split=_split(s["split"]), values=tuple(s["values"])) for s in record["sparklines"]
    )
    splits = tuple(Split(name) for name in record["splits"])
    return RunSummary(**{**record, "sparklines": sparklines, "splits": splits, "metrics": tuple(record["metrics"])})


def _split(name: str | None) -> Split | None:
    return None if name is None else Split(name)
