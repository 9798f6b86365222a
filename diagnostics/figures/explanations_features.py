"""One feature at a time: contributions against its values, partial dependence; two explanations side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, feature_axis, frame, hue
from diagnostics.figures.explanations import ROW_HEIGHT
from diagnostics.figures.palette import LOW_HIGH, Theme, faded, palette
from diagnostics.figures.swarm import ranks
from diagnostics.figures.template import plain, shorten
from diagnostics.types import FloatArray

CURVES = 60
"""Individual curves drawn behind the mean."""


def dependence(
    x: FloatArray, y: FloatArray, words: AxisWords, theme: Theme = "light", *, other: FloatArray | None = None,
    other_name: str = "", categories: Sequence[str] = (), lit: int | None = None,
) -> go.Figure:  # fmt: skip
    """Draw a feature's contributions against its values.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
    other : ndarray, shape (n,), optional
        Values of the feature it interacts with most: the colour, low to high.
    categories : sequence of str
        Names of the codes of a categorical feature.
    lit : int, optional
        Row that stands out.
    """
    figure = frame(words, theme, 380)
    colours = palette(theme)
    at = x + (np.linspace(-0.25, 0.25, len(x)) if categories else 0)
    figure.add_scatter(
        x=at, y=y, mode="markers", customdata=np.full(len(x), np.nan) if other is None else other,
        marker={
            "size": 6, "opacity": 0.75, "color": faded(hue(0, theme), 0.7) if other is None else ranks(other),
            "colorscale": LOW_HIGH[theme], "cmin": 0, "cmax": 1,
        },
        hovertemplate=f"{plain(words.x)}: %{{x:.4g}}<br>%{{y:.4g}}"
        + (f"<br>{plain(other_name)}: %{{customdata:.4g}}" if other is not None else "") + "<extra></extra>",
    )  # fmt: skip
    if lit is not None and lit < len(x):
        figure.add_scatter(
            x=[at[lit]], y=[y[lit]], mode="markers", hoverinfo="skip",
            marker={"size": 13, "color": "rgba(0,0,0,0)", "line": {"color": colours.ink, "width": 2}},
        )  # fmt: skip
    figure.update_yaxes(zeroline=True, zerolinecolor=colours.muted, zerolinewidth=1)
    _categories(figure, categories)
    return figure


def partial(
    grid: FloatArray, mean: FloatArray, curves: FloatArray, words: AxisWords, theme: Theme = "light", *,
    categories: Sequence[str] = (), lit: FloatArray | None = None,
) -> go.Figure:  # fmt: skip
    """Draw partial dependence over individual curves.

    Parameters
    ----------
    grid, mean : ndarray, shape (g,)
    curves : ndarray, shape (n, g)
        At most `CURVES` are drawn, evenly chosen.
    lit : ndarray, shape (g,), optional
        The curve of the chosen row.
    """
    figure = frame(words, theme, 360)
    colours = palette(theme)
    step = max(1, -(-len(curves) // CURVES))
    for curve in curves[::step]:
        figure.add_scatter(
            x=grid, y=curve, mode="lines", hoverinfo="skip",
            line={"color": faded(colours.muted, 0.25), "width": 1},
        )  # fmt: skip
    if lit is not None:
        figure.add_scatter(
            x=grid, y=lit, mode="lines", line={"color": colours.worse, "width": 2, "dash": "dash"},
            name=words.name("row"), hovertemplate=f"{words.name('row')}: %{{y:.4g}}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=grid, y=mean, mode="lines+markers", line={"color": colours.accent, "width": 3}, marker={"size": 5},
        name=words.name("mean"), hovertemplate=f"{words.name('mean')}: %{{y:.4g}}<extra></extra>",
    )  # fmt: skip
    _categories(figure, categories)
    return figure


def side_by_side(
    names: Sequence[str], first: FloatArray, second: FloatArray, words: AxisWords, theme: Theme = "light", *,
    low: FloatArray | None = None, high: FloatArray | None = None, marked: Sequence[str] = (),
) -> go.Figure:  # fmt: skip
    """Draw SHAP and LIME of one row in two columns over the same features, each on its own axis.

    Parameters
    ----------
    names : sequence of str
        From the top.
    first, second : ndarray, shape (features,)
    words : AxisWords
        Names: "first", "second".
    low, high : ndarray, optional
        Spread of the second over its seeds.
    marked : sequence of str
        Names of features on which the sides disagree.
    """
    count = len(names)
    colours = palette(theme)
    figure = frame(words, theme, count * ROW_HEIGHT + 100)
    places = list(range(count))
    for side, (values, axis) in enumerate(((first, "x"), (second, "x2"))):
        spread = None
        if side and low is not None and high is not None:
            spread = {"type": "data", "symmetric": False, "array": np.maximum(high - values, 0),
                      "arrayminus": np.maximum(values - low, 0), "color": colours.muted, "width": 3}  # fmt: skip
        figure.add_bar(
            x=values, y=places, orientation="h", xaxis=axis, error_x=spread,
            marker={"color": [faded(colours.worse if v > 0 else colours.better, 0.8) for v in values]},
            customdata=[plain(n) for n in names], hovertemplate="%{customdata}<br>%{x:.4g}<extra></extra>",
        )  # fmt: skip
    line = {"zeroline": True, "zerolinecolor": colours.muted, "zerolinewidth": 1, "showgrid": False}
    figure.update_layout(
        xaxis={"domain": [0, 0.48], "title": {"text": words.name("first")}, **line},
        xaxis2={"domain": [0.52, 1], "title": {"text": words.name("second")}, "anchor": "y", **line,
                "tickfont": {"color": colours.muted}},
    )  # fmt: skip
    feature_axis(figure, [f"≠ {name}" if name in marked else name for name in names])
    return figure


def contrast(
    names: Sequence[str], auc: FloatArray, low: FloatArray, high: FloatArray, words: AxisWords,
    theme: Theme = "light",
) -> go.Figure:  # fmt: skip
    """Draw how well each feature separates two groups, with its interval; 0.5 is not at all."""
    count = len(names)
    colours = palette(theme)
    figure = frame(words, theme, count * ROW_HEIGHT + 90)
    clear = (low > 0.5) | (high < 0.5)
    figure.add_scatter(
        x=auc, y=list(range(count)), mode="markers",
        marker={"size": 10, "symbol": ["circle" if c else "circle-open" for c in clear],
                "color": [colours.worse if a > 0.5 else colours.better for a in auc]},
        error_x={"type": "data", "symmetric": False, "array": high - auc, "arrayminus": auc - low,
                 "color": colours.muted, "thickness": 1.2, "width": 3},
        customdata=[plain(n) for n in names], hovertemplate="%{customdata}<br>%{x:.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=0.5, line={"color": colours.muted, "width": 1, "dash": "dot"})
    figure.update_xaxes(range=[-0.02, 1.02])
    feature_axis(figure, names)
    return figure


def _categories(figure: go.Figure, categories: Sequence[str]) -> None:
    if categories:
        figure.update_xaxes(
            tickvals=list(range(len(categories))), ticktext=[plain(shorten(c, 14)) for c in categories],
            range=[-0.5, len(categories) - 0.5],
        )  # fmt: skip
