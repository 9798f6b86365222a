"""A number a class with its interval, worst on top."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import plain, shorten, template
from diagnostics.figures.words import PerClassWords
from diagnostics.types import MetricValue

ROW = 26
"""Height of a class in px."""


def per_class(
    rows: Sequence[tuple[str, MetricValue]],
    words: PerClassWords,
    theme: Theme = "light",
    *,
    overall: float | None = None,
) -> go.Figure:
    """Draw a dot and its 95 % interval for each class, in the order given (first on top).

    Parameters
    ----------
    rows : sequence of (class, MetricValue)
        Fractions in [0, 1]. Undefined values keep their row, without a dot.
    words : PerClassWords
    theme : {"light", "dark"}
    overall : float or None
        Drawn as a line across.
    """
    colours = palette(theme)
    known = [(place, value) for place, (_, value) in enumerate(rows) if value.value is not None]
    points = [value.value or 0.0 for _, value in known]
    figure = go.Figure()
    figure.add_scatter(
        x=points, y=[place for place, _ in known], mode="markers",
        marker={"color": colours.accent, "size": 8},
        error_x={
            "type": "data", "symmetric": False, "color": colours.muted, "thickness": 1.4, "width": 4,
            "array": [_above(value) for _, value in known], "arrayminus": [_below(value) for _, value in known],
        },
        customdata=[[value.low, value.high, value.n, plain(rows[place][0])] for place, value in known],
        hovertemplate=(
            "%{customdata[3]}: %{x:.3f}<br>" + words.interval + " %{customdata[0]:.3f} – %{customdata[1]:.3f}<br>"
            + "%{customdata[2]:,d} " + words.rows + "<extra></extra>"
        ),
        showlegend=False,
    )  # fmt: skip
    for place, (_, value) in enumerate(rows):
        if value.value is None:
            figure.add_annotation(
                x=0, y=place, text=f"– {words.undefined}", showarrow=False, xanchor="left",
                font={"size": 12, "color": colours.muted},
            )  # fmt: skip
    if overall is not None:
        figure.add_vline(x=overall, line={"color": colours.muted, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=overall, y=1, yref="paper", yanchor="bottom", text=words.overall, showarrow=False,
            font={"size": 11, "color": colours.muted},
        )  # fmt: skip
    figure.update_layout(
        template=template(theme), separators=words.separators, height=ROW * len(rows) + 84,
        margin={"l": 8, "r": 12, "t": 26, "b": 8},
        xaxis={"range": [-0.02, 1.02], "title": {"text": words.metric}, "showgrid": True},
        yaxis={
            "range": [len(rows) - 0.5, -0.5], "tickvals": list(range(len(rows))), "showgrid": False,
            "ticktext": [shorten(plain(name), 22) for name, _ in rows], "tickfont": {"color": colours.ink},
        },
    )  # fmt: skip
    return figure


def _above(value: MetricValue) -> float:
    return 0.0 if value.high is None or value.value is None else max(value.high - value.value, 0.0)


def _below(value: MetricValue) -> float:
    return 0.0 if value.low is None or value.value is None else max(value.value - value.low, 0.0)
