"""Settings as programs write them down: text turned into numbers and truth values, nested tables made flat."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MAX_KEYS = 5_000
MAX_TEXT = 500
MAX_ITEMS = 20
MAX_DEPTH = 8
MAX_VISITS = 50_000
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


def flat(value: Any, *, finite: bool = True) -> dict[str, Any]:
    """Nested tables as one, keys joined by dots.

    Parameters
    ----------
    value : object
        Lists of plain values stay lists of at most 20; longer ones and deeper tables are left out.
    finite : bool
        Spell NaN and infinity as text, which settings may hold but JSON may not.

    Returns
    -------
    dict
        At most `MAX_KEYS` entries of str, int, float, bool, None or list.
    """
    found: dict[str, Any] = {}
    # A bounded walk: what is shared inside the value (YAML aliases) may be met again and again.
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    for _ in range(MAX_VISITS):
        if not waiting or len(found) >= MAX_KEYS:
            break
        name, inner, depth = waiting.pop()
        if isinstance(inner, Mapping) and depth < MAX_DEPTH:
            items = [(f"{name}.{key}" if name else str(key), part, depth + 1) for key, part in inner.items()]
            waiting.extend(reversed(items))
        elif name and isinstance(inner, list | tuple):
            if len(inner) <= MAX_ITEMS and all(isinstance(v, str | int | float | bool | None) for v in inner):
                found[name] = [_plain(v, finite) for v in inner]
        elif name and (inner is None or isinstance(inner, str | int | float | bool)):
            found[name] = _plain(inner, finite)
    return found


def _plain(value: Any, finite: bool) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    return str(value) if finite and isinstance(value, float) and not math.isfinite(value) else value
