"""Settings as programs write them down: text turned into numbers and truth values, nested tables made flat."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_KEYS = 5_000
MAX_TEXT = 500
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "none": None, "null": None, "": None}


def parsed(text: str) -> Any:
    """A value written as text: a number, a truth value, None, or the text itself."""
    text = text.strip()
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.fullmatch(text):
        value = float(text)
        whole = value.is_integer() and not any(c in text for c in ".eE") and abs(value) < 2**53
        return int(text) if whole else value
    return text[:MAX_TEXT]


def flat(value: Any, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested tables as one, keys joined by dots.

    Parameters
    ----------
    value : object
        Lists of plain values stay lists of at most 20; longer ones and deeper tables are left out.

    Returns
    -------
    dict
        At most `MAX_KEYS` entries of str, int, float, bool, None or list.
    """
    found: dict[str, Any] = {}
    if isinstance(value, Mapping) and depth < 8:
        for key, inner in value.items():
            name = f"{prefix}.{key}" if prefix else str(key)
            found.update(flat(inner, name, depth + 1))
            if len(found) > MAX_KEYS:
                break
    elif prefix and isinstance(value, list | tuple):
        if len(value) <= 20 and all(isinstance(v, str | int | float | bool | None) for v in value):
            found[prefix] = [_plain(v) for v in value]
    elif prefix and (value is None or isinstance(value, str | int | float | bool)):
        found[prefix] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    return value if not isinstance(value, float) or math.isfinite(value) else str(value)
