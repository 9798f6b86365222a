"""Small line drawings without axes: the shape of a run and the place a finding speaks of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app import theme

WIDTH, HEIGHT, MARGIN = 260.0, 72.0, 7.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series: `split` gives its colour; places without a finite value are gaps."""

    split: str
    x: Sequence[float]
    y: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """How values become places of the drawing."""

    left: float
    right: float
    low: float
    high: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point, in units of the drawing."""
        across = (x - self.left) / (self.right - self.left) if self.right > self.left else 0.5
        up = (y - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return MARGIN + across * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)


def svg(lines: Sequence[Line], *, mark: float | None = None, until: float | None = None, mode: str = "light") -> str:
    """Return the drawing as SVG; it holds numbers and fixed colours only, never a name.

    Parameters
    ----------
    lines : sequence of Line
        Drawn on one scale.
    mark : float or None
        A place on the x axis, shown by a dotted line and a dot on every line that reaches it.
    until : float or None
        Where the place is a stretch: its end; it is shaded.
    mode : str
        "light" or "dark".
    """
    frame = _frame(lines)
    if frame is None:
        return ""
    parts = [_shown_place(mark, until, frame, mode)] if mark is not None and frame.left <= mark <= frame.right else []
    for line in lines:
        colour = theme.SPLIT_COLOURS[mode].get(line.split, theme.SPLIT_COLOURS[mode][""])
        parts += [_stroke(piece, colour) for piece in _pieces(line, frame)]
        if mark is not None and until is None and (point := _nearest(line, mark)) is not None:
            x, y = frame.at(*point)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}"/>')
    body = "".join(parts)
    size = f'width="{WIDTH:.0f}" height="{HEIGHT:.0f}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def _finite(line: Line) -> list[tuple[float, float]]:
    pairs = zip(line.x, line.y, strict=True)
    return [(float(x), float(y)) for x, y in pairs if y is not None and math.isfinite(y) and math.isfinite(x)]


def _frame(lines: Sequence[Line]) -> Frame | None:
    """Return the scale, or None where nothing can be drawn; a few far outliers do not flatten the rest."""
    points = [point for line in lines for point in _finite(line)]
    if not points:
        return None
    heights = sorted(y for _, y in points)
    keep = max(1, math.ceil(0.98 * len(heights))) - 1
    low, high = heights[0], heights[-1]
    if heights[keep] > low and (high - low) > 6 * (heights[keep] - low):
        high = heights[keep]
    xs = [x for x, _ in points]
    return Frame(left=min(xs), right=max(xs), low=low, high=high)


def _pieces(line: Line, frame: Frame) -> list[list[tuple[float, float]]]:
    """Return runs of neighbouring finite points; what lies above the frame leaves at its upper edge."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(line.x, line.y, strict=True):
        if y is None or not math.isfinite(y):
            pieces.append([])
        else:
            pieces[-1].append(frame.at(float(x), min(float(y), frame.high)))
    return [piece for piece in pieces if piece]


def _stroke(points: list[tuple[float, float]], colour: str) -> str:
    if len(points) == 1:
        return f'<circle cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="1.6" fill="{colour}"/>'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _shown_place(mark: float, until: float | None, frame: Frame, mode: str) -> str:
    x, _ = frame.at(mark, frame.low)
    if until is not None:
        end, _ = frame.at(min(until, frame.right), frame.low)
        return (
            f'<rect x="{x:.1f}" y="1" width="{max(1.0, end - x):.1f}" height="{HEIGHT - 2:.0f}"'
            f' fill="{theme.MUTED[mode]}" fill-opacity="0.14"/>'
        )
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="1" y2="{HEIGHT - 1:.0f}" stroke="{theme.MUTED[mode]}"'
        ' stroke-width="1" stroke-dasharray="2 3"/>'
    )


def _nearest(line: Line, mark: float) -> tuple[float, float] | None:
    points = _finite(line)
    if not points or not min(x for x, _ in points) <= mark <= max(x for x, _ in points):
        return None
    return min(points, key=lambda point: abs(point[0] - mark))
