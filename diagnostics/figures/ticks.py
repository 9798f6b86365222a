"""Ticks for durations: whole seconds, minutes, hours or days instead of powers of ten of a second."""

from __future__ import annotations

import math
from typing import Any

UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))
STEPS = {
    "s": (1, 2, 5, 10, 20, 30),
    "min": (1, 2, 5, 10, 20, 30),
    "h": (1, 2, 3, 6, 12),
    "d": (1, 2, 5, 10, 20, 50, 100),
}
WANTED = 8


def time_ticks(low: float, high: float) -> dict[str, Any]:
    """Options of a plotly axis for a stretch of time in seconds; empty for stretches below eight seconds."""
    span = high - low
    sizes = [(unit, step, step * length) for unit, length in reversed(UNITS) for step in STEPS[unit]]
    fitting = [size for size in sizes if span / size[2] <= WANTED]
    if span < WANTED or not fitting:
        return {}
    unit, step, size = fitting[0]
    length = size / step
    places = [index * size for index in range(math.ceil(low / size), math.floor(high / size) + 1)]
    return {"tickvals": places, "ticktext": [f"{round(place / length)} {unit}" for place in places]}


def duration(seconds: float) -> str:
    """A stretch of time as people say it: its two largest units.

    Examples
    --------
    >>> duration(11_532.4), duration(65), duration(2.25), duration(190_000)
    ('3 h 12 min', '1 min 5 s', '2.25 s', '2 d 5 h')
    """
    if not math.isfinite(seconds):
        return ""
    if abs(seconds) < 60:
        return f"{seconds:.3g} s"
    sign, rest = "−" if seconds < 0 else "", abs(seconds)
    place = next(index for index, (_, length) in enumerate(UNITS) if rest >= length)
    (large, size), (small, part) = UNITS[place], UNITS[place + 1]
    parts = round(rest / part)
    whole, left = divmod(parts, round(size / part))
    return f"{sign}{whole} {large} {left} {small}" if left else f"{sign}{whole} {large}"
