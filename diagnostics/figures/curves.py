"""The curves chart: one facet a metric over one shared horizontal axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from diagnostics.curves.facets import Facet, View, ends
from diagnostics.curves.places import Place
from diagnostics.figures.drawing import UNIFIED, Drawing
from diagnostics.figures.layout import BOTTOM, TOP, Row, rows, total_height
from diagnostics.figures.legend import key_traces
from diagnostics.figures.lines import band_lines, edge_points, trace_lines
from diagnostics.figures.marks import end_labels, mark_labels, mark_rings, mark_shapes, stagger
from diagnostics.figures.palette import Theme, line_colour, palette
from diagnostics.figures.template import plain, template
from diagnostics.figures.ticks import time_ticks
from diagnostics.figures.words import CurveWords
from diagnostics.types import Axis

LOG = {"type": "log", "dtick": 1, "tickfont": {"size": 10}}
"""Plotly draws powers of ten a quarter larger than the size that is asked for."""


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

    Returns
    -------
    Figure
        Its legend is hidden: `legend.key` says the same for a legend outside.
    """
    drawing = Drawing(facets=facets, places=places, view=view, words=words, theme=theme)
    placed = rows(facets)
    span = _span(drawing)
    data: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for row in placed:
        data += _facet_data(row, drawing)
        shapes += mark_shapes(row, drawing)
        notes += [_title(row, drawing)]
        if span:
            notes += stagger(mark_labels(row, drawing), _exponents(span) if view.log_x else span)
        notes += end_labels(_ends(row, drawing), row, log=drawing.log(row)) if drawing.labelled else []
    data += key_traces(facets, words, theme)
    layout = _layout(placed, drawing, span) | {"shapes": shapes, "annotations": notes}
    return go.Figure({"data": data, "layout": layout})


def _facet_data(row: Row, drawing: Drawing) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = []
    banded = {(spread.group, spread.split) for spread in row.facet.spreads}
    for spread in row.facet.spreads:
        data += band_lines(spread, row, drawing)
    for trace in row.facet.traces:
        data += trace_lines(trace, row, drawing, faint=(trace.group, trace.split) in banded)
        data += edge_points(trace, row, drawing)
    return data + mark_rings(row, drawing)


def _ends(row: Row, drawing: Drawing) -> list[tuple[str, str, float]]:
    found = []
    for trace in row.facet.traces:
        name = drawing.line_name(trace, row.facet)
        if name and (values := ends(trace)):
            found.append((name, line_colour(trace.split, trace.number, drawing.theme), values[1]))
    return found


def _title(row: Row, drawing: Drawing) -> dict[str, Any]:
    title = f"<b>{drawing.title(row.facet)}</b>"
    if hint := drawing.words.hints.get((row.facet.metric, row.facet.kind)):
        title += f"  <span style='color:{palette(drawing.theme).muted};font-size:12px'>{plain(hint)}</span>"
    return {
        "name": "title", "text": title, "x": 0, "xref": "paper", "xanchor": "left", "y": row.top, "yref": "paper",
        "yanchor": "bottom", "yshift": 6, "showarrow": False, "align": "left",
    }  # fmt: skip


def _layout(placed: Sequence[Row], drawing: Drawing, span: tuple[float, float] | None) -> dict[str, Any]:
    names = [len(label) for row in placed for label, *_ in _ends(row, drawing)] if drawing.labelled else []
    layout: dict[str, Any] = {
        "template": template(drawing.theme), "height": total_height(placed), "uirevision": "curves",
        "separators": drawing.words.separators, "showlegend": False, "hoversubplots": "axis",
        "margin": {"l": 8, "r": 14 + 7 * max(names, default=0), "t": TOP, "b": BOTTOM},
        "hovermode": "x unified" if drawing.most <= UNIFIED else "closest", "xaxis": _axis(placed[-1], drawing, span),
    }  # fmt: skip
    for row in placed:
        layout[row.key] = _value_axis(row, drawing)
        layout[row.edge_key] = {
            "overlaying": row.name, "range": [0, 1], "visible": False, "fixedrange": True, "anchor": "x",
        }  # fmt: skip
    return layout


def _axis(last: Row, drawing: Drawing, span: tuple[float, float] | None) -> dict[str, Any]:
    view, words = drawing.view, drawing.words
    axis: dict[str, Any] = {
        "title": {"text": words.axis}, "anchor": last.name, "domain": [0, 1], "showspikes": True, "spikethickness": 1,
        "spikecolor": palette(drawing.theme).muted, "spikedash": "dot", "spikemode": "across", "spikesnap": "data",
        "unifiedhovertitle": {"text": words.axis if view.axis is Axis.WALL_TIME else f"{words.axis} %{{x:.6~g}}"},
    }  # fmt: skip
    if view.log_x:
        axis |= LOG
    elif span and view.axis is Axis.WALL_TIME:
        axis |= time_ticks(*span)
    if span:
        axis["range"] = list(_exponents(span) if view.log_x else span)
    return axis


def _value_axis(row: Row, drawing: Drawing) -> dict[str, Any]:
    axis: dict[str, Any] = {"domain": [row.bottom, row.top], "anchor": "x", "nticks": max(4, row.height // 36)}
    unit = row.facet.unit
    if unit == "percent":
        axis["ticksuffix"] = " %"
    elif unit and unit != "fraction":
        axis["title"] = {"text": plain(unit)}
    log = drawing.log(row)
    if log:
        axis |= LOG
    elif row.facet.kind == "gap":
        axis |= {"zeroline": True, "zerolinewidth": 1, "zerolinecolor": palette(drawing.theme).muted}
    limits = row.facet.range
    if limits is not None:
        edges = (limits.low, limits.high)
        axis["range"] = list(_exponents(edges) if log else edges)
        if log and limits.high < 30 * limits.low:
            axis |= {"dtick": "D2"}
    return axis


def _exponents(span: tuple[float, float]) -> tuple[float, float]:
    return float(np.log10(span[0])), float(np.log10(span[1]))


def _span(drawing: Drawing) -> tuple[float, float] | None:
    """What the horizontal axis shows: the window, else all points with a little room."""
    if drawing.view.window is not None:
        return drawing.view.window
    reach = [(float(t.x.min()), float(t.x.max())) for facet in drawing.facets for t in facet.traces if len(t.x)]
    if not reach:
        return None
    low, high = min(low for low, _ in reach), max(high for _, high in reach)
    if drawing.view.log_x:
        return low * 0.95, high * 1.05
    room = 0.01 * (high - low) or 0.5
    return low - room, high + room
