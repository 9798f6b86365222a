"""A tree of subgroups as an outline: one line a node, indented by depth, a dot as large as the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.slices import LARGEST, SMALLEST, SliceWords
from diagnostics.figures.template import plain, shorten, template
from diagnostics.types import MetricValue

ROW = 38
"""Height of a node in px."""

NAME = 40


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A node of the outline: its last condition as plain text, depth, place of its parent (None at the root)."""

    name: str
    told: str
    value: MetricValue
    worse: bool | None
    depth: int
    parent: int | None
    chosen: bool = False


def tree(branches: Sequence[Branch], words: SliceWords, theme: Theme = "light") -> go.Figure:
    """Draw the outline, the first branch on top.

    Parameters
    ----------
    branches : sequence of Branch
        Parents before their children.
    words : SliceWords
    theme : {"light", "dark"}

    Returns
    -------
    Figure
        A click on a node reports its place in `branches` as y.
    """
    colours = palette(theme)
    most = max((branch.value.n for branch in branches), default=1) or 1
    look = {
        True: (colours.worse, "triangle-down"),
        False: (colours.better, "triangle-up"),
        None: (colours.muted, "circle"),
    }
    figure = go.Figure()
    for place, branch in enumerate(branches):
        if branch.parent is not None:
            figure.add_shape(
                type="path", path=f"M {_x(branch.depth - 1)} {branch.parent} V {place} H {_x(branch.depth)}",
                line={"color": colours.hairline, "width": 1.5}, layer="below",
            )  # fmt: skip
    figure.add_scatter(
        x=[_x(branch.depth) for branch in branches], y=list(range(len(branches))), mode="markers",
        marker={
            "size": [SMALLEST + (LARGEST - SMALLEST) * (branch.value.n / most) ** 0.5 for branch in branches],
            "color": [look[branch.worse][0] for branch in branches], "opacity": 1, "line": {"width": 0},
            "symbol": [look[branch.worse][1] for branch in branches],
        },
        customdata=[[plain(branch.name), plain(branch.told)] for branch in branches],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )  # fmt: skip
    for place, branch in enumerate(branches):
        name = plain(shorten(branch.name, NAME))
        name = f"<b>{name}</b>" if branch.chosen else name
        figure.add_annotation(
            x=_x(branch.depth), y=place, xshift=16, xanchor="left", align="left", showarrow=False,
            text=f"{name}<br><span style='color:{colours.muted};font-size:11.5px'>{plain(branch.told)}</span>",
            font={"size": 12.5, "color": colours.ink},
        )  # fmt: skip
    deepest = max((branch.depth for branch in branches), default=0)
    return figure.update_layout(
        template=template(theme), separators=words.separators, height=ROW * len(branches) + 24, showlegend=False,
        margin={"l": 4, "r": 4, "t": 8, "b": 8}, dragmode=False,
        xaxis={"range": [-0.4, max(6.0, deepest + 4.0)], "visible": False},
        yaxis={"range": [len(branches) - 0.4, -0.6], "visible": False},
    )  # fmt: skip


def _x(depth: int) -> float:
    return depth * 0.55
