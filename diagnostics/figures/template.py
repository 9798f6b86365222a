"""The one chart template: no junk, a light grid, the page's own type and paper."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette

SANS = "'IBM Plex Sans', system-ui, sans-serif"
TEXT = 13
SMALL = 11.5


@cache
def template(theme: Theme) -> go.layout.Template:
    """Template of a theme."""
    colours = palette(theme)
    axis: dict[str, Any] = {
        "gridcolor": colours.hairline, "gridwidth": 1, "linecolor": colours.hairline, "zeroline": False,
        "ticks": "", "exponentformat": "power", "minexponent": 4,
        "tickfont": {"color": colours.muted, "size": SMALL}, "automargin": True,
        "title": {"font": {"color": colours.muted, "size": TEXT}, "standoff": 8},
    }  # fmt: skip
    layout = go.Layout(
        font={"family": SANS, "size": TEXT, "color": colours.ink},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        xaxis={**axis, "showgrid": False, "showline": True},
        yaxis=axis,
        hoverlabel={
            "bgcolor": colours.card, "bordercolor": colours.hairline,
            "font": {"family": SANS, "size": TEXT, "color": colours.ink}, "align": "left", "namelength": -1,
        },
        legend={"font": {"size": SMALL, "color": colours.ink}, "bgcolor": "rgba(0,0,0,0)", "title": {"text": ""}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours.muted, "activecolor": colours.accent},
        colorway=["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"],
        dragmode="zoom",
    )  # fmt: skip
    return go.layout.Template(layout=layout)


def plain(text: object) -> str:
    """Return text from a file so that plotly shows it as letters: no tags, links or hover fields inside."""
    cleaned = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return cleaned.replace("{", "&#123;").replace("}", "&#125;")


def shorten(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, its middle left out."""
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"
