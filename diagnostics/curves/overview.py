"""What a set of runs has to show: its metrics in a useful order, and where its logs are odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.curves.axes import repeated
from diagnostics.types import Curve, Role, Run, Split

ORDER = (
    Role.LOSS, Role.METRIC, Role.REWARD, Role.LOSS_TERM, Role.LEARNING_RATE, Role.GRADIENT_NORM, Role.OTHER,
    Role.TIMING, Role.SYSTEM,
)  # fmt: skip

FIRST_METRICS = 2
"""Metrics that are shown beside the losses before anybody chose."""


@dataclass(frozen=True, kw_only=True)
class Oddities:
    """What a curve has that a plain line would hide; counts of points."""

    run: str
    source: str
    nonfinite: int
    repeated: int
    restarts: int


def metrics(runs: Sequence[Run]) -> tuple[str, ...]:
    """Names of all metrics: losses first, then metrics, by how many runs log them and on how many splits."""
    curves: dict[str, list[Curve]] = {}
    for run in runs:
        for curve in run.curves:
            if len(curve):
                curves.setdefault(curve.metric, []).append(curve)

    def rank(name: str) -> tuple[int, int, int]:
        of = curves[name]
        return (min(ORDER.index(curve.role) for curve in of), -len({c.split for c in of}), -len(of))

    return tuple(sorted(curves, key=rank))


def first_choice(runs: Sequence[Run]) -> tuple[str, ...]:
    """Metrics to open with: the main loss, up to two metrics with validation first, and the learning rate."""
    names = metrics(runs)
    roles = {name: role_of(runs, name) for name in names}
    chosen = [name for name in names if roles[name] in (Role.LOSS, Role.REWARD)][:1]
    scores = [name for name in names if roles[name] is Role.METRIC]
    judged = [n for n in scores if any(run.curve(n, Split.VALIDATION) is not None for run in runs)]
    chosen += (judged or scores)[:FIRST_METRICS]
    chosen += [name for name in names if roles[name] is Role.LEARNING_RATE][:1]
    return tuple(chosen) or names[:1]


def role_of(runs: Sequence[Run], metric: str) -> Role:
    """Role of a metric, from the first curve that has the name."""
    return next((c.role for run in runs for c in run.curves if c.metric == metric), Role.OTHER)


def oddities(run: Run) -> tuple[Oddities, ...]:
    """Curves of a run that hold non-finite values, repeated steps or restarts."""
    found = []
    for curve in run.curves:
        facts = Oddities(
            run=run.name, source=curve.source,
            nonfinite=int((~np.isfinite(curve.value)).sum()),
            repeated=repeated(curve.x, curve.segment),
            restarts=int((np.diff(curve.segment) != 0).sum()),
        )  # fmt: skip
        if facts.nonfinite or facts.repeated or facts.restarts:
            found.append(facts)
    return tuple(found)
