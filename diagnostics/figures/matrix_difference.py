"""Two confusion matrices as one: blue where the other is better, orange where it is worse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame
from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import plain, shorten
from diagnostics.types import FloatArray

WRITTEN = 16


def matrix_difference(labels: Sequence[str], delta: FloatArray, words: AxisWords, theme: Theme = "light") -> go.Figure:
    """Draw differences of shares, shape (k, k); colour says better or worse, the number says how much.

    Parameters
    ----------
    labels : sequence of str
        Rows (truth, from the top) and columns (predicted).
    delta : ndarray of float, shape (k, k)
        NaN where undefined.
    words : AxisWords
    """
    size = len(labels)
    colours = palette(theme)
    good = np.where(np.eye(size, dtype=bool), delta, -delta)
    top = float(np.nanmax(np.abs(delta))) if np.isfinite(delta).any() else 1.0
    names = [plain(label) for label in labels]
    places = list(range(size))
    figure = frame(words, theme, min(max(40 * size, 160), 620) + 120)
    figure.add_heatmap(
        x=places, y=places, z=np.where(delta == 0, np.nan, good), customdata=delta, zmid=0, zmin=-(top or 1.0),
        zmax=top or 1.0, colorscale=[[0, colours.worse], [0.5, colours.card], [1, colours.better]], showscale=False,
        xgap=1, ygap=1, hoverongaps=False,
        text=[[f"{true}<br>→ {guess}" for guess in names] for true in names] if size <= 60 else None,
        hovertemplate=("%{text}<br>" if size <= 60 else "") + "%{customdata:+.1%}<extra></extra>",
        texttemplate="%{customdata:+.0%}" if size <= WRITTEN else None,
    )  # fmt: skip
    ticks = {"tickvals": places, "ticktext": [shorten(name, 18) for name in names], "showgrid": False}
    figure.update_xaxes(**ticks, side="top", range=[-0.5, size - 0.5], tickangle=-45 if size > 8 else 0)
    figure.update_yaxes(**ticks, range=[size - 0.5, -0.5])
    figure.update_layout(margin={"l": 8, "r": 12, "t": 64, "b": 8})
    return figure
