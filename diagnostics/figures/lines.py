"""The lines of the curves chart: raw points, what is smoothed over them, bands, and what falls off the edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from diagnostics.curves.facets import Facet, Spread, Trace
from diagnostics.figures.layout import Row
from diagnostics.figures.palette import Theme, dash, faded, line_colour
from diagnostics.figures.template import plain
from diagnostics.figures.words import CurveWords
from diagnostics.types import FloatArray, IntArray

POINTS_SEEN = 40
"""Up to so many points are drawn as points on their line."""

RAW_OPACITY = 0.28


def series_name(trace: Trace, words: CurveWords, *, several: bool) -> str:
    """Name of a line: the split, and the run where there are several."""
    split = words.splits.get(trace.split, "")
    return " · ".join(part for part in ((plain(trace.run) if several else ""), split) if part) or plain(trace.source)


def broken(x: FloatArray, y: FloatArray, segment: IntArray) -> tuple[FloatArray, FloatArray]:
    """Line that is interrupted at every restart and at every value that is not finite."""
    y = np.where(np.isfinite(y), y, np.nan)
    cuts = np.flatnonzero(np.diff(segment) != 0) + 1
    return np.insert(x, cuts, np.nan), np.insert(y, cuts, np.nan)


def trace_lines(trace: Trace, row: Row, words: CurveWords, theme: Theme, *, name: str, faint: bool) -> list[dict]:  # type: ignore[type-arg]
    """Plotly traces of one curve: the raw points, faint under the smoothed line where there is one."""
    colour = line_colour(trace.split, trace.number, theme)
    smoothed = trace.smooth is not None
    shown = [_line(trace, trace.value, row, colour, name, raw=smoothed or faint)]
    if smoothed and trace.smooth is not None:
        shown.append(_line(trace, trace.smooth, row, colour, f"{name} ({words.smoothed})", raw=faint))
    lonely = _lonely(trace)
    if lonely.any() and len(trace.x) > POINTS_SEEN:
        points = {"x": trace.x[lonely], "y": trace.value[lonely], "marker": {"color": colour, "size": 4}}
        shown.append(_base(trace, row, name) | points | {"mode": "markers"})
    return shown


def edge_points(trace: Trace, row: Row, theme: Theme, *, name: str, log: bool) -> Iterable[dict[str, Any]]:
    """Marks on the frame for what the axis cannot show: NaN, infinity, and points that were cut off."""
    limits = row.facet.range
    finite = np.isfinite(trace.value)
    low, high = (limits.low, limits.high) if limits else (-np.inf, np.inf)
    kinds = {
        "nan": (np.isnan(trace.value), "x-thin", 0.03),
        "above": ((finite & (trace.value > high)) | np.isposinf(trace.value), "triangle-up", 0.97),
        "below": ((finite & (trace.value < low) & ~(log & (trace.value <= 0))) | np.isneginf(trace.value),
                  "triangle-down", 0.03),
        "unshown": (finite & (trace.value <= 0) & log, "triangle-down-open", 0.03),
    }  # fmt: skip
    colour = line_colour(trace.split, trace.number, theme)
    for kind, (where, symbol, at) in kinds.items():
        if where.any():
            yield _base(trace, row, name) | {
                "x": trace.x[where], "y": np.full(int(where.sum()), at), "yaxis": row.edge, "mode": "markers",
                "marker": {"symbol": symbol, "size": 8, "color": colour, "line": {"color": colour, "width": 2}},
                "text": [_spelled(value) for value in trace.value[where]],
                "hovertemplate": f"{name}: %{{text}}<extra></extra>",
                "meta": {"run": trace.run, "edge": kind}, "cliponaxis": False,
            }  # fmt: skip


def band_lines(spread: Spread, row: Row, words: CurveWords, theme: Theme) -> list[dict[str, Any]]:
    """Mean of a group, and one standard deviation on either side as an area."""
    colour = line_colour(spread.split, spread.number, theme)
    band = spread.band
    split = words.splits.get(spread.split, "")
    name = f"{plain(spread.group)} · {split} · {words.mean.format(n=int(band.count.max()))}"
    common = {"type": "scatter", "yaxis": row.name, "xaxis": "x", "legendgroup": f"group:{spread.group}"}
    area = common | {
        "x": np.concatenate([band.x, band.x[::-1]]), "y": np.concatenate([band.high, band.low[::-1]]),
        "fill": "toself", "fillcolor": faded(colour, 0.16), "line": {"width": 0}, "mode": "lines",
        "hoverinfo": "skip", "showlegend": False, "meta": {"run": "", "band": spread.group},
    }  # fmt: skip
    line = common | {
        "x": band.x, "y": band.mean, "mode": "lines", "name": name, "showlegend": False,
        "line": {"color": colour, "width": 2.6}, "customdata": np.stack([band.low, band.high, band.count], axis=1),
        "hovertemplate": (
            f"{name}: %{{y:.5g}} (%{{customdata[0]:.5g}} – %{{customdata[1]:.5g}}, n = %{{customdata[2]}})"
            "<extra></extra>"
        ),
        "meta": {"run": "", "band": spread.group},
    }  # fmt: skip
    return [area, line]


def keys(facets: Iterable[Facet], words: CurveWords, theme: Theme) -> list[dict[str, Any]]:
    """Legend entries without data, one a line style in use, for charts with too many lines to label."""
    seen: dict[tuple[int, object], Trace] = {}
    for facet in facets:
        for trace in facet.traces:
            seen.setdefault((trace.number, trace.split), trace)
    return [
        {
            "type": "scatter", "x": [None], "y": [None], "mode": "lines", "legendgroup": f"run:{trace.number}",
            "name": series_name(trace, words, several=True), "meta": {"run": trace.run, "key": True},
            "line": {"color": line_colour(trace.split, trace.number, theme), "dash": dash(trace.number), "width": 2},
        }
        for trace in seen.values()
    ]  # fmt: skip


def _line(trace: Trace, y: FloatArray, row: Row, colour: str, name: str, *, raw: bool) -> dict[str, Any]:
    x, y = broken(trace.x, y, trace.segment)
    few = len(trace.x) <= POINTS_SEEN
    return _base(trace, row, name) | {
        "x": x, "y": y, "mode": "lines+markers" if few else "lines", "opacity": RAW_OPACITY if raw else 1.0,
        "line": {"color": colour, "width": 1.2 if raw else 1.9, "dash": dash(trace.number)},
        "marker": {"size": 4, "color": colour},
    }  # fmt: skip


def _base(trace: Trace, row: Row, name: str) -> dict[str, Any]:
    return {
        "type": "scatter", "xaxis": "x", "yaxis": row.name, "name": name, "showlegend": False, "connectgaps": False,
        "legendgroup": f"run:{trace.number}", "meta": {"run": trace.run},
        "hovertemplate": f"{name}: %{{y:.6g}}<extra></extra>",
    }  # fmt: skip


def _lonely(trace: Trace) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
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
