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
