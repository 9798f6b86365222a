"""A slice as text that fits into an address and back: a JSON list of [column, operator, value]."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from diagnostics.types import Condition

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "not_in", "between", "is_null", "not_null")

MOST = 20
"""Conditions of one slice; an address with more was not written by this program."""


def to_text(predicate: Sequence[Condition]) -> str:
    """The conditions as text; "" for none.

    Examples
    --------
    >>> to_text([Condition(column="age", op=">=", value=60), Condition(column="site", op="is_null")])
    '[["age",">=",60],["site","is_null"]]'
    """
    parts = [[c.column, c.op] if c.op in ("is_null", "not_null") else [c.column, c.op, _plain(c.value)]
             for c in predicate]  # fmt: skip
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")) if parts else ""


def from_text(text: str) -> tuple[Condition, ...]:
    """The conditions that a text names; none for "".

    Raises
    ------
    ValueError
        The text does not name a slice.
    """
    if not text:
        return ()
    try:
        parts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("not a slice") from error
    if not isinstance(parts, list) or len(parts) > MOST:
        raise ValueError("not a slice")
    return tuple(_condition(part) for part in parts)


def _condition(part: Any) -> Condition:
    if not isinstance(part, list) or not 2 <= len(part) <= 3 or not isinstance(part[0], str):
        raise ValueError("not a condition")
    column, op, value = (*part, None)[:3]
    if op not in OPERATORS or not _fits(op, value):
        raise ValueError("not a condition")
    return Condition(column=column, op=op, value=tuple(value) if isinstance(value, list) else value)


def _fits(op: str, value: Any) -> bool:
    if op in ("in", "not_in"):
        return isinstance(value, list) and all(_is_scalar(v) for v in value)
    if op == "between":
        return isinstance(value, list) and len(value) == 2 and all(_is_scalar(v) for v in value)
    if op in ("<", "<=", ">", ">="):
        return isinstance(value, int | float | str)
    return _is_scalar(value)


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(v) for v in value]
    item = value.item() if hasattr(value, "item") else value
    return item if _is_scalar(item) else str(item)
