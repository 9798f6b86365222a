"""The lines of the curves chart: raw points, what is smoothed over them, bands, and what falls off the edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.curves.facets import Spread, Trace
from diagnostics.figures.drawing import Drawing
from diagnostics.figures.layout import Row
from diagnostics.figures.palette import dash, faded, line_colour
from diagnostics.figures.template import plain
from diagnostics.figures.ticks import duration
from diagnostics.types import Axis, FloatArray, IntArray, Split

POINTS_SEEN = 40
"""Up to so many points are drawn as points on their line, where there are few lines."""

SPLIT_ROWS = (Split.TRAIN, Split.VALIDATION, Split.TEST, None)

RAW_OPACITY = 0.28


def broken(x: FloatArray, y: FloatArray, segment: IntArray, *, log: bool = False) -> tuple[FloatArray, FloatArray]:
    """Line that is interrupted at every restart and at every value that has no place on the axis."""
    y = np.where(np.isfinite(y) & ((y > 0) | (not log)), y, np.nan)
    cuts = np.flatnonzero(np.diff(segment) != 0) + 1
    return np.insert(x, cuts, np.nan), np.insert(y, cuts, np.nan)


def trace_lines(trace: Trace, row: Row, drawing: Drawing, *, faint: bool) -> list[dict[str, Any]]:
    """Plotly traces of one curve: the raw points, faint under the smoothed line where there is one."""
    name = drawing.hover_name(trace, row.facet)
    dotted = drawing.labelled and len(trace.x) <= POINTS_SEEN
    colour = line_colour(trace.split, trace.number, drawing.theme)
    smoothed = trace.smooth is not None
    look: dict[str, Any] = {
        "colour": colour, "dotted": dotted, "log": drawing.log(row), "timed": drawing.view.axis is Axis.WALL_TIME,
    }  # fmt: skip
    shown = [_line(trace, trace.value, row, name, raw=smoothed or faint, **look)]
    if trace.smooth is not None:
        over = f"{name} ({drawing.words.smoothed})"
        shown.append(_line(trace, trace.smooth, row, over, raw=faint, **look))
    lonely = _lonely(trace)
    if lonely.any() and not dotted:
        points = {"x": trace.x[lonely], "y": trace.value[lonely], "marker": {"color": colour, "size": 4}}
        shown.append(_base(trace, row, name) | points | {"mode": "markers"})
    return shown


def edge_points(trace: Trace, row: Row, drawing: Drawing) -> Iterable[dict[str, Any]]:
    """Marks on the frame for what the axis cannot show: NaN, infinity, and points that were cut off."""
    name = drawing.hover_name(trace, row.facet)
    colour = line_colour(trace.split, trace.number, drawing.theme)
    for kind, where, symbol, at in _off_axis(trace, row, log=drawing.log(row)):
        if where.any():
            yield _base(trace, row, name) | {
                "x": trace.x[where], "y": np.full(int(where.sum()), at), "yaxis": row.edge, "mode": "markers",
                "marker": {"symbol": symbol, "size": 8, "color": colour, "line": {"color": colour, "width": 2}},
                "text": [_spelled(value) for value in trace.value[where]],
                "hovertemplate": f"{name}: %{{text}}<extra></extra>",
                "meta": {"run": trace.run, "edge": kind}, "cliponaxis": False,
            }  # fmt: skip


def _off_axis(trace: Trace, row: Row, *, log: bool) -> list[tuple[str, NDArray[np.bool_], str, float]]:
    """Kinds of points without a place on the axis: mask, symbol, and height on the frame."""
    limits, value = row.facet.range, trace.value
    low, high = (limits.low, limits.high) if limits else (-np.inf, np.inf)
    finite = np.isfinite(value)
    # One row a split, so that two splits that fail together do not hide each other.
    step = 0.045 * SPLIT_ROWS.index(trace.split)
    unshown = finite & (value <= 0) if log else np.zeros(len(value), dtype=bool)
    return [
        ("nan", np.isnan(value), "x-thin", 0.03 + step),
        ("above", (finite & (value > high)) | np.isposinf(value), "triangle-up", 0.97 - step),
        ("below", (finite & (value < low) & ~unshown) | np.isneginf(value), "triangle-down", 0.03 + step),
        ("unshown", unshown, "triangle-down-open", 0.03 + step),
    ]


def band_lines(spread: Spread, row: Row, drawing: Drawing) -> list[dict[str, Any]]:
    """Mean of a group, and one standard deviation on either side as an area."""
    colour = line_colour(spread.split, spread.number, drawing.theme)
    band, words = spread.band, drawing.words
    parts = (plain(spread.group), words.splits.get(spread.split, ""), words.mean.format(n=int(band.count.max())))
    name = " · ".join(part for part in parts if part)
    common = {"type": "scatter", "yaxis": row.name, "xaxis": "x", "showlegend": False, "mode": "lines",
              "meta": {"run": "", "band": spread.group}}  # fmt: skip
    area = common | {
        "x": np.concatenate([band.x, band.x[::-1]]), "y": np.concatenate([band.high, band.low[::-1]]),
        "fill": "toself", "fillcolor": faded(colour, 0.16), "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip
    line = common | {
        "x": band.x, "y": band.mean, "name": name, "line": {"color": colour, "width": 2.6},
        "customdata": np.stack([band.low, band.high, band.count], axis=1),
        "hovertemplate": (
            f"{name}: %{{y:.5g}} (%{{customdata[0]:.5g}} – %{{customdata[1]:.5g}}, n = %{{customdata[2]}})"
            "<extra></extra>"
        ),
    }  # fmt: skip
    return [area, line]


def _line(
    trace: Trace, y: FloatArray, row: Row, name: str, *, raw: bool, dotted: bool, colour: str, log: bool, timed: bool
) -> dict[str, Any]:
    x, y = broken(trace.x, y, trace.segment, log=log)
    return _base(trace, row, name) | (_times(x, name) if timed else {}) | {
        "x": x, "y": y, "mode": "lines+markers" if dotted else "lines", "opacity": RAW_OPACITY if raw else 1.0,
        "line": {"color": colour, "width": 1.2 if raw else 1.9, "dash": dash(trace.number)},
        "marker": {"size": 4, "color": colour},
    }  # fmt: skip


def _times(x: FloatArray, name: str) -> dict[str, Any]:
    """Hover with the time in hours and minutes; plotly itself would say seconds."""
    return {
        "text": [duration(second) for second in x],
        "hovertemplate": f"{name}: %{{y:.6g}} · %{{text}}<extra></extra>",
    }


def _base(trace: Trace, row: Row, name: str) -> dict[str, Any]:
    return {
        "type": "scatter", "xaxis": "x", "yaxis": row.name, "name": name, "showlegend": False, "connectgaps": False,
        "meta": {"run": trace.run}, "hovertemplate": f"{name}: %{{y:.6g}}<extra></extra>",
    }  # fmt: skip


def _lonely(trace: Trace) -> NDArray[np.bool_]:
    """Finite points without a finite neighbour in their segment; a line alone would not show them."""
    finite = np.isfinite(trace.value)
    joined = finite[:-1] & finite[1:] & (np.diff(trace.segment) == 0)
    lonely = finite.copy()
    lonely[:-1] &= ~joined
    lonely[1:] &= ~joined
    return lonely


def _spelled(value: float) -> str:
    if np.isnan(value):
        return "NaN"
    return f"{value:.6g}" if np.isfinite(value) else ("∞" if value > 0 else "−∞")
