"""Curves of a score: ROC, precision and recall, any metric against the threshold; one point shows where it is cut."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, Line, draw_line, frame, note
from diagnostics.figures.palette import Theme, palette

SIDE = 380
"""Height in px."""

_UNIT = {"range": [-0.015, 1.015], "tickformat": ".1f", "showgrid": True, "dtick": 0.2}

Point = tuple[float, float]


def roc(lines: Sequence[Line], words: AxisWords, theme: Theme = "light", *, point: Point | None = None) -> go.Figure:
    """ROC curves with the diagonal of guessing.

    Parameters
    ----------
    lines : sequence of Line
        False positive rate and recall.
    words : AxisWords
        Names: "guess", "point".
    point : (float, float), optional
        Where the score is cut.
    """
    figure = frame(words, theme, SIDE, xaxis_range=_UNIT["range"], yaxis_range=_UNIT["range"])
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
        line={"color": palette(theme).muted, "width": 1, "dash": "dot"},
    )  # fmt: skip
    note(figure, words.names.get("guess", ""), theme, x=0.72, y=0.66, textangle=-36)
    return _finished(figure, lines, words, theme, point)


def precision_recall(
    lines: Sequence[Line], words: AxisWords, theme: Theme = "light", *, prevalence: float | None = None,
    point: Point | None = None,
) -> go.Figure:  # fmt: skip
    """Precision against recall, with the prevalence as the line of guessing (name "prevalence")."""
    figure = frame(words, theme, SIDE)
    if prevalence is not None:
        figure.add_hline(y=prevalence, line={"color": palette(theme).muted, "width": 1, "dash": "dot"})
        above = prevalence < 0.9
        note(
            figure, words.names.get("prevalence", ""), theme, x=0.01, y=prevalence, xanchor="left",
            yanchor="bottom" if above else "top",
        )  # fmt: skip
    return _finished(figure, lines, words, theme, point)


def _finished(
    figure: go.Figure, lines: Sequence[Line], words: AxisWords, theme: Theme, point: Point | None
) -> go.Figure:
    hover = f"{words.name(words.x)} %{{x:.3f}}<br>{words.name(words.y)} %{{y:.3f}}"
    for number, line in enumerate(lines):
        draw_line(figure, line, number, theme, hover)
    if point is not None:
        _mark(figure, point, words.name("point"), hover, theme)
    figure.update_xaxes(**_UNIT)
    figure.update_yaxes(**_UNIT)
    return figure


def _mark(figure: go.Figure, point: Point, name: str, hover: str, theme: Theme) -> None:
    colours = palette(theme)
    figure.add_scatter(
        x=[point[0]], y=[point[1]], mode="markers", name=name,
        marker={"size": 13, "color": colours.worse, "line": {"color": colours.card, "width": 2}, "symbol": "diamond"},
        hovertemplate=f"{name}<br>{hover}<extra></extra>",
    )  # fmt: skip


def against_threshold(
    lines: Sequence[Line], words: AxisWords, theme: Theme = "light", *, threshold: float | None = None,
    best: tuple[float, float, float] | None = None,
) -> go.Figure:  # fmt: skip
    """Metrics against the threshold.

    Parameters
    ----------
    lines : sequence of Line
    words : AxisWords
        Names: "point", "best".
    threshold : float, optional
        Where the score is cut, drawn as a line.
    best : (low, value, high), optional
        The best threshold with its interval, drawn as a band.
    """
    figure = frame(words, theme, 320)
    colours = palette(theme)
    if best is not None:
        low, middle, high = best
        figure.add_vrect(x0=low, x1=high, fillcolor=colours.accent, opacity=0.1, line_width=0, layer="below")
        figure.add_vline(x=middle, line={"color": colours.accent, "width": 1, "dash": "dot"})
        note(figure, words.names.get("best", ""), theme, x=middle, y=1, yref="paper", yanchor="bottom")
    hover = f"{words.name(words.x)} %{{x:.4g}}: %{{y:.3f}}"
    for number, line in enumerate(lines):
        draw_line(figure, line, number, theme, hover)
    if threshold is not None:
        figure.add_vline(x=threshold, line={"color": colours.worse, "width": 2})
    figure.update_yaxes(rangemode="tozero")
    return figure
