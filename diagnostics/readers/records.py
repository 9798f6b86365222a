"""Records (JSON lines, lists of objects) as columns, and null told apart from "not logged"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from diagnostics.exceptions import TooLarge
from diagnostics.readers import names
from diagnostics.readers.cells import Numbers, number
from diagnostics.readers.tables import MAX_COLUMNS
from diagnostics.types import Note, Role, Split

_MISSING = object()


def columns_of(
    records: Sequence[Mapping[str, Any]], *, file: str = ""
) -> tuple[dict[str, Numbers], dict[str, list[str]], list[Note]]:
    """Columns of numbers, text columns and notes of flat records.

    A key that is absent was not logged. ``null`` is NaN where the row did measure that split (a writer that may
    not print NaN writes null), else it was not logged either.
    """
    keys = list(dict.fromkeys(k for r in records for k in r))
    if len(keys) > MAX_COLUMNS:
        raise TooLarge("too_many_columns", file=file, size=len(keys), limit=MAX_COLUMNS,
                       remedy="keep_curve_columns")  # fmt: skip
    columns: dict[str, Numbers] = {}
    texts: dict[str, list[str]] = {}
    nulls: list[str] = []
    measured = _measured_splits(records)
    for key in keys:
        value = np.full(len(records), math.nan)
        present = np.zeros(len(records), dtype=np.bool_)
        text = lists = 0
        for row, record in enumerate(records):
            cell = record.get(key, _MISSING)
            if cell is _MISSING:
                continue
            if cell is None:
                present[row] = _null_is_nan(key, measured[row])
                continue
            found = _number(cell)
            if found is None:
                text += isinstance(cell, str)
                lists += not isinstance(cell, str)
                continue
            value[row], present[row] = found, True
        if (present & np.isnan(value)).any() and any(r.get(key, _MISSING) is None for r in records):
            nulls.append(key)
        if lists > present.sum() and not text:
            continue
        columns[key] = Numbers(value=value, present=present, text=text)
        if text:
            texts[key] = ["" if r.get(key) is None else str(r[key]) for r in records]
    notes = [Note(code="null_read_as_nan", params={"columns": nulls})] if nulls else []
    return columns, texts, notes


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:
            return math.inf
    if isinstance(cell, str):
        return number(cell)
    if isinstance(cell, list) and len(cell) == 1:
        return _number(cell[0])
    return None


def _split(key: str) -> Split | None:
    reading = names.parse(key)
    if reading.role is Role.LOSS and reading.split is None:
        return Split.TRAIN
    return reading.split


def _measured_splits(records: Sequence[Mapping[str, Any]]) -> list[set[Split | None]]:
    """The splits that each record has a number for."""
    return [
        {_split(k) for k, v in r.items() if isinstance(v, int | float) and names.counter(k) is None} for r in records
    ]


def _null_is_nan(key: str, splits: set[Split | None]) -> bool:
    reading = names.parse(key)
    if reading.role not in (Role.LOSS, Role.LOSS_TERM, Role.METRIC, Role.GRADIENT_NORM):
        return False
    if reading.role is Role.GRADIENT_NORM:
        return bool(splits)
    if _split(key) is Split.TRAIN and reading.role is Role.LOSS:
        # Every row of a log that has the key at all trains; a row of another split alone does not.
        return True
    return _split(key) in splits
