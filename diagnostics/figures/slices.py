"""Subgroups as a forest: a dot and its interval each, as large as the subgroup, against a line for all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import SMALL, plain, shorten, template
from diagnostics.types import MetricValue

ROW = 46
"""Height of a slice in px: a line for its name, a line for its dot."""

SMALLEST, LARGEST = 7.0, 20.0
"""Diameter of dots in px; their area follows the number of rows."""

NAME = 58
"""Letters of a name."""


@dataclass(frozen=True, kw_only=True)
class SliceWords:
    """Words of the figures of slices; `metric` is the axis title, `small` says why a slice has no number."""

    metric: str
    overall: str
    rows: str
    interval: str
    small: str
    worse: str
    better: str
    separators: str = ".,"


@dataclass(frozen=True, kw_only=True)
class SliceRow:
    """One slice of a figure: its name as plain text, its metric, and whether it fares worse than the rest."""

    name: str
    value: MetricValue
    worse: bool | None
    chosen: bool = False


def forest(
    rows: Sequence[SliceRow], words: SliceWords, theme: Theme = "light", *, overall: float | None = None
) -> go.Figure:
    """Draw slices in the order given, the first on top.

    Parameters
    ----------
    rows : sequence of SliceRow
        Undefined values keep their line, greyed and without a dot.
    words : SliceWords
    theme : {"light", "dark"}
    overall : float or None
        The metric of all rows, drawn as a line.

    Returns
    -------
    Figure
        A click on a dot reports its place in `rows` as y.
    """
    colours = palette(theme)
    most = max((row.value.n for row in rows), default=1)
    figure = go.Figure()
    for worse, symbol, colour, said in (
        (True, "triangle-down", colours.worse, words.worse),
        (False, "triangle-up", colours.better, words.better),
        (None, "circle", colours.muted, ""),
    ):
        places = [n for n, row in enumerate(rows) if row.value.value is not None and row.worse is worse]
        if places:
            _dots(figure, rows, places, most=most, colour=colour, symbol=symbol, said=said, words=words)
    for place, row in enumerate(rows):
        _name(figure, place, row, words, theme)
    if overall is not None:
        _overall(figure, overall, words, theme)
    figure.update_layout(
        template=template(theme), separators=words.separators, height=ROW * len(rows) + 108, showlegend=False,
        margin={"l": 8, "r": 16, "t": 48, "b": 8}, dragmode=False,
        xaxis={"title": {"text": plain(words.metric)}, "showgrid": True},
        yaxis={"range": [len(rows) - 0.4, -0.75], "showticklabels": False, "showgrid": False, "showline": False},
    )  # fmt: skip
    return figure


def _dots(
    figure: go.Figure, rows: Sequence[SliceRow], places: Sequence[int], *, most: int, colour: str, symbol: str,
    said: str, words: SliceWords,
) -> None:  # fmt: skip
    values = [rows[place].value for place in places]
    sizes = [SMALLEST + (LARGEST - SMALLEST) * (value.n / most) ** 0.5 for value in values]
    figure.add_scatter(
        x=[value.value for value in values], y=list(places), mode="markers",
        marker={"color": colour, "size": sizes, "symbol": symbol, "opacity": 1, "line": {"width": 0}},
        error_x={
            "type": "data", "symmetric": False, "color": colour, "thickness": 1.6, "width": 4,
            "array": [_reach(value.value, value.high) for value in values],
            "arrayminus": [_reach(value.low, value.value) for value in values],
        },
        customdata=[[plain(rows[p].name), v.low, v.high, v.n] for p, v in zip(places, values, strict=True)],
        hovertemplate=(
            "%{customdata[0]}<br>%{x:.4~g}" + (f" · {plain(said)}" if said else "")
            + f"<br>{plain(words.interval)} %{{customdata[1]:.4~g}} – %{{customdata[2]:.4~g}}"
            + f"<br>%{{customdata[3]:,d}} {plain(words.rows)}<extra></extra>"
        ),
    )  # fmt: skip


def _reach(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else max(0.0, high - low)


def _name(figure: go.Figure, place: int, row: SliceRow, words: SliceWords, theme: Theme) -> None:
    colours = palette(theme)
    grey = row.value.value is None
    text = plain(shorten(row.name, NAME))
    aside = f"n = {row.value.n:,}".replace(",", words.separators[1:]) + (f" · {plain(words.small)}" if grey else "")
    text = f"<b>{text}</b>" if row.chosen else text
    figure.add_annotation(
        x=0, xref="paper", y=place, yshift=17, xanchor="left", showarrow=False, align="left",
        text=f"{text} <span style='color:{colours.muted}'>{aside}</span>",
        font={"size": 12.5, "color": colours.muted if grey else colours.ink}, bgcolor=colours.paper, borderpad=1,
    )  # fmt: skip


def _overall(figure: go.Figure, overall: float, words: SliceWords, theme: Theme) -> None:
    colours = palette(theme)
    figure.add_vline(x=overall, line={"color": colours.ink, "width": 1.2, "dash": "dot"}, layer="below")
    figure.add_annotation(
        x=overall, y=1, yref="paper", yanchor="bottom", text=plain(words.overall), showarrow=False,
        font={"size": SMALL, "color": colours.muted},
    )  # fmt: skip
