"""What the curves page draws: runs and wishes in, one facet a metric out, ready to be painted.

Nothing here knows a colour or a chart library, so a notebook or a report can ask for the same facets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnostics.curves.axes import inside, origin, positions
from diagnostics.curves.gaps import gap
from diagnostics.curves.groups import Band, band
from diagnostics.curves.ranges import Range, fit
from diagnostics.curves.resampling import LIMIT, keep
from diagnostics.curves.smoothing import trailing
from diagnostics.types import Axis, Curve, FloatArray, IntArray, Role, Run, Setting, Split

BUDGET = 48_000
"""Points of all lines together, smoothed ones too; beyond it each curve gets less, down to `FLOOR`."""

FLOOR = 500
"""Points a curve keeps however many curves there are: a bin every three pixels."""


@dataclass(frozen=True, kw_only=True)
class View:
    """What the reader wants to see.

    Attributes
    ----------
    axis : Axis
    metrics : tuple of str
        One facet each, in this order.
    splits : tuple of Split
        Curves without a split are always shown.
    smoothing : float
        Weight of the past, 0 to below 1.
    log_x, log_y : bool
    window : (float, float) or None
        Stretch of the horizontal axis that is on the screen.
    clip : bool
        Whether far points may fall off the vertical axis (they are counted and marked).
    grouped : bool
        Draw the mean and the spread of the runs that share a group.
    gaps : bool
        Add the gap between training and validation below each metric that has both.
    limit : int
        Points of one curve.
    """

    axis: Axis
    metrics: tuple[str, ...]
    splits: tuple[Split, ...] = tuple(Split)
    smoothing: float = 0.0
    log_x: bool = False
    log_y: bool = False
    window: tuple[float, float] | None = None
    clip: bool = True
    grouped: bool = False
    gaps: bool = False
    limit: int = LIMIT


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """The points of one curve that are drawn.

    Attributes
    ----------
    run, group : str
    number : int
        Place of the run in the selection; style follows it.
    split : Split or None
    x, value, smooth : ndarray of float, shape (n,)
        `smooth` is None where no smoothing was asked for.
    segment : ndarray of int, shape (n,)
    total : int
        Points in the window before any were left out.
    source, unit : str
    """

    run: str
    group: str
    number: int
    split: Split | None
    x: FloatArray
    value: FloatArray
    smooth: FloatArray | None
    segment: IntArray
    total: int
    source: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """Mean and band of the runs of one group on one split."""

    group: str
    number: int
    split: Split | None
    band: Band


@dataclass(frozen=True, kw_only=True, eq=False)
class Facet:
    """One metric, drawn over all runs.

    Attributes
    ----------
    metric : str
    kind : str
        "values" or "gap".
    role : Role
    unit : str
    greater_is_better : bool or None
    traces : tuple of Trace
    spreads : tuple of Spread
    range : Range or None
    without_axis : tuple of str
        Runs that log this metric but not the axis that was asked for.
    """

    metric: str
    kind: str
    role: Role
    unit: str
    greater_is_better: bool | None
    traces: tuple[Trace, ...]
    spreads: tuple[Spread, ...] = ()
    range: Range | None = None
    without_axis: tuple[str, ...] = field(default=())

    @property
    def points(self) -> int:
        """Points drawn."""
        return sum(len(trace.x) for trace in self.traces)


def facets(runs: Sequence[Run], view: View) -> tuple[Facet, ...]:
    """Facets for the metrics of a view, each followed by its gap where the view asks for gaps."""
    limit = _limit_each(runs, view)
    found = []
    for metric in view.metrics:
        values = _values(runs, metric, view, limit)
        if values is not None:
            found.append(values)
            if view.gaps and (gaps := _gaps(runs, values, view, limit)) is not None:
                found.append(gaps)
    return tuple(found)


def ends(trace: Trace) -> tuple[float, float] | None:
    """First and last finite value of a trace, the smoothed one where there is one; None where nothing is finite."""
    shown = trace.value if trace.smooth is None else trace.smooth
    finite = shown[np.isfinite(shown)]
    return (float(finite[0]), float(finite[-1])) if len(finite) else None


def _limit_each(runs: Sequence[Run], view: View) -> int:
    count = sum(len(_wanted(run, metric, view)) for run in runs for metric in view.metrics)
    lines = count * (2 if view.smoothing else 1)
    return max(min(view.limit, BUDGET // max(lines, 1)), min(FLOOR, view.limit))


def _wanted(run: Run, metric: str, view: View) -> tuple[Curve, ...]:
    return tuple(c for c in run.curves if c.metric == metric and (c.split is None or c.split in view.splits))


def _values(runs: Sequence[Run], metric: str, view: View, limit: int) -> Facet | None:
    traces, missing, curves = [], [], []
    for number, run in enumerate(runs):
        for curve in _wanted(run, metric, view):
            curves.append(curve)
            x = positions(curve, view.axis, origin=origin(run, view.axis))
            if x is None:
                missing.append(run.name)
                continue
            smooth = trailing(curve.value, view.smoothing, curve.segment) if view.smoothing else None
            drawn = _drawn(x, curve.value, smooth, curve.segment, view, limit)
            traces.append(_trace(run, number, curve.split, drawn, curve))
    if not curves:
        return None
    return Facet(
        metric=metric, kind="values", role=curves[0].role, unit=_shared_unit(curves),
        greater_is_better=curves[0].greater_is_better, traces=tuple(traces), spreads=_spreads(runs, metric, view),
        range=fit([trace.value for trace in traces], log=view.log_y, clip=view.clip),
        without_axis=tuple(dict.fromkeys(missing)),
    )  # fmt: skip


_Drawn = tuple[FloatArray, FloatArray, FloatArray | None, IntArray, int]


def _drawn(
    x: FloatArray, value: FloatArray, smooth: FloatArray | None, segment: IntArray, view: View, limit: int
) -> _Drawn:
    """The points inside the window, thinned to the limit."""
    shown = np.isfinite(x) & (x > 0) if view.log_x else np.isfinite(x)
    index = np.flatnonzero(shown)
    if view.window is not None:
        index = index[inside(x[index], *view.window)]
    total = len(index)
    if total:
        place = np.log10(x[index]) if view.log_x else x[index]
        index = index[keep(place, value[index], limit=limit, segment=segment[index])]
    return x[index], value[index], None if smooth is None else smooth[index], segment[index], total


def _trace(run: Run, number: int, split: Split | None, drawn: _Drawn, curve: Curve) -> Trace:
    x, value, smooth, segment, total = drawn
    return Trace(
        run=run.name, group=run.group, number=number, split=split, x=x, value=value, smooth=smooth, segment=segment,
        total=total, source=curve.source, unit=curve.unit,
    )  # fmt: skip


def _spreads(runs: Sequence[Run], metric: str, view: View) -> tuple[Spread, ...]:
    if not view.grouped:
        return ()
    members: dict[tuple[str, Split | None], list[tuple[FloatArray, FloatArray]]] = {}
    numbers: dict[str, int] = {}
    for number, run in enumerate(runs):
        numbers.setdefault(run.group, number)
        for curve in _wanted(run, metric, view):
            x = positions(curve, view.axis, origin=origin(run, view.axis))
            if run.group and x is not None:
                value = trailing(curve.value, view.smoothing, curve.segment)
                members.setdefault((run.group, curve.split), []).append((x, value))
    bands = {key: band(series) for key, series in members.items()}
    return tuple(
        Spread(group=group, number=numbers[group], split=split, band=_thinned(found, view))
        for (group, split), found in bands.items()
        if found is not None
    )


def _thinned(found: Band, view: View) -> Band:
    """The part of a band that is on the screen."""
    shown = found.x > 0 if view.log_x else np.ones(len(found.x), dtype=bool)
    index = np.flatnonzero(shown)
    if view.window is not None:
        index = index[inside(found.x[index], *view.window)]
    place = np.log10(found.x[index]) if view.log_x else found.x[index]
    index = index[keep(place, found.mean[index], limit=view.limit)] if len(index) else index
    return Band(
        x=found.x[index], mean=found.mean[index], low=found.low[index], high=found.high[index], count=found.count[index]
    )


def _gaps(runs: Sequence[Run], values: Facet, view: View, limit: int) -> Facet | None:
    traces = []
    directed = True
    for number, run in enumerate(runs):
        train, validation = run.curve(values.metric, Split.TRAIN), run.curve(values.metric, Split.VALIDATION)
        if train is None or validation is None:
            continue
        shift = run.setting is not Setting.BOOSTING
        found = gap(train, validation, view.axis, origin=origin(run, view.axis), shift=shift)
        if found is None:
            continue
        directed = directed and found.worse_is_up
        smooth = trailing(found.value, view.smoothing, found.segment) if view.smoothing else None
        drawn = _drawn(found.x, found.value, smooth, found.segment, view, limit)
        traces.append(_trace(run, number, Split.VALIDATION, drawn, validation))
    if not traces:
        return None
    return Facet(
        metric=values.metric, kind="gap", role=values.role, unit=values.unit,
        greater_is_better=False if directed else None, traces=tuple(traces),
        range=fit([np.append(trace.value, 0.0) for trace in traces], clip=view.clip),
    )  # fmt: skip


def _shared_unit(curves: Sequence[Curve]) -> str:
    units = {curve.unit for curve in curves}
    return units.pop() if len(units) == 1 else ""
