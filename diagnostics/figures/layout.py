"""How the facets of the curves chart share the height, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.curves.facets import Facet
from diagnostics.types import Role

FIRST, VALUES, BELOW = 320, 240, 130
"""Heights in px: the first facet, the other metrics, and what is read beneath them (gaps, learning rates)."""

BETWEEN, TOP, BOTTOM = 46, 34, 46


@dataclass(frozen=True, kw_only=True)
class Row:
    """One facet's place.

    Attributes
    ----------
    facet : Facet
    name : str
        "y", "y2"...: the vertical axis.
    edge : str
        Axis from 0 to 1 over the same place, for what has no value on the real one.
    top, bottom : float
        Fractions of the plotting area.
    height : int
        px.
    """

    facet: Facet
    name: str
    edge: str
    top: float
    bottom: float
    height: int

    @property
    def key(self) -> str:
        """Name of the axis in the layout ("yaxis2")."""
        return self.name.replace("y", "yaxis", 1)

    @property
    def edge_key(self) -> str:
        """Name of the edge axis in the layout."""
        return self.edge.replace("y", "yaxis", 1)


def rows(facets: Sequence[Facet]) -> tuple[Row, ...]:
    """Places of the facets, from the top down."""
    heights = [_height(facet, first=index == 0) for index, facet in enumerate(facets)]
    inner = sum(heights) + BETWEEN * (len(heights) - 1)
    placed, top = [], float(inner)
    for index, (facet, height) in enumerate(zip(facets, heights, strict=True)):
        name, edge = "y" if index == 0 else f"y{index + 1}", f"y{index + 101}"
        bottom = max(top - height, 0) / inner
        placed.append(Row(facet=facet, name=name, edge=edge, top=top / inner, bottom=bottom, height=height))
        top -= height + BETWEEN
    return tuple(placed)


def total_height(placed: Sequence[Row]) -> int:
    """Height of the whole figure in px."""
    return sum(row.height for row in placed) + BETWEEN * (len(placed) - 1) + TOP + BOTTOM


def scale(row: Row, value: float, *, log: bool) -> float | None:
    """Height of a value inside its facet, 0 at the bottom and 1 at the top; None where it cannot be shown."""
    limits = row.facet.range
    if limits is None or (log and value <= 0):
        return None
    low, high = (np.log10(limits.low), np.log10(limits.high)) if log else (limits.low, limits.high)
    at = np.log10(value) if log else value
    return float((at - low) / (high - low))


def _height(facet: Facet, *, first: bool) -> int:
    if facet.kind == "gap" or facet.role is Role.LEARNING_RATE:
        return BELOW
    return FIRST if first else VALUES
