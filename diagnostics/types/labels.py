"""Class labels as files spell them: `1`, `1.0`, `"1"` and `True` may be one class; only this file decides."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from diagnostics.types.runs import IntArray

_BOOLEANS = {"true": "1", "false": "0"}


def spelled(value: Any) -> str | None:
    """The label as text: None where it is missing, integral numbers without a decimal part.

    Examples
    --------
    >>> spelled(3.0), spelled(True), spelled(" cat "), spelled(float("nan"))
    ('3', 'True', 'cat', None)
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return None
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    text = str(value).strip()
    return text or None


def folded(label: str) -> str:
    """A key under which spellings of one class meet: "1.0" and "1", "True" and "1", "Cat" and "cat"."""
    lower = label.strip().lower()
    if lower in _BOOLEANS:
        return _BOOLEANS[lower]
    try:
        number = float(lower)
    except ValueError:
        return lower
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _order(label: str) -> tuple[int, float, str]:
    try:
        return (0, float(label), label)
    except ValueError:
        return (1, 0.0, label)


class Labels:
    """The classes of one prediction set and the way from any raw value to a class number.

    Parameters
    ----------
    classes : sequence of str
        In display order; a class number is a position in it.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self._exact = {label: number for number, label in enumerate(self.classes)}
        keys = [folded(label) for label in self.classes]
        # Where folding would merge two classes ("a" and "A" both exist) only the exact spelling counts.
        self._folded = {key: number for number, key in enumerate(keys) if keys.count(key) == 1}

    def code(self, value: Any) -> int:
        """Class number of a raw value, -1 where it is missing or not one of the classes."""
        label = spelled(value)
        if label is None:
            return -1
        number = self._exact.get(label)
        return self._folded.get(folded(label), -1) if number is None else number

    def codes(self, values: Iterable[Any]) -> IntArray:
        """Class numbers of many raw values; meant for distinct values, not for whole columns."""
        return np.array([self.code(value) for value in values], dtype=np.int64)


def classes_of(*vocabularies: Iterable[Any]) -> tuple[str, ...]:
    """The classes that some columns together hold, sorted (numbers by value, then text), first spelling kept.

    Parameters
    ----------
    *vocabularies : iterables of raw values
        The distinct values of the truth column first: its spelling wins.
    """
    known: dict[str, str] = {}
    for number, values in enumerate(vocabularies):
        labels = [label for label in map(spelled, values) if label is not None]
        keys = [folded(label) for label in labels]
        for label, key in zip(labels, keys, strict=True):
            # Two spellings inside one column ("a", "A") are two classes unless they are numbers or booleans.
            inside = number == 0 and keys.count(key) > 1 and not _is_number(key)
            known.setdefault(label if inside else key, label)
    return tuple(sorted(known.values(), key=_order))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
