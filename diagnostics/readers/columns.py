"""Columns of numbers as series: which columns count, which measure, and where each series has values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diagnostics.readers import names
from diagnostics.readers.cells import Numbers, is_missing, seconds
from diagnostics.readers.draft import Series
from diagnostics.readers.segments import within_epoch
from diagnostics.readers.tables import Table
from diagnostics.types import FloatArray, IntArray, Note


@dataclass(frozen=True, kw_only=True, eq=False)
class Counters:
    """The counters of a table, each of shape (rows,) without gaps, and the columns they came from."""

    step: FloatArray | None = None
    epoch: FloatArray | None = None
    wall_time: FloatArray | None = None
    columns: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()

    @property
    def main(self) -> FloatArray | None:
        """Step where there is one, else epoch."""
        return self.step if self.step is not None else self.epoch


def counters(columns: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]]) -> Counters:
    """Find the columns that count.

    Parameters
    ----------
    columns : mapping of name to Numbers
    texts : mapping of name to cells
        Only of columns with text (dates, clocks).
    """
    kinds: dict[str, list[str]] = {}
    for name in columns:
        kind = names.counter(name)
        if kind is not None:
            kinds.setdefault(kind, []).append(name)
    used = {name for found in kinds.values() for name in found}
    step_name = _best(kinds.get("step", []), columns)
    epoch_name = _best(kinds.get("epoch", []), columns)
    batch_name = _best(kinds.get("batch", []), columns) if step_name is None else None
    step = _filled(columns[step_name]) if step_name else _filled(columns[batch_name]) if batch_name else None
    epoch = _filled(columns[epoch_name]) if epoch_name else None
    notes: tuple[Note, ...] = ()
    if step is not None and epoch is not None:
        rebuilt = within_epoch(step, epoch)
        if rebuilt is not None:
            step, notes = rebuilt, (Note(code="step_rebuilt", params={"column": step_name or batch_name}),)
    if step is None and epoch is None:
        index = next((n for n in kinds.get("index", []) if _is_index(columns[n])), None)
        step = columns[index].value if index else None
    wall, wall_name = _wall_time(columns, texts, kinds)
    return Counters(step=step, epoch=epoch, wall_time=wall, columns=frozenset(used | {wall_name} - {""}), notes=notes)


def _best(candidates: Sequence[str], columns: Mapping[str, Numbers]) -> str | None:
    """The fullest numeric candidate that goes up more often than down; the first in file order wins ties."""
    best, filled = None, 0
    for name in candidates:
        column = columns[name]
        keep = column.present & np.isfinite(column.value)
        known = column.value if keep.all() else column.value[keep]
        if not len(known) or column.text > len(known):
            continue
        # A sample is enough to see whether a column counts.
        moves = np.diff(known[:: max(len(known) // 100_000, 1)])
        if len(known) > filled and (moves < 0).sum() <= max((moves > 0).sum(), 1):
            best, filled = name, len(known)
    return best


def _filled(column: Numbers) -> FloatArray:
    """A counter without gaps: a missing cell repeats the one above, leading ones the first that is known."""
    known = column.present & np.isfinite(column.value)
    if known.all():
        return column.value
    last = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    first = int(np.argmax(known))
    filled: FloatArray = column.value[np.where(last < 0, first, last)]
    return filled


def _is_index(column: Numbers) -> bool:
    value = column.value
    return bool(column.present.all() and len(value) and value[0] in (0, 1) and (np.diff(value) == 1).all())


def _wall_time(
    columns: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]], kinds: Mapping[str, Sequence[str]]
) -> tuple[FloatArray | None, str]:
    for name in [*kinds.get("wall_time", []), *kinds.get("elapsed", [])]:
        cells = texts.get(name)
        if cells is not None:
            parsed = [math.nan if is_missing(c) else seconds(c) for c in cells]
            if all(p is not None for p in parsed) and len(parsed):
                value = np.array(parsed, dtype=np.float64)
                return _filled(Numbers(value=value, present=np.isfinite(value))), name
        elif columns[name].present.any():
            return _filled(columns[name]), name
    time = next((n for n in columns if names.words(n) == ("time",)), None)
    if time is not None and len(columns[time].value) > 2:
        known = columns[time].value[columns[time].present]
        # Seconds since the start only ever grow; seconds per epoch do not.
        if time not in texts and len(known) > 2 and (np.diff(known) > 0).all() and known[-1] > 2 * known[0]:
            return _filled(columns[time]), time
    return None, ""


def series(
    columns: Mapping[str, Numbers], found: Counters, *, skip: frozenset[str] = frozenset(),
    rows: NDArray[np.bool_] | None = None,
) -> tuple[Series, ...]:  # fmt: skip
    """The measuring columns as series, each with its own rows.

    Parameters
    ----------
    columns : mapping of name to Numbers
    found : Counters
    skip : set of names
        Columns that are something else.
    rows : ndarray of bool, shape (rows,), or None
        Use only these rows.
    """
    out = []
    shared: dict[tuple[int, int], tuple[NDArray[np.bool_], Series]] = {}
    for name, column in columns.items():
        if name in found.columns or name in skip:
            continue
        mask = column.present if rows is None else column.present & rows
        count = int(np.count_nonzero(mask))
        if not count or column.text > count:
            continue
        key = (count, int(np.argmax(mask)))
        # Columns that are filled on the same rows share their counters.
        twin = shared.get(key)
        if twin is None or not np.array_equal(twin[0], mask):
            twin = shared[key] = (mask, _places(mask, found, count))
        value = column.value if count == len(mask) else column.value[twin[1].row]
        out.append(replace(twin[1], name=name, value=value, unit="percent" if column.percent else ""))
    return tuple(out)


def _places(mask: NDArray[np.bool_], found: Counters, count: int) -> Series:
    """The counters of the rows of a mask, as a series without a name."""
    every = Series(name="", value=np.zeros(0), step=found.step, epoch=found.epoch, wall_time=found.wall_time)
    if count == len(mask):
        return replace(every, row=np.arange(count, dtype=np.int64))
    row: IntArray = np.flatnonzero(mask)

    def of(counter: FloatArray | None) -> FloatArray | None:
        return None if counter is None else counter[row]

    return replace(every, row=row, step=of(found.step), epoch=of(found.epoch), wall_time=of(found.wall_time))


def table_series(table: Table) -> tuple[tuple[Series, ...], Counters]:
    """Series and counters of a plain wide table."""
    found = counters(table.columns, table.texts)
    return series(table.columns, found), found


def with_epochs(found: Counters, rows: int) -> Counters:
    """Rows as epochs, 0-based, for formats whose rows are epochs by definition and that log no counter."""
    if found.epoch is not None or found.step is not None:
        return found
    return replace(found, epoch=np.arange(rows, dtype=np.float64))


def falls(value: FloatArray) -> bool:
    """Whether numbers run as a training loss does: positive, and lower in the second half."""
    finite = value[np.isfinite(value)]
    if len(finite) < 3 or finite.min() <= 0:
        return False
    half = len(finite) // 2
    return bool(np.median(finite[half:]) < np.median(finite[:half]) and finite[-1] < finite[0])
