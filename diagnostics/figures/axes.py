"""What the figures of predictions have in common: words, a named line, a frame with titled axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from diagnostics.figures.legend import KeyEntry, KeyLine
from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import SMALL, plain, shorten, template
from diagnostics.types import FloatArray

HUES = {
    "light": ("#0B5CAD", "#B5476B", "#2E7D5B", "#8A5A00", "#6A4FA3", "#3B7C8C"),
    "dark": ("#6CB2F5", "#E68AAB", "#6CC49A", "#E0B04A", "#B39DE8", "#7CC4D4"),
}
"""Colours of what is neither a split nor a severity: goals, classes, averages."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

NAME = 26
"""Letters of a feature's name beside its line."""


@dataclass(frozen=True, kw_only=True)
class AxisWords:
    """Words of a figure: axis titles, names of its parts by code, decimal and thousands sign."""

    x: str
    y: str
    names: Mapping[str, str] = field(default_factory=dict)
    separators: str = ".,"

    def name(self, code: str) -> str:
        """Name of a part, ready for plotly."""
        return plain(self.names.get(code, code))


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """A curve with its name, as plain text."""

    name: str
    x: FloatArray
    y: FloatArray
    faint: bool = False


def hue(number: int, theme: Theme) -> str:
    """Colour of the n-th line."""
    hues = HUES[theme]
    return hues[number % len(hues)]


def frame(words: AxisWords, theme: Theme, height: int, **layout: Any) -> go.Figure:
    """An empty figure with titled axes."""
    figure = go.Figure()
    figure.update_layout(
        template=template(theme), separators=words.separators, height=height, showlegend=False,
        margin={"l": 8, "r": 12, "t": 34, "b": 8}, dragmode=False,
        xaxis={"title": {"text": plain(words.x)}}, yaxis={"title": {"text": plain(words.y)}},
    )  # fmt: skip
    figure.update_layout(**layout)
    return figure


def draw_line(figure: go.Figure, line: Line, number: int, theme: Theme, hover: str) -> None:
    """Add a curve; its hover template gets the name in front."""
    name = plain(line.name)
    dash = DASHES[number % len(DASHES)]
    look = {"color": hue(number, theme), "width": 1.2 if line.faint else 2, "dash": "solid" if line.faint else dash}
    figure.add_scatter(
        x=line.x, y=line.y, mode="lines", name=name, line=look, opacity=0.35 if line.faint else 1.0,
        hovertemplate=f"{name}<br>{hover}<extra></extra>",
    )  # fmt: skip


def line_key(lines: Sequence[Line], theme: Theme) -> tuple[KeyEntry, ...]:
    """Legend of the lines that are not faint, for outside the picture; empty for a single line."""
    dashes = [KeyLine(label=line.name, colour=hue(n, theme), dash=_known(n)) for n, line in enumerate(lines)]
    entries = [
        KeyEntry(run=line.name, lines=(dashes[n],)) for n, line in enumerate(lines) if not line.faint
    ]  # fmt: skip
    return tuple(entries) if len(entries) > 1 else ()


def _known(number: int) -> str:
    dash = DASHES[number % len(DASHES)]
    return {"longdash": "dash", "longdashdot": "dashdot"}.get(dash, dash)


def note(figure: go.Figure, text: str, theme: Theme, **place: Any) -> None:
    """Add a small muted remark inside the picture; `text` is plain."""
    look = {"showarrow": False, "font": {"size": SMALL, "color": palette(theme).muted}}
    figure.add_annotation(text=plain(text), **look | place)


def feature_axis(figure: go.Figure, names: Sequence[str]) -> None:
    """Names of features from the top down, one unit apart."""
    count = len(names)
    figure.update_yaxes(
        tickvals=list(range(count)), ticktext=[plain(shorten(name, NAME)) for name in names],
        range=[count - 0.4, -0.6], showgrid=False,
    )  # fmt: skip
