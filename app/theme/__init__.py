"""Colours, marks and the small style sheet; the fonts and Streamlit's theme options lie beside the entry script."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CONFIG = HERE.parent / ".streamlit" / "config.toml"
STYLE = HERE / "app.css"
ICON = HERE / "icon.png"

# Okabe-Ito: one colour family a split, the same on every chart and sparkline.
SPLIT_COLOURS = {
    "light": {"train": "#0072B2", "validation": "#D55E00", "test": "#009E73", "": "#5D6673"},
    "dark": {"train": "#56A8E0", "validation": "#F0803C", "test": "#2FC39A", "": "#A3ABB6"},
}
INK = {"light": "#1F2328", "dark": "#E8E6E1"}
MUTED = {"light": "#5D6673", "dark": "#A3ABB6"}
HAIRLINE = {"light": "#E4E0D8", "dark": "#2D3238"}

# Severity is a shape and a word before it is a colour; the name is Streamlit's colour directive.
SEVERITY_MARKS = {"high": ("▲", "red"), "medium": ("◆", "orange"), "low": ("●", "gray"), "info": ("✓", "green")}


@cache
def options() -> dict[str, Any]:
    """Return the theme and server options flattened for `st.App.run(config=...)` ("theme.light.textColor")."""
    flat: dict[str, Any] = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            name = f"{prefix}{key}"
            if isinstance(value, dict):
                walk(f"{name}.", value)
            else:
                flat[name] = value

    walk("", tomllib.loads(CONFIG.read_text(encoding="utf-8")))
    return flat
