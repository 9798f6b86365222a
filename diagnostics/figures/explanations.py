"""Contributions of features: bars over all rows, rows as a heatmap, one row as a waterfall and as a pair of forces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, feature_axis, frame, note
from diagnostics.figures.palette import Theme, faded, palette
from diagnostics.figures.template import SMALL, plain, shorten
from diagnostics.types import FloatArray

SHOWN = 15
"""Features drawn; the others are summed."""

ROW_HEIGHT = 28


def importance(
    names: Sequence[str], values: FloatArray, words: AxisWords, theme: Theme = "light", *,
    low: FloatArray | None = None, high: FloatArray | None = None,
) -> go.Figure:  # fmt: skip
    """Draw one bar a feature, in the order given from the top.

    Parameters
    ----------
    names : sequence of str
    values : ndarray, shape (features,)
    low, high : ndarray, optional
        95 % interval.
    """
    count = len(names)
    figure = frame(words, theme, count * ROW_HEIGHT + 80)
    colours = palette(theme)
    spread = None
    if low is not None and high is not None:
        spread = {"type": "data", "symmetric": False, "array": high - values, "arrayminus": values - low,
                  "color": colours.muted, "thickness": 1.2, "width": 3}  # fmt: skip
    figure.add_bar(
        x=values, y=list(range(count)), orientation="h", marker={"color": faded(colours.accent, 0.75)}, error_x=spread,
        customdata=[plain(name) for name in names], hovertemplate="%{customdata}<br>%{x:.4g}<extra></extra>",
    )  # fmt: skip
    feature_axis(figure, names)
    return figure


def waterfall(
    names: Sequence[str], values: FloatArray, base: float, words: AxisWords, theme: Theme = "light", *,
    rest: float = 0.0, rest_count: int = 0,
) -> go.Figure:  # fmt: skip
    """Draw how the contributions lead from the base to the answer.

    Parameters
    ----------
    names : sequence of str
        "feature = value", the largest first.
    values : ndarray, shape (features,)
    base : float
    words : AxisWords
        Names: "base", "answer", "rest" (with "{n}").
    rest : float
        Sum of the contributions that are not listed.
    rest_count : int
    """
    labels, steps = list(names), list(map(float, values))
    if rest_count:
        labels.append(words.names.get("rest", "").format(n=rest_count))
        steps.append(rest)
    colours = palette(theme)
    count = len(steps)
    figure = frame(words, theme, (count + 2) * ROW_HEIGHT + 90)
    starts = base + np.concatenate([[0.0], np.cumsum(steps)])
    figure.add_bar(
        x=steps, base=starts[:-1], y=list(range(1, count + 1)), orientation="h",
        marker={"color": [colours.worse if step > 0 else colours.better for step in steps]},
        text=[f"{step:+.3g}" for step in steps], textposition="none",
        customdata=[plain(label) for label in labels], hovertemplate="%{customdata}<br>%{text}<extra></extra>",
    )  # fmt: skip
    for place, at in enumerate(starts):
        figure.add_shape(type="line", x0=at, x1=at, y0=place - 0.1, y1=place + 1.1,
                         line={"color": colours.muted, "width": 1, "dash": "dot"})  # fmt: skip
    # At the right of every bar, so that no number runs into the names at the left of a narrow picture.
    figure.add_scatter(
        x=np.maximum(starts[:-1], starts[1:]), y=list(range(1, count + 1)), mode="text", textposition="middle right",
        text=[f" {step:+.3g}" for step in steps], textfont={"size": SMALL, "color": colours.ink}, hoverinfo="skip",
        cliponaxis=False,
    )  # fmt: skip
    ends = [(0, base, words.name("base")), (count + 1, float(starts[-1]), words.name("answer"))]
    figure.add_scatter(
        x=[at for _, at, _ in ends], y=[place for place, _, _ in ends], mode="markers+text",
        textposition="middle right",
        text=[f"  {at:.4g}" for _, at, _ in ends], marker={"size": 10, "symbol": "diamond", "color": colours.ink},
        textfont={"size": SMALL, "color": colours.ink}, hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    feature_axis(figure, [words.names.get("base", ""), *labels, words.names.get("answer", "")])
    low, high = float(starts.min()), float(starts.max())
    reach = (high - low) or 1.0
    figure.update_xaxes(range=[low - 0.05 * reach, high + 0.3 * reach])
    return figure


def force(names: Sequence[str], values: FloatArray, base: float, words: AxisWords, theme: Theme = "light") -> go.Figure:
    """Draw the row's contributions as two stacks that meet at the answer: those that raise it, those that lower it."""
    colours = palette(theme)
    answer = base + float(values.sum())
    figure = frame(words, theme, 190, barmode="overlay", bargap=0, margin={"l": 8, "r": 12, "t": 62, "b": 8})
    order = np.argsort(-np.abs(values), kind="stable")
    reach = float(np.abs(values).sum()) or 1.0
    for sign, colour in ((1, colours.worse), (-1, colours.better)):
        at = answer
        for index in order:
            if values[index] * sign <= 0:
                continue
            size = float(abs(values[index]))
            at -= sign * size
            left = at if sign > 0 else at - size
            wide = size / reach > 0.12
            figure.add_bar(
                x=[size], base=[left], y=[0], orientation="h", width=0.5,
                marker={"color": faded(colour, 0.8), "line": {"color": colours.card, "width": 1.5}},
                text=[plain(shorten(names[index], 18)) if wide else ""], textposition="inside",
                insidetextanchor="middle", textangle=0, constraintext="inside",
                textfont={"size": SMALL, "color": "#FFFFFF" if theme == "light" else "#15171A"},
                customdata=[plain(names[index])],
                hovertemplate=f"%{{customdata}}<br>{values[index]:+.4g}<extra></extra>",
            )  # fmt: skip
    for place, text in ((base, words.name("base")), (answer, words.name("answer"))):
        figure.add_vline(
            x=place, line={"color": colours.ink, "width": 1.2, "dash": "dot" if place == base else "solid"}
        )
        note(figure, f"{text} {place:.4g}", theme, x=place, y=1, yref="paper", yanchor="bottom")
    figure.update_yaxes(visible=False, range=[-0.5, 0.5])
    return figure


def heatmap(names: Sequence[str], values: FloatArray, words: AxisWords, theme: Theme = "light") -> go.Figure:
    """Draw contributions of every row, rows ordered by the caller.

    Parameters
    ----------
    names : sequence of str
    values : ndarray, shape (n, features)
    """
    count = len(names)
    reach = float(np.quantile(np.abs(values), 0.99)) if values.size else 1.0
    colours = palette(theme)
    figure = frame(words, theme, count * ROW_HEIGHT + 90)
    figure.add_heatmap(
        z=values.T.astype(np.float32), x=list(range(1, len(values) + 1)), y=list(range(count)), zmin=-reach or -1.0,
        zmax=reach or 1.0, colorscale=[[0, colours.better], [0.5, colours.card], [1, colours.worse]], showscale=False,
        customdata=np.tile(np.array([plain(n) for n in names], dtype=object)[:, None], (1, len(values)))
        if len(values) <= 400 else None,
        hovertemplate="%{x}<br>%{z:.4g}<extra></extra>",
    )  # fmt: skip
    feature_axis(figure, names)
    figure.update_yaxes(range=[count - 0.5, -0.5])
    return figure
