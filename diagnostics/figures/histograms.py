"""Histograms of one or two groups over one axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame, hue
from diagnostics.figures.palette import Theme, faded, palette
from diagnostics.figures.template import plain
from diagnostics.types import FloatArray


def histogram(
    edges: FloatArray, groups: Sequence[tuple[str, FloatArray]], words: AxisWords, theme: Theme = "light", *,
    shares: bool = False, lines: Sequence[tuple[str, FloatArray, FloatArray]] = (), at: float | None = None,
    height: int = 300, logarithmic: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw bars; two groups lie over each other and stay visible.

    Parameters
    ----------
    edges : ndarray of float, shape (b + 1,)
    groups : sequence of (name, heights of shape (b,))
    shares : bool
        Whether heights are shares in [0, 1].
    lines : sequence of (name, x, y)
        Drawn over the bars.
    at : float, optional
        A place marked by a line.
    logarithmic : bool
        Whether heights are counts on a logarithmic axis; it begins below one, so that every bar is seen.
    """
    figure = frame(words, theme, height, barmode="overlay", bargap=0)
    width, middle = np.diff(edges), (edges[:-1] + edges[1:]) / 2
    number = ".1%" if shares else ",.0f"
    for place, (name, heights) in enumerate(groups):
        colour = hue(place, theme)
        figure.add_bar(
            x=middle, y=heights, width=width, name=plain(name),
            marker={"color": faded(colour, 0.45), "line": {"color": colour, "width": 1}},
            customdata=np.stack([edges[:-1], edges[1:]], axis=1),
            hovertemplate=f"{plain(name)}<br>%{{customdata[0]:.4g}} – %{{customdata[1]:.4g}}: %{{y:{number}}}"
            "<extra></extra>",
        )  # fmt: skip
    for place, (name, x, y) in enumerate(lines, start=len(groups)):
        figure.add_scatter(
            x=x, y=y, mode="lines", name=plain(name), line={"color": hue(place, theme), "width": 1.8, "dash": "dash"},
            hoverinfo="skip",
        )  # fmt: skip
    if at is not None:
        figure.add_vline(x=at, line={"color": palette(theme).worse, "width": 2})
    if shares:
        figure.update_yaxes(tickformat=".0%")
    if logarithmic:
        # By itself the axis would begin at the smallest bar, which then has no height.
        most = max((float(heights.max(initial=1.0)) for _name, heights in groups), default=1.0)
        figure.update_yaxes(type="log", dtick=1, tickformat=",d", range=[np.log10(0.5), np.log10(2 * most)])
    if len(groups) + len(lines) > 1:
        figure.update_layout(
            showlegend=True, margin={"l": 8, "r": 12, "t": 40, "b": 8},
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        )  # fmt: skip
    return figure
