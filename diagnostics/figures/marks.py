"""What findings point at, drawn thin: a line or an area with a number that the list beside the chart repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diagnostics.curves.places import Place
from diagnostics.figures.drawing import Drawing
from diagnostics.figures.layout import Row, scale
from diagnostics.figures.palette import SEVERITIES, faded, line_colour, palette
from diagnostics.figures.template import plain, shorten

WORDED = 4
"""Up to so many marks in a facet carry their word; more carry only their number."""

RINGS = {"best": "star-open", "spike": "circle-open", "turning_point": "circle-open"}


def in_facet(row: Row, drawing: Drawing) -> list[Place]:
    """Places that belong into a facet; marks of a gap go to the gap's own facet."""
    drawn = {trace.number for trace in row.facet.traces}
    wanted = [p for p in drawing.places if p.metric == row.facet.metric and p.number in drawn]
    return [p for p in wanted if (p.kind == "gap") == (row.facet.kind == "gap")]


def mark_shapes(row: Row, drawing: Drawing) -> list[dict[str, Any]]:
    """A vertical line a point, a light area a stretch; named after the finding so that the page can light them."""
    shapes = []
    for place in in_facet(row, drawing):
        colour = _colour(place, drawing)
        shape = {
            "name": _name(place), "xref": "x", "yref": f"{row.name} domain", "y0": 0, "y1": 1, "layer": "below",
            "opacity": 0 if drawing.quiet and place.finding is not None else 1,
            "x0": place.start, "x1": place.start if place.stop is None else place.stop,
        }  # fmt: skip
        if place.stop is None:
            shapes.append(shape | {"type": "line", "line": {"color": colour, "width": 1, "dash": "dot"}})
        else:
            shapes.append(shape | {"type": "rect", "fillcolor": faded(colour, 0.09), "line": {"width": 0}})
    return shapes


def mark_labels(row: Row, drawing: Drawing) -> list[dict[str, Any]]:
    """The number of a finding, and the word for what happened, at the head of its line."""
    if drawing.quiet:
        return []
    found = in_facet(row, drawing)
    labels = []
    for place in found:
        number = "" if place.finding is None else f"<b>{place.finding + 1}</b>"
        word = drawing.words.marks.get(place.kind, "") if len(found) <= WORDED else ""
        # Plotly wants the exponent for text on a logarithmic axis, and the value itself for shapes.
        at = np.log10(place.start) if drawing.view.log_x and place.start > 0 else place.start
        run = shorten(plain(place.run), 20) if word and drawing.several and place.finding is None else ""
        if text := " ".join(part for part in (number, word, run) if part):
            labels.append(
                {
                    "name": _name(place), "text": text, "x": float(at), "xref": "x", "y": 1,
                    "yref": f"{row.name} domain", "xanchor": "left", "yanchor": "top", "showarrow": False,
                    "xshift": 3, "font": {"size": 11, "color": _colour(place, drawing)},
                    "bgcolor": faded(palette(drawing.theme).paper, 0.82), "borderpad": 1,
                }
            )  # fmt: skip
    return labels


def mark_rings(row: Row, drawing: Drawing) -> list[dict[str, Any]]:
    """A ring or star around the very point, for the kinds that have one."""
    rings = []
    for place in () if drawing.quiet else in_facet(row, drawing):
        if place.kind in RINGS and place.value is not None and place.stop is None:
            colour = line_colour(place.split, place.number, drawing.theme)
            word = drawing.words.marks.get(place.kind, "")
            rings.append(
                {
                    "type": "scatter", "xaxis": "x", "yaxis": row.name, "x": [place.start], "y": [place.value],
                    "mode": "markers", "showlegend": False, "name": word, "meta": {"run": place.run},
                    "marker": {
                        "symbol": RINGS[place.kind], "size": 12, "color": colour,
                        "line": {"width": 2, "color": colour},
                    },
                    "hovertemplate": f"{word}: %{{y:.6g}}<extra></extra>",
                }
            )  # fmt: skip
    return rings


def stagger(labels: list[dict[str, Any]], span: tuple[float, float], *, room: float = 0.16) -> list[dict[str, Any]]:
    """Move labels that would stand on one another down, line by line.

    Parameters
    ----------
    labels : list of dict
        Of one facet.
    span : (float, float)
        What the horizontal axis shows, in units of the labels' x.
    room : float
        Width a label takes, as a fraction of the span.
    """
    width = room * (span[1] - span[0])
    levels: list[float] = []
    placed = []
    for label in sorted(labels, key=lambda one: one["x"]):
        level = next((i for i, end in enumerate(levels) if label["x"] >= end), len(levels))
        levels[level : level + 1] = [label["x"] + width * (1 if len(label["text"]) > 10 else 0.25)]
        late = label["x"] > span[0] + 0.8 * (span[1] - span[0])
        side = {"xanchor": "right", "xshift": -3} if late else {}
        placed.append(label | {"yshift": -16 * level} | side)
    return placed


def end_labels(
    ends: Sequence[tuple[str, str, float]], row: Row, *, log: bool, pitch: float = 15
) -> list[dict[str, Any]]:
    """Names at the right end of the lines, pushed apart so that none covers another.

    Parameters
    ----------
    ends : sequence of (name, colour, last value)
    pitch : float
        Least distance of two names, px.
    """
    known = [(name, colour, value, scale(row, value, log=log)) for name, colour, value in ends]
    ordered = sorted(((n, c, v, min(max(at, 0.0), 1.0)) for n, c, v, at in known if at is not None), key=lambda e: e[3])
    wanted = [at * row.height for *_, at in ordered]
    given = _apart(wanted, pitch)
    return [
        {
            "name": "end-label", "text": name, "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6,
            "y": row.bottom + at * (row.top - row.bottom), "yref": "paper", "yanchor": "middle",
            "yshift": place - want, "showarrow": False, "font": {"size": 12, "color": colour},
        }
        for (name, colour, _, at), want, place in zip(ordered, wanted, given, strict=True)
    ]  # fmt: skip


def _apart(wanted: Sequence[float], pitch: float) -> list[float]:
    """Increasing positions at least `pitch` apart, each cluster centred on where its members want to be."""
    clusters: list[list[float]] = []
    for want in wanted:
        clusters.append([want])
        while len(clusters) > 1 and _low(clusters[-1], pitch) < _low(clusters[-2], pitch) + pitch * len(clusters[-2]):
            tail = clusters.pop()
            clusters[-1].extend(tail)
    return [_low(cluster, pitch) + pitch * i for cluster in clusters for i in range(len(cluster))]


def _low(cluster: Sequence[float], pitch: float) -> float:
    return sum(cluster) / len(cluster) - pitch * (len(cluster) - 1) / 2


def _colour(place: Place, drawing: Drawing) -> str:
    colours = palette(drawing.theme)
    return colours.muted if place.finding is None else SEVERITIES[drawing.theme][place.severity]


def _name(place: Place) -> str:
    return "mark:" if place.finding is None else f"mark:{place.finding}"
