"""Contributions of all rows as a swarm: one line of dots a feature, as high as its rows are dense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, feature_axis, frame, note
from diagnostics.figures.palette import LOW_HIGH, Theme, palette
from diagnostics.figures.template import SMALL, plain
from diagnostics.types import FloatArray, IntArray

LINE_HEIGHT = 36
DOT = 6
BINS = 120
"""Dots side by side over the whole axis; on a common screen they then just touch."""

LANES = 7
"""Dots on one another where a feature is densest."""

REACH = 0.38
"""Half the height of the densest place, in lines."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dots:
    """The dots of a swarm; a dot stands for rows whose contribution is alike, the middle one by name.

    Attributes
    ----------
    x : ndarray, shape (dots,)
        Mean contribution of a dot's rows.
    y : ndarray, shape (dots,)
        Line of the feature, plus an offset in ±`REACH`.
    tint : ndarray, shape (dots,)
        Mean place of the feature's own values among all rows, 0 to 1.
    line, row, count : ndarray of int, shape (dots,)
        Column of the feature, the row named, and how many rows the dot stands for.
    """

    x: FloatArray
    y: FloatArray
    tint: FloatArray
    line: IntArray
    row: IntArray
    count: IntArray

    @classmethod
    def of(cls, values: FloatArray, rows: FloatArray) -> Dots:
        """Lay out all rows.

        Drawing every row of every feature costs seconds in a browser and hides most of them: rows whose contributions
        are alike share dots, as many as keep the height in proportion to the density.

        Parameters
        ----------
        values, rows : ndarray, shape (n, features)
            Contributions, and the values of the features.
        """
        parts = [_line(values, rows[:, line], line) for line in range(values.shape[1] if len(values) else 0)]
        empty = tuple(np.zeros(0, dtype=np.float64) for _ in range(6))
        x, y, tint, line, row, count = (np.concatenate(one) for one in zip(*parts, strict=True)) if parts else empty
        whole = [one.astype(np.int64) for one in (line, row, count)]
        return cls(x=x, y=y, tint=tint, line=whole[0], row=whole[1], count=whole[2])

    def nearest(self, x: float, y: float) -> int | None:
        """Row named by the dot at a place of the picture; None where no line of dots is."""
        candidates = np.flatnonzero(self.line == round(y))
        if not len(candidates):
            return None
        reach = float(np.ptp(self.x)) or 1.0
        distance = np.abs(self.x[candidates] - x) / reach + np.abs(self.y[candidates] - y)
        return int(self.row[candidates[distance.argmin()]])


def _line(values: FloatArray, shown: FloatArray, line: int) -> tuple[FloatArray | IntArray, ...]:
    """One feature's dots: x, y, tint, line, row, count."""
    column, tint = values[:, line], ranks(shown)
    reach = float(np.ptp(values)) or 1.0
    bins = np.minimum((column - values.min()) / reach * BINS, BINS - 1).astype(np.int64)
    order = np.lexsort((tint, bins))
    sizes = np.bincount(bins)
    tallest = int(sizes.max())
    lanes = sizes if tallest <= LANES else -(-sizes * LANES // tallest)
    at = bins[order]
    inside = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[at]
    lane = inside * lanes[at] // sizes[at]
    starts = np.flatnonzero(np.diff(at * (LANES + 1) + lane, prepend=-1))
    count = np.diff(starts, append=len(order))
    offset = lane[starts] - (lanes[at[starts]] - 1) / 2
    return (
        np.add.reduceat(column[order], starts) / count,
        line - offset * (2 * REACH / (LANES - 1)),
        np.add.reduceat(tint[order], starts) / count,
        np.full(len(starts), line),
        order[starts + count // 2],
        count,
    )


def swarm(
    names: Sequence[str], dots: Dots, tell: Callable[[int, int], str], words: AxisWords, theme: Theme = "light", *,
    lit: FloatArray | None = None,
) -> go.Figure:  # fmt: skip
    """Draw a swarm; colour is the feature's own value, low to high.

    Parameters
    ----------
    names : sequence of str
        From the top.
    dots : Dots
    tell : callable
        The cell of a row (first) and a feature (second) as people know it.
    words : AxisWords
        Names: "low", "high" label the colours; "rows" (with "{n}") says for how many rows a dot stands.
    lit : ndarray, shape (features,), optional
        Contributions of the row that stands out.
    """
    count = len(names)
    figure = frame(words, theme, count * LINE_HEIGHT + 110, margin={"l": 8, "r": 12, "t": 60, "b": 8})
    colours = palette(theme)
    told = [
        f"{plain(names[line])} = {plain(tell(int(row), int(line)))}<br>{x:.4g}"
        + (f"<br>{words.names.get('rows', '{n}').format(n=n)}" if n > 1 else "")
        for x, line, row, n in zip(dots.x, dots.line, dots.row, dots.count, strict=True)
    ]
    figure.add_scatter(
        x=dots.x.astype(np.float32), y=dots.y.astype(np.float32), mode="markers", showlegend=False, hovertext=told,
        hoverinfo="text",
        marker={"size": DOT, "color": dots.tint.astype(np.float32), "colorscale": LOW_HIGH[theme], "cmin": 0, "cmax": 1,
                "opacity": 0.85, "line": {"width": 0}},
    )  # fmt: skip
    if lit is not None:
        figure.add_scatter(
            x=lit, y=list(range(count)), mode="markers", hoverinfo="skip", showlegend=False,
            marker={"size": 2 * DOT, "color": "rgba(0,0,0,0)", "line": {"color": colours.ink, "width": 2}},
        )  # fmt: skip
    feature_axis(figure, names)
    figure.update_xaxes(zeroline=True, zerolinecolor=colours.muted, zerolinewidth=1)
    for name, x, anchor, tone in (
        ("low", 0, "left", LOW_HIGH[theme][0][1]),
        ("high", 1, "right", LOW_HIGH[theme][2][1]),
    ):
        note(figure, f"● {words.names.get(name, '')}", theme, x=x, y=1, xref="paper", yref="paper", xanchor=anchor,
             yanchor="bottom", font={"size": SMALL, "color": tone})  # fmt: skip
    return figure


def ranks(values: FloatArray) -> FloatArray:
    """Places among the values, 0 to 1; a missing value or a constant is 0.5."""
    from scipy.stats import rankdata

    found = np.full(len(values), 0.5)
    known = np.isfinite(values)
    if known.sum() > 1 and np.ptp(values[known]) > 0:
        places = rankdata(values[known])
        found[known] = (places - 1) / (known.sum() - 1)
    return found
