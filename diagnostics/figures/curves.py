"""The curves chart: one facet a metric over one shared horizontal axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from diagnostics.curves.facets import Facet, View, ends
from diagnostics.curves.places import Place
from diagnostics.figures.layout import BOTTOM, TOP, Row, rows, total_height
from diagnostics.figures.lines import band_lines, edge_points, keys, series_name, trace_lines
from diagnostics.figures.marks import QUIET, end_labels, mark_labels, mark_rings, mark_shapes, stagger
from diagnostics.figures.palette import Theme, line_colour, palette
from diagnostics.figures.template import plain, shorten, template
from diagnostics.figures.ticks import time_ticks
from diagnostics.figures.words import CurveWords
from diagnostics.types import Axis

LABELLED = 6
"""Up to so many lines in a facet are named at their end; more get a legend."""

UNIFIED = 8
"""Up to so many lines one hover shows all values at a place."""

NAME = 26


def curves(
    facets: Sequence[Facet], places: Sequence[Place], view: View, words: CurveWords, theme: Theme = "light"
) -> go.Figure:
    """Draw the facets.

    Parameters
    ----------
    facets : sequence of Facet
        At least one.
    places : sequence of Place
        What findings and restarts point at.
    view : View
        What the facets were made for.
    words : CurveWords
    theme : {"light", "dark"}
    """
    placed = rows(facets)
    several = len({trace.number for facet in facets for trace in facet.traces}) > 1
    most = max((len(facet.traces) for facet in facets), default=0)
    labelled = most <= LABELLED
    span = _span(facets, view)
    quiet = len({(place.finding, place.run) for place in places}) > QUIET
    data: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row in placed:
        data += _facet_data(row, () if quiet else places, view, words, theme, several=several)
        shapes += mark_shapes(places, row, theme, quiet=quiet)
        notes += [_title(row, words, theme)]
        notes += stagger(mark_labels(places, row, words, theme), span) if span and not quiet else []
        if labelled:
            notes += end_labels(_ends(row, words, theme, several=several), row, log=_log(row, view))
    if not labelled:
        data += keys(facets, words, theme)
    layout = _layout(placed, view, words, theme, span, labelled=labelled, several=several, most=most)
    layout |= {"shapes": shapes, "annotations": notes}
    return go.Figure({"data": data, "layout": layout})


def _facet_data(
    row: Row, places: Sequence[Place], view: View, words: CurveWords, theme: Theme, *, several: bool
) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = []
    banded = {(spread.group, spread.split) for spread in row.facet.spreads}
    for spread in row.facet.spreads:
        data += band_lines(spread, row, words, theme)
    for trace in row.facet.traces:
        name = series_name(trace, words, several=several)
        data += trace_lines(trace, row, words, theme, name=name, faint=(trace.group, trace.split) in banded)
        data += edge_points(trace, row, theme, name=name, log=_log(row, view))
    return data + mark_rings(places, row, words, theme)


def _ends(row: Row, words: CurveWords, theme: Theme, *, several: bool) -> list[tuple[str, str, float]]:
    found = []
    for trace in row.facet.traces:
        if values := ends(trace):
            name = shorten(series_name(trace, words, several=several), NAME)
            found.append((name, line_colour(trace.split, trace.number, theme), values[1]))
    return found


def _title(row: Row, words: CurveWords, theme: Theme) -> dict[str, Any]:
    key = (row.facet.metric, row.facet.kind)
    title = f"<b>{plain(words.titles.get(key, row.facet.metric))}</b>"
    if hint := words.hints.get(key):
        title += f"  <span style='color:{palette(theme).muted};font-size:12px'>{plain(hint)}</span>"
    return {
        "name": "title", "text": title, "x": 0, "xref": "paper", "xanchor": "left", "y": row.top, "yref": "paper",
        "yanchor": "bottom", "yshift": 6, "showarrow": False, "align": "left",
    }  # fmt: skip


def _layout(
    placed: Sequence[Row], view: View, words: CurveWords, theme: Theme, span: tuple[float, float] | None, *,
    labelled: bool, several: bool, most: int,
) -> dict[str, Any]:  # fmt: skip
    names = [len(label) for row in placed for label, *_ in _ends(row, words, theme, several=several)]
    right = 14 + (7 * max(names, default=0) if labelled else 0)
    layout: dict[str, Any] = {
        "template": template(theme), "height": total_height(placed), "separators": words.separators,
        "margin": {"l": 8, "r": right, "t": TOP, "b": BOTTOM}, "showlegend": not labelled,
        "hovermode": "x unified" if most <= UNIFIED else "closest", "hoversubplots": "axis", "uirevision": "curves",
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0, "yref": "paper"},
    }  # fmt: skip
    axis: dict[str, Any] = {"title": {"text": words.axis}, "anchor": placed[-1].name, "domain": [0, 1]}
    if view.log_x:
        axis |= {"type": "log", "dtick": 1}
    if span and view.axis is Axis.WALL_TIME and not view.log_x:
        axis |= time_ticks(*span)
    if span:
        axis["range"] = [float(np.log10(edge)) for edge in span] if view.log_x else list(span)
    layout["xaxis"] = axis
    for row in placed:
        layout[row.key] = _value_axis(row, view)
        layout[row.edge_key] = {
            "overlaying": row.name, "range": [0, 1], "visible": False, "fixedrange": True, "anchor": "x",
        }  # fmt: skip
    if not labelled:
        layout["margin"]["b"] = BOTTOM + 30
    return layout


def _value_axis(row: Row, view: View) -> dict[str, Any]:
    axis: dict[str, Any] = {"domain": [row.bottom, row.top], "anchor": "x", "nticks": max(4, row.height // 36)}
    unit = row.facet.unit
    if unit == "percent":
        axis["ticksuffix"] = " %"
    elif unit and unit != "fraction":
        axis["title"] = {"text": plain(unit)}
    log = _log(row, view)
    if log:
        axis |= {"type": "log", "exponentformat": "power"}
    elif row.facet.kind == "gap":
        axis |= {"zeroline": True, "zerolinewidth": 1}
    limits = row.facet.range
    if limits is not None:
        axis["range"] = (
            [float(np.log10(limits.low)), float(np.log10(limits.high))] if log else [limits.low, limits.high]
        )
    return axis


def _log(row: Row, view: View) -> bool:
    """Gaps cross zero, so they always keep a linear axis."""
    return view.log_y and row.facet.kind != "gap"


def _span(facets: Sequence[Facet], view: View) -> tuple[float, float] | None:
    """What the horizontal axis shows: the window, else all points with a little room."""
    if view.window is not None:
        return view.window
    ends = [(float(t.x.min()), float(t.x.max())) for facet in facets for t in facet.traces if len(t.x)]
    if not ends:
        return None
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    if view.log_x:
        return low * 0.95, high * 1.05
    room = 0.01 * (high - low) or 0.5
    return low - room, high + room
