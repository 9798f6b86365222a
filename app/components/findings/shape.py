"""The small drawing of a finding: the curves it speaks of and the place where it happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app import state
from app.components import sparkline
from app.components.text import plain
from app.i18n import _
from diagnostics.curves.resampling import keep
from diagnostics.types import Axis, Curve, Finding, Mark, Role, Run, Split

POINTS = 160
_SHOWN = (Split.TRAIN, Split.VALIDATION)


def drawing(run: Run, finding: Finding | None = None) -> tuple[str, str]:
    """Return an SVG ("" where there is nothing to draw) and its text alternative.

    Parameters
    ----------
    run : Run
    finding : Finding or None
        Its first mark chooses metric and axis; without one the losses of the run are drawn.
    """
    mark = _first_mark(finding)
    curves = _curves(run, mark)
    if not curves:
        return "", ""
    axis = mark.axis if mark else curves[0].axis
    lines = [line for curve in curves if (line := _line(curve, axis)) is not None]
    start, stop = (mark.start, mark.stop) if mark else (None, None)
    picture = sparkline.svg(lines, mark=start, until=stop, mode=state.theme())
    return picture, _alternative(curves, mark)


def legend(run: Run, finding: Finding | None = None) -> str:
    """Return which colour is what, in words."""
    curves = _curves(run, _first_mark(finding))
    names = {
        Split.TRAIN: _("blue: training"),
        Split.VALIDATION: _("orange: validation"),
        Split.TEST: _("green: test"),
        None: _("grey: no split"),
    }
    return ", ".join(names[curve.split] for curve in curves)


def _first_mark(finding: Finding | None) -> Mark | None:
    marks = finding.marks if finding else ()
    order = ("turning_point", "nonfinite", "best", "spike", "restart", "plateau", "gap", "region")
    return min(marks, key=lambda mark: order.index(mark.kind) if mark.kind in order else len(order), default=None)


def _curves(run: Run, mark: Mark | None) -> list[Curve]:
    metric = mark.metric if mark else ""
    found = [c for split in _SHOWN if (c := run.curve(metric, split)) is not None and len(c)]
    if not found:
        found = [c for split in _SHOWN for c in run.pick(role=Role.LOSS, split=split)[:1] if len(c)]
    if not found:
        found = [c for role in (Role.LOSS, Role.REWARD, Role.METRIC) for c in run.pick(role=role)[:1] if len(c)][:1]
    return found


def _line(curve: Curve, axis: Axis) -> sparkline.Line | None:
    x = curve.along(axis)
    if x is None:
        return None
    index = keep(np.where(np.isfinite(x), x, 0.0), curve.value, limit=POINTS, segment=curve.segment)
    xs: list[float] = []
    ys: list[float | None] = []
    previous = None
    for i in index:
        if previous is not None and curve.segment[i] != previous:  # restarts are never joined
            xs.append(float(x[i]))
            ys.append(None)
        previous = curve.segment[i]
        xs.append(float(x[i]))
        ys.append(float(curve.value[i]))
    return sparkline.Line(split=str(curve.split or ""), x=xs, y=ys)


def _alternative(curves: Sequence[Curve], mark: Mark | None) -> str:
    names = ", ".join(plain(curve.source) for curve in curves)
    return (
        _("Shape of {names}, with the place of the finding").format(names=names)
        if mark
        else _("Shape of {names}").format(names=names)
    )
