"""Two columns against each other: each cell's metric, coloured by how far it is from that of all rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.slices import SliceWords
from diagnostics.figures.template import plain, shorten, template
from diagnostics.types import MetricValue

CELL = 44
"""Height of a row in px."""

WRITTEN = 12
"""Up to so many columns the value stands in its cell."""


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[MetricValue],
    words: SliceWords,
    theme: Theme = "light",
    *,
    overall: float,
) -> go.Figure:
    """Draw the cross table.

    Parameters
    ----------
    rows, columns : sequences of str
        Heads, plain text; the first row is on top.
    values : sequence of MetricValue, length rows × columns
        Row by row; undefined ones are left grey with their n.
    words : SliceWords
    theme : {"light", "dark"}
    overall : float
        The metric of all rows: the middle of the colours, blue better and orange worse.

    Raises
    ------
    ValueError
        When shapes do not agree.
    """
    if len(values) != len(rows) * len(columns):
        raise ValueError(f"{len(values)} values for {len(rows)} × {len(columns)} cells")
    colours = palette(theme)
    shape = (len(rows), len(columns))
    shown = np.array([np.nan if v.value is None else v.value for v in values], dtype=float).reshape(shape)
    span = float(np.nanmax(np.abs(shown - overall))) if np.isfinite(shown).any() else 0.0
    ends = (colours.better, colours.worse)
    if any(v.greater_is_better for v in values):
        ends = (colours.worse, colours.better)
    texts = np.array([_cell(v, words, written=len(columns) <= WRITTEN) for v in values], dtype=object).reshape(shape)
    hover = np.array([_hover(v, words) for v in values], dtype=object).reshape(shape)
    # One layer catches clicks on every cell, greyed ones too; the other has the colours.
    figure = go.Figure()
    figure.add_heatmap(
        z=np.zeros(shape), showscale=False, colorscale=[[0, colours.hairline], [1, colours.hairline]], xgap=2, ygap=2,
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_heatmap(
        z=shown, zmid=overall, zmin=overall - span, zmax=overall + span, xgap=2, ygap=2, hoverongaps=True,
        colorscale=[[0, ends[0]], [0.5, colours.card], [1, ends[1]]], customdata=hover,
        hovertemplate="%{y} · %{x}<br>%{customdata}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0, "len": 0.9, "title": {"text": ""}},
    )  # fmt: skip
    for place, text in np.ndenumerate(texts):
        # Ink on the pale middle, paper on the strong ends.
        strong = np.isfinite(shown[place]) and span > 0 and abs(shown[place] - overall) > 0.62 * span
        colour = colours.paper if strong else colours.ink if np.isfinite(shown[place]) else colours.muted
        figure.add_annotation(
            x=place[1], y=place[0], text=text, showarrow=False, font={"size": 12, "color": colour}, captureevents=False
        )
    return figure.update_layout(_layout(rows, columns, words, theme))


def _layout(rows: Sequence[str], columns: Sequence[str], words: SliceWords, theme: Theme) -> dict[str, object]:
    def ticks(names: Sequence[str]) -> dict[str, object]:
        return {
            "tickvals": list(range(len(names))), "ticktext": [plain(shorten(name, 20)) for name in names],
            "showgrid": False, "showline": False,
        }  # fmt: skip

    return {
        "template": template(theme), "separators": words.separators, "height": CELL * len(rows) + 158,
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8}, "dragmode": False, "xaxis": ticks(columns),
        "yaxis": {**ticks(rows), "autorange": "reversed"},
    }  # fmt: skip


def _cell(value: MetricValue, words: SliceWords, *, written: bool) -> str:
    if value.value is None:
        return f"n = {value.n}" if written and value.n else ""
    return _number(value.value, words) if written else ""


def _hover(value: MetricValue, words: SliceWords) -> str:
    rows = f"{value.n} {plain(words.rows)}"
    if value.value is None:
        return f"{rows} · {plain(words.small)}"
    spread = ""
    if value.low is not None and value.high is not None:
        spread = f"<br>{plain(words.interval)} {_number(value.low, words)} – {_number(value.high, words)}"
    return f"{plain(words.metric)} {_number(value.value, words)}{spread}<br>{rows}"


def _number(value: float, words: SliceWords) -> str:
    return f"{value:.3g}".replace(".", words.separators[0])
