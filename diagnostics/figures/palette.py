"""Colours, dashes and symbols: one meaning each, readable on light and on dark paper and for colour-blind eyes.

Splits keep the Okabe-Ito hues; runs differ by shade and dash, so that a run is never told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from diagnostics.types import Severity, Split

Theme = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one theme."""

    paper: str
    card: str
    ink: str
    muted: str
    hairline: str
    accent: str
    better: str
    worse: str


PALETTES: dict[str, Palette] = {
    "light": Palette(
        paper="#FBFAF7", card="#FFFFFF", ink="#1F2328", muted="#5D6673", hairline="#E4E0D8", accent="#0B5CAD",
        better="#0072B2", worse="#C05A00",
    ),
    "dark": Palette(
        paper="#15171A", card="#1C1F23", ink="#E8E6E1", muted="#A3ABB6", hairline="#2D3238", accent="#6CB2F5",
        better="#56A8DC", worse="#F08A3C",
    ),
}  # fmt: skip

SPLITS: dict[str, dict[Split | None, str]] = {
    "light": {Split.TRAIN: "#0072B2", Split.VALIDATION: "#D55E00", Split.TEST: "#009E73", None: "#5D6673"},
    "dark": {Split.TRAIN: "#56A8E0", Split.VALIDATION: "#F0803C", Split.TEST: "#2FC39A", None: "#A3ABB6"},
}

SEVERITIES: dict[str, dict[Severity, str]] = {
    "light": {
        Severity.HIGH: "#B3261E", Severity.MEDIUM: "#9A6700", Severity.LOW: "#475467", Severity.INFO: "#1B7F4B",
    },
    "dark": {
        Severity.HIGH: "#F2867E", Severity.MEDIUM: "#E0B04A", Severity.LOW: "#B4BDCA", Severity.INFO: "#6FCF97",
    },
}  # fmt: skip

LOW_HIGH: dict[str, list[list[float | str]]] = {
    "light": [[0, "#0072B2"], [0.5, "#A9A29A"], [1, "#C05A00"]],
    "dark": [[0, "#56A8DC"], [0.5, "#8B8F95"], [1, "#F08A3C"]],
}
"""Value of a feature, low to high; distinguishable without red and green."""

DASHES = ("solid", "dash", "dot", "dashdot")
# Five shades and four dashes have no common divisor, so twenty runs in a row all look different.
SHADES: dict[str, tuple[float, ...]] = {"light": (0.0, -0.38, 0.22, -0.62, 0.36), "dark": (0.0, 0.45, -0.2, 0.7, -0.35)}


def palette(theme: Theme) -> Palette:
    """Colours of a theme."""
    return PALETTES[theme]


def line_colour(split: Split | None, number: int, theme: Theme) -> str:
    """Colour of a run on a split: the split's hue, in the shade of the run's place in the selection."""
    shades = SHADES[theme]
    return mix(SPLITS[theme][split], shades[number % len(shades)])


def dash(number: int) -> str:
    """Line pattern of a run."""
    return DASHES[number % len(DASHES)]


def mix(colour: str, amount: float) -> str:
    """Blend a "#RRGGBB" colour with white (amount > 0) or with black (amount < 0); amount in [-1, 1]."""
    target = 255 if amount > 0 else 0
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (target - part) * abs(amount)):02X}" for part in parts)


def faded(colour: str, alpha: float) -> str:
    """Return the colour as "rgba(...)" with an opacity in [0, 1]."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"
