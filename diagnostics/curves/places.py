"""Where findings, restarts and non-finite points stand on the axis that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.curves.axes import origin, positions
from diagnostics.types import Axis, Curve, Finding, Mark, Run, Severity, Split


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something to point at.

    Attributes
    ----------
    kind : str
        As in `Mark`.
    metric : str
    split : Split or None
    run : str
    number : int
        Place of the run in the selection.
    start, stop : float, float or None
        On the axis shown.
    value : float or None
        The curve's value at `start`, where it is finite.
    finding : int or None
        Position of the finding in the list that was given; None for what the log itself shows.
    severity : Severity
    """

    kind: str
    metric: str
    split: Split | None
    run: str
    number: int
    start: float
    stop: float | None = None
    value: float | None = None
    finding: int | None = None
    severity: Severity = Severity.INFO


def places(runs: Sequence[Run], findings: Sequence[Finding], axis: Axis) -> tuple[Place, ...]:
    """Places of all marks of the findings about these runs, then the restarts no finding speaks of.

    A mark that counts another axis than the one shown is carried over through the curve it was measured on; where
    that curve lacks the axis the mark is left out of the chart (its finding still says where).
    """
    found = [
        place
        for index, finding in enumerate(findings)
        for number, run in enumerate(runs)
        if _about(finding, run)
        for place in _of_marks(run, number, finding, index, axis)
    ]
    told = {place.number for place in found if place.kind == "restart"}
    for number, run in enumerate(runs):
        if number not in told:
            found.extend(_restarts(run, number, axis))
    return tuple(found)


def _about(finding: Finding, run: Run) -> bool:
    subject = finding.subject
    return subject.kind == "run" and (subject.key == run.digest if subject.key else subject.name == run.name)


def _of_marks(run: Run, number: int, finding: Finding, index: int, axis: Axis) -> Iterable[Place]:
    for mark in finding.marks:
        curve = run.curve(mark.metric, mark.split) or next((c for c in run.curves if c.metric == mark.metric), None)
        start = _carried(curve, run, mark.start, mark, axis)
        if start is None:
            continue
        stop = None if mark.stop is None else _carried(curve, run, mark.stop, mark, axis)
        yield Place(
            kind=mark.kind, metric=mark.metric, split=mark.split, run=run.name, number=number, start=start, stop=stop,
            value=_value(curve, run, start, axis), finding=index, severity=finding.severity,
        )  # fmt: skip


def _carried(curve: Curve | None, run: Run, at: float, mark: Mark, axis: Axis) -> float | None:
    if mark.axis is axis:
        return at - origin(run, axis)
    if curve is None:
        return None
    measured, shown = positions(curve, mark.axis), positions(curve, axis, origin=origin(run, axis))
    if measured is None or shown is None:
        return None
    both = np.isfinite(measured) & np.isfinite(shown)
    if not both.any():
        return None
    nearest = int(np.argmin(np.abs(np.where(both, measured, np.inf) - at)))
    return float(shown[nearest])


def _value(curve: Curve | None, run: Run, at: float, axis: Axis) -> float | None:
    x = None if curve is None else positions(curve, axis, origin=origin(run, axis))
    if curve is None or x is None:
        return None
    usable = np.isfinite(x) & np.isfinite(curve.value)
    if not usable.any():
        return None
    nearest = int(np.argmin(np.abs(np.where(usable, x, np.inf) - at)))
    return float(curve.value[nearest]) if np.isclose(x[nearest], at) else None


def _restarts(run: Run, number: int, axis: Axis) -> Iterable[Place]:
    seen: set[str] = set()
    for curve in run.curves:
        x = positions(curve, axis, origin=origin(run, axis))
        if x is None or curve.metric in seen:
            continue
        seen.add(curve.metric)
        for index in np.flatnonzero(np.diff(curve.segment) != 0) + 1:
            if np.isfinite(x[index]):
                yield Place(
                    kind="restart", metric=curve.metric, split=curve.split, run=run.name, number=number,
                    start=float(x[index]),
                )  # fmt: skip
