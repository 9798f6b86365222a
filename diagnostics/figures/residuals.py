"""Residuals against a quantity or a category, their distribution, and that distribution against a normal one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame, hue, note
from diagnostics.figures.palette import Theme, faded, palette
from diagnostics.figures.template import plain, shorten
from diagnostics.types import FloatArray

DENSITY = {
    "light": [[0, "#E6EEF6"], [0.3, "#9CC0E0"], [0.7, "#3A7FBF"], [1, "#083C73"]],
    "dark": [[0, "#1E2B38"], [0.3, "#2F5C86"], [0.7, "#6CA8DC"], [1, "#D6ECFF"]],
}


def residuals(
    x: FloatArray, y: FloatArray, words: AxisWords, theme: Theme = "light", *, count: FloatArray | None = None,
    middle: FloatArray | None = None, mean: FloatArray | None = None, half: FloatArray | None = None,
    row: FloatArray | None = None,
) -> go.Figure:  # fmt: skip
    """Draw residuals against a quantity, with zero as a line and the mean by ranges over them.

    Parameters
    ----------
    x, y : ndarray of float
        One dot a row, shape (n,); with `count` the middles of a grid.
    words : AxisWords
        Names: "rows", "mean", "row", "zero".
    count : ndarray of float, shape (b, a), optional
        Rows in each cell of the grid.
    middle, mean, half : ndarray of float, shape (r,), optional
        Mean residual by ranges and half of its 95 % interval.
    row : ndarray of float, shape (n,), optional
        Places in the file, told in the hover.
    """
    figure = frame(words, theme, 420)
    colours = palette(theme)
    if count is None:
        rows = np.zeros(len(x)) if row is None else row + 1
        figure.add_scatter(
            x=x, y=y, mode="markers", customdata=rows,
            marker={"size": 6, "color": faded(hue(0, theme), 0.45), "line": {"width": 0}},
            hovertemplate=(
                f"{words.name(words.x)} %{{x:.4g}}<br>{words.name(words.y)} %{{y:.4g}}<br>"
                f"{words.name('row')} %{{customdata:,d}}<extra></extra>"
            ),
        )  # fmt: skip
    else:
        shown = np.where(count > 0, np.log10(np.maximum(count, 1)), np.nan)
        figure.add_heatmap(
            x=x, y=y, z=shown, customdata=count, colorscale=DENSITY[theme], showscale=False, hoverongaps=False,
            hovertemplate=(
                f"{words.name(words.x)} %{{x:.4g}}<br>{words.name(words.y)} %{{y:.4g}}<br>"
                f"%{{customdata:,.0f}} {words.name('rows')}<extra></extra>"
            ),
        )  # fmt: skip
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1})
    if middle is not None and mean is not None and len(middle):
        spread = np.zeros(len(mean)) if half is None else half
        figure.add_scatter(
            x=middle, y=mean, mode="lines+markers", line={"color": colours.worse, "width": 2}, marker={"size": 7},
            error_y={"type": "data", "array": spread, "color": colours.worse, "thickness": 1.2, "width": 3},
            hovertemplate=f"{words.name('mean')} %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    note(figure, words.names.get("too_low", ""), theme, x=1, xref="paper", xanchor="right", y=1, yref="paper",
         yanchor="top")  # fmt: skip
    note(figure, words.names.get("too_high", ""), theme, x=1, xref="paper", xanchor="right", y=0, yref="paper",
         yanchor="bottom")  # fmt: skip
    return figure


def by_group(
    names: Sequence[str], mean: FloatArray, half: FloatArray, count: FloatArray, words: AxisWords,
    theme: Theme = "light",
) -> go.Figure:  # fmt: skip
    """Draw a value of each group with its 95 % interval, first on top; names: "rows"."""
    figure = frame(words, theme, 26 * len(names) + 90)
    figure.add_vline(x=0, line={"color": palette(theme).muted, "width": 1})
    figure.add_scatter(
        x=mean, y=list(range(len(names))), mode="markers", marker={"size": 8, "color": hue(0, theme)},
        error_x={"type": "data", "array": half, "color": palette(theme).muted, "thickness": 1.4, "width": 4},
        customdata=np.stack([half, count], axis=1), text=[plain(name) for name in names],
        hovertemplate=f"%{{text}}: %{{x:.4g}} ± %{{customdata[0]:.3g}}<br>%{{customdata[1]:,.0f}} {words.name('rows')}"
        "<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(showgrid=True)
    figure.update_yaxes(
        range=[len(names) - 0.5, -0.5], tickvals=list(range(len(names))), showgrid=False,
        ticktext=[shorten(plain(name), 22) for name in names],
    )  # fmt: skip
    return figure


def quantiles(normal: FloatArray, found: FloatArray, words: AxisWords, theme: Theme = "light") -> go.Figure:
    """QQ plot: residual quantiles against normal ones, with the line a normal distribution would follow.

    Parameters
    ----------
    normal, found : ndarray of float, shape (m,)
        The line goes through the quartiles, so that outliers do not turn it.
    words : AxisWords
        Names: "normal".
    """
    figure = frame(words, theme, 320)
    if len(normal) > 3:
        low, high = np.interp([-0.6745, 0.6745], normal, found)
        slope = (high - low) / 1.349
        ends = np.array([normal[0], normal[-1]])
        figure.add_scatter(
            x=ends, y=(low + high) / 2 + slope * ends, mode="lines", hoverinfo="skip",
            line={"color": palette(theme).muted, "width": 1, "dash": "dot"},
        )  # fmt: skip
        note(figure, words.names.get("normal", ""), theme, x=0.98, y=0.02, xref="paper", yref="paper", xanchor="right",
             yanchor="bottom")  # fmt: skip
    figure.add_scatter(
        x=normal, y=found, mode="markers", marker={"size": 5, "color": hue(0, theme)},
        hovertemplate=f"{words.name(words.x)} %{{x:.2f}}<br>{words.name(words.y)} %{{y:.4g}}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(showgrid=True)
    return figure
