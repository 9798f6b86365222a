"""A network drawn from the top down: one box a layer, lines where data flows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame
from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import SMALL, plain, shorten

LEVEL = 62
"""Height of a layer in px."""

BEND = 0.28
"""How far a line that passes layers by bends away, in widths of a layer, for the shortest of them."""

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
            across, down = line(at[source], at[target])
            xs += [*across, None]
            ys += [*down, None]
    figure.add_scatter(x=xs, y=ys, mode="lines", hoverinfo="skip", line={"color": colours.muted, "width": 1.2})
    longest = 34 if wide else 60  # a chain has the width to itself
    for name in names:
        loud = name in flagged
        lines = [plain(shorten(line, longest)) for line in labels[name].split("\n") if line]
        lines[0] = f"<b>{lines[0]}</b>" if lines else ""
        figure.add_annotation(
            x=at[name][0], y=-at[name][1], text="<br>".join(lines), showarrow=False, bgcolor=colours.card, borderpad=4,
            bordercolor=colours.worse if loud else colours.accent if name in ends else colours.hairline,
            borderwidth=2 if loud else 1, font={"size": SMALL, "color": colours.ink},
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-wide - 0.9, wide + 0.9])
    figure.update_yaxes(visible=False, range=[-depth - 0.6, 0.6])
    return figure


def line(start: tuple[float, int], end: tuple[float, int]) -> tuple[list[float], list[float]]:
    """Points of a line between two layers; one that passes others by bends to the side so that it stays visible."""
    (x0, y0), (x1, y1) = start, end
    if y1 - y0 < 2:
        return [x0, x1], [-float(y0), -float(y1)]
    bend = BEND * min(y1 - y0, 6) ** 0.5
    steps = [step / 16 for step in range(17)]
    across = [x0 + (x1 - x0) * t + 4 * bend * t * (1 - t) for t in steps]
    return across, [-(y0 + (y1 - y0) * t) for t in steps]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
