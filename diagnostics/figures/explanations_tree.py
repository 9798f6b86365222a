"""A decision tree as boxes, with the path of one row lit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame
from diagnostics.figures.palette import Theme, faded, palette
from diagnostics.figures.template import SMALL, plain, shorten

LEVEL = 104


class Box(Protocol):
    """What is drawn of a node; see `diagnostics.explanations.tree_shape.Node`."""

    number: int
    parent: int
    depth: int
    x: float
    feature: str
    threshold: float
    left_texts: tuple[str, ...]
    value: float
    share: float
    n: int
    cut: bool
    strict: bool


def tree(boxes: Sequence[Any], words: AxisWords, theme: Theme = "light", *, lit: Collection[int] = ()) -> go.Figure:
    """Draw nodes from the root down; left is "yes".

    Parameters
    ----------
    boxes : sequence of Box
    words : AxisWords
        Names: "yes", "no", "rows".
    lit : collection of int
        Numbers of the nodes on the path of the chosen row.
    """
    colours = palette(theme)
    depth = max((box.depth for box in boxes), default=0)
    leaves = max((box.x for box in boxes), default=0.0) + 1
    figure = frame(words, theme, (depth + 1) * LEVEL + 40)
    by_number = {box.number: box for box in boxes}
    low, high = min((b.value for b in boxes), default=0.0), max((b.value for b in boxes), default=1.0)
    for box in boxes:
        parent = by_number.get(box.parent)
        if parent is None:
            continue
        on = box.number in lit and parent.number in lit
        figure.add_scatter(
            x=[parent.x, box.x], y=[-parent.depth - 0.16, -box.depth + 0.2], mode="lines", hoverinfo="skip",
            line={"color": colours.worse if on else colours.muted, "width": 4 if on else 0.8 + 3 * box.share},
            opacity=1.0 if on else 0.55,
        )  # fmt: skip
    for box in boxes:
        on = box.number in lit
        part = 0.5 if high == low else (box.value - low) / (high - low)
        fill = faded(colours.worse if part >= 0.5 else colours.better, 0.10 + 0.5 * abs(part - 0.5))
        tight = leaves > 9 and not box.feature
        asked = shorten(question(box), 24) if box.feature else ""
        text = "<br>".join(t for t in (f"<b>{plain(asked)}</b>" if asked else "", f"{box.value:.3g}",
                                       "" if tight else f"n = {box.n}") if t)  # fmt: skip
        figure.add_annotation(
            x=box.x, y=-box.depth, text=text + ("<br>…" if box.cut else ""), showarrow=False, bgcolor=colours.card,
            bordercolor=colours.worse if on else colours.hairline, borderwidth=2 if on else 1, borderpad=4,
            font={"size": SMALL if not tight else 10, "color": colours.ink},
        )  # fmt: skip
        figure.add_scatter(
            x=[box.x], y=[-box.depth], mode="markers", marker={"size": 26, "color": fill, "symbol": "square"},
            customdata=[plain(question(box))],
            hovertemplate=f"%{{customdata}}<br>{box.value:.4g} · {box.n} {words.name('rows')} · {box.share:.1%}"
            "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-0.7, leaves - 0.3])
    figure.update_yaxes(visible=False, range=[-depth - 0.5, 0.5])
    return figure


def question(box: Box) -> str:
    """What a node asks, plain text; "" for a leaf."""
    if not box.feature:
        return ""
    if box.left_texts:
        return f"{box.feature} ∈ {{{', '.join(box.left_texts[:4])}{', …' if len(box.left_texts) > 4 else ''}}}"
    return f"{box.feature} {'<' if box.strict else '≤'} {box.threshold:.4g}"
