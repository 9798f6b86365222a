"""Cells of delimited text as numbers: decimal commas, percent signs, missing and non-finite spellings."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from diagnostics.types import FloatArray

# Spellings of "nothing was logged here", lower-case. "nan" is not among them: it was logged.
MISSING = frozenset({"", "na", "n/a", "#n/a", "none", "null", "-", "--", "#na#", "no log", "nil", "?", "nd", "<na>"})
_NONFINITE = {
    "nan": math.nan, "+nan": math.nan, "-nan": math.nan, "#num!": math.nan, "#div/0!": math.nan,
    "1.#qnan": math.nan, "-1.#qnan": math.nan, "1.#ind": math.nan, "-1.#ind": math.nan, "-nan(ind)": math.nan,
    "inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "+infinity": math.inf,
    "-infinity": -math.inf, "1.#inf": math.inf, "-1.#inf": -math.inf, "∞": math.inf, "-∞": -math.inf,
}  # fmt: skip
_COMMA = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+([eE][+-]?\d+)?$")
_WRAPPED = re.compile(r"^(?:tensor|np\.float\d*|float|array)?\(?\[?\s*([^()\[\],]+?)\s*\]?(?:,[^()]*)?\)?$")
_CLOCK = re.compile(r"^(?:(\d+) days?, )?(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$")


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    value : ndarray of float, shape (n,)
        NaN where nothing was logged as well as where NaN was logged; `present` tells them apart.
    present : ndarray of bool, shape (n,)
    text : int
        Cells that are neither missing nor a number.
    percent : bool
        Whether the cells carry a percent sign.
    """

    value: FloatArray
    present: NDArray[np.bool_]
    text: int = 0
    percent: bool = False


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing was logged."""
    return cell.strip().lower() in MISSING


def number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """One cell as a number, or None where it is text or missing.

    Understands ``nan`` and ``inf`` in every spelling, ``63.2 %``, ``tensor(0.5)``, ``[0.5]`` and, when asked,
    ``1.234,5``. Times such as ``01:30`` are not numbers here; see `seconds`.
    """
    text = cell.strip()
    if decimal_comma and _COMMA.match(text):
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        pass
    low = text.lower()
    if low in _NONFINITE:
        return _NONFINITE[low]
    if text.endswith("%"):
        return number(text[:-1], decimal_comma=decimal_comma)
    wrapped = _WRAPPED.match(text)
    if wrapped and wrapped[1] != text:
        return number(wrapped[1], decimal_comma=decimal_comma)
    return None


def numbers(cells: Sequence[str], *, decimal_comma: bool = False) -> Numbers:
    """A whole column as numbers; see `number` for the spellings."""
    array: FloatArray
    try:
        # The common case, at the speed of the C parser: every cell a plain number.
        array = np.array([float(cell) for cell in cells], dtype=np.float64)
        return Numbers(value=array, present=np.ones(len(array), dtype=np.bool_))
    except ValueError:
        pass
    array = np.full(len(cells), math.nan)
    present = np.zeros(len(cells), dtype=np.bool_)
    text = percent = 0
    for index, cell in enumerate(cells):
        try:
            array[index] = float(cell)
            present[index] = True
            continue
        except ValueError:
            pass
        if cell.strip().lower() in MISSING:
            continue
        value = number(cell, decimal_comma=decimal_comma)
        if value is None:
            text += 1
            continue
        array[index], present[index] = value, True
        percent += cell.rstrip().endswith("%")
    return Numbers(value=array, present=present, text=text, percent=bool(percent) and percent * 2 > present.sum())


def decimal_commas(cells: Sequence[str]) -> bool:
    """Whether cells write ``0,5`` for a half: some do, and none has a point as its decimal sign."""
    commas = sum(bool(_COMMA.match(cell.strip())) for cell in cells)
    points = sum(bool(re.match(r"^[+-]?\d*\.\d+([eE][+-]?\d+)?$", cell.strip())) for cell in cells)
    return commas > 0 and commas > points


def seconds(cell: str) -> float | None:
    """A clock or a date as seconds: ``1:02``, ``2 days, 1:00:00``, ISO dates (since 1970, UTC), plain numbers."""
    clock = _CLOCK.match(cell.strip())
    if clock:
        days, hours, minutes, rest = clock.groups()
        return int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    value = number(cell)
    if value is not None:
        return value
    try:
        moment = datetime.fromisoformat(cell.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    # A date without a zone is taken as UTC: only differences matter, and the result must not depend on the server.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
