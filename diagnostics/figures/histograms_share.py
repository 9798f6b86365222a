"""How much of a total the costliest rows carry."""

from __future__ import annotations

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame, hue
from diagnostics.figures.palette import Theme, faded, palette
from diagnostics.types import FloatArray


def concentration(rows: FloatArray, share: FloatArray, words: AxisWords, theme: Theme = "light") -> go.Figure:
    """Draw the part of the total in the first part of the rows, costliest first.

    Parameters
    ----------
    rows, share : ndarray of float, shape (m,)
        From 0 to 1.
    words : AxisWords
    """
    figure = frame(words, theme, 320)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
        line={"color": palette(theme).muted, "width": 1, "dash": "dot"},
    )  # fmt: skip
    colour = hue(0, theme)
    figure.add_scatter(
        x=rows, y=share, mode="lines", line={"color": colour, "width": 2}, fill="tozeroy",
        fillcolor=faded(colour, 0.12),
        hovertemplate=f"{words.name(words.x)} %{{x:.1%}}<br>{words.name(words.y)} %{{y:.1%}}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[-0.01, 1.01], tickformat=".0%", showgrid=True)
    figure.update_yaxes(range=[-0.01, 1.03], tickformat=".0%")
    return figure
