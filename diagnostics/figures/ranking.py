"""Scores of a ranking: by how many places count, and by the size of the group, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame, hue
from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import plain
from diagnostics.types import MetricValue


def scores(
    rows: Sequence[tuple[str, MetricValue]], words: AxisWords, theme: Theme = "light", *, overall: float | None = None
) -> go.Figure:
    """Draw a mean score and its 95 % interval for each entry of the horizontal axis.

    Parameters
    ----------
    rows : sequence of (label, MetricValue)
        Undefined values keep their place, without a dot.
    words : AxisWords
        Names: "interval", "groups".
    overall : float, optional
        Drawn as a line across.
    """
    figure = frame(words, theme, 320)
    known = [(place, value) for place, (_, value) in enumerate(rows) if value.value is not None]
    points = [value.value or 0.0 for _, value in known]
    lows = [point if value.low is None else value.low for point, (_, value) in zip(points, known, strict=True)]
    highs = [point if value.high is None else value.high for point, (_, value) in zip(points, known, strict=True)]
    if overall is not None:
        figure.add_hline(y=overall, line={"color": palette(theme).muted, "width": 1, "dash": "dot"})
    figure.add_scatter(
        x=[place for place, _ in known], y=points, mode="lines+markers",
        line={"color": hue(0, theme), "width": 1.4}, marker={"size": 9},
        error_y={
            "type": "data", "symmetric": False, "color": palette(theme).muted, "thickness": 1.4, "width": 4,
            "array": [high - point for high, point in zip(highs, points, strict=True)],
            "arrayminus": [point - low for low, point in zip(lows, points, strict=True)],
        },
        customdata=[
            [low, high, value.n, plain(rows[place][0])]
            for low, high, (place, value) in zip(lows, highs, known, strict=True)
        ],
        hovertemplate=(
            f"%{{customdata[3]}}: %{{y:.3f}}<br>{words.name('interval')} %{{customdata[0]:.3f}} – "
            f"%{{customdata[1]:.3f}}<br>%{{customdata[2]:,d}} {words.name('groups')}<extra></extra>"
        ),
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(range(len(rows))), ticktext=[plain(label) for label, _ in rows], range=[-0.5, len(rows) - 0.5]
    )
    figure.update_yaxes(range=[-0.02, 1.02])
    return figure
