"""A network drawn from the top down: one box a layer, lines where data flows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame
from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import SMALL, plain, shorten

LEVEL = 62
"""Height of a layer in px."""

MOST = 120
"""Layers drawn; a longer network is shown by its table."""


def places(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, tuple[float, int]]:
    """Place of each layer: across, centred on 0, and depth, the longest way from an input.

    Parameters
    ----------
    names : sequence of str
        In order of computation.
    edges : sequence of (from, to)
    """
    before: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        if source in before and target in before:
            before[target].append(source)
    depth: dict[str, int] = {}
    for name in names:
        depth[name] = max((depth[source] + 1 for source in before[name] if source in depth), default=0)
    across: dict[str, float] = {}
    levels: dict[int, list[str]] = {}
    for name in names:
        levels.setdefault(depth[name], []).append(name)
    for level in sorted(levels):
        wanted = {n: _mean([across[s] for s in before[n] if s in across]) for n in levels[level]}
        row = sorted(levels[level], key=lambda n: wanted[n])
        for index, name in enumerate(row):
            across[name] = index - (len(row) - 1) / 2 if len(row) > 1 else wanted[name]
    return {name: (across[name], depth[name]) for name in names}


def network(
    names: Sequence[str], labels: Mapping[str, str], edges: Sequence[tuple[str, str]], words: AxisWords,
    theme: Theme = "light", *, flagged: Collection[str] = (), ends: Collection[str] = (),
) -> go.Figure:  # fmt: skip
    """Draw the layers.

    Parameters
    ----------
    names : sequence of str
    labels : mapping of name to str
        What stands in the box, plain text in lines.
    edges : sequence of (from, to)
    flagged : collection of str
        Layers that stand out.
    ends : collection of str
        Inputs and outputs.
    """
    colours = palette(theme)
    at = places(names, edges)
    depth = max((place[1] for place in at.values()), default=0)
    wide = max((abs(place[0]) for place in at.values()), default=0.0)
    figure = frame(words, theme, (depth + 1) * LEVEL + 40)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for source, target in edges:
        if source in at and target in at:
            xs += [at[source][0], at[target][0], None]
            ys += [-at[source][1], -at[target][1], None]
    figure.add_scatter(x=xs, y=ys, mode="lines", hoverinfo="skip", line={"color": colours.muted, "width": 1.2})
    for name in names:
        loud = name in flagged
        lines = [plain(shorten(line, 34)) for line in labels[name].split("\n") if line]
        lines[0] = f"<b>{lines[0]}</b>" if lines else ""
        figure.add_annotation(
            x=at[name][0], y=-at[name][1], text="<br>".join(lines), showarrow=False, bgcolor=colours.card, borderpad=4,
            bordercolor=colours.worse if loud else colours.accent if name in ends else colours.hairline,
            borderwidth=2 if loud else 1, font={"size": SMALL, "color": colours.ink},
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-wide - 0.8, wide + 0.8])
    figure.update_yaxes(visible=False, range=[-depth - 0.6, 0.6])
    return figure


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
