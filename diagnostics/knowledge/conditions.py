"""The conditions of a slice as people read them: "age ≥ 60, region is south or west"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from diagnostics.knowledge import numbers
from diagnostics.knowledge.loader import FALLBACK, entry
from diagnostics.types import Condition

_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_MAX_LISTED = 6


def conditions_text(predicate: Iterable[Condition | Mapping[str, Any]], language: str = FALLBACK) -> str:
    """All conditions of a slice, one after the other; two bounds of one number become a range.

    Examples
    --------
    >>> conditions_text([Condition(column="age", op=">=", value=60), Condition(column="site", op="is_null")])
    'age ≥ 60, site missing'
    """
    plain = [c if isinstance(c, Condition) else Condition(**c) for c in predicate]
    shown: list[str] = []
    for condition in plain:
        pair = [c for c in plain if c.column == condition.column and c.op in ("<", "<=", ">", ">=")]
        if len(pair) == 2 and condition in pair:
            if condition is pair[0]:
                shown.append(_range(pair, language))
            continue
        shown.append(_one(condition, language))
    return ", ".join(shown) or _word("slice_all_rows", language)


def _range(pair: list[Condition], language: str) -> str:
    low, high = sorted(pair, key=lambda c: c.op in ("<", "<="))
    left = "≤" if low.op == ">=" else "<"
    return f"{_value(low.value, language)} {left} {low.column} {_SIGNS[high.op]} {_value(high.value, language)}"


def _one(condition: Condition, language: str) -> str:
    name, op, value = condition.column, condition.op, condition.value
    if op in ("is_null", "not_null"):
        return f"{name} {_word('slice_missing' if op == 'is_null' else 'slice_present', language)}"
    if op in ("in", "not_in"):
        items = [_value(v, language) for v in value]
        listed = ", ".join(items[:_MAX_LISTED]) + (", …" if len(items) > _MAX_LISTED else "")
        return f"{name} {'∈' if op == 'in' else '∉'} {{{listed}}}"
    if op == "between":
        return f"{_value(value[0], language)} ≤ {name} ≤ {_value(value[1], language)}"
    return f"{name} {_SIGNS.get(op, op)} {_value(value, language)}"


def _value(value: Any, language: str) -> str:
    if value is None:
        return _word("slice_missing", language)
    if isinstance(value, bool):
        return _word("slice_true" if value else "slice_false", language)
    return numbers.number(value, language, 6) if isinstance(value, int | float) else str(value)


def _word(code: str, language: str) -> str:
    text = entry(language, "labels", code)
    return str(text) if text is not None else code
