"""Where a log was restarted: counters that go back for good, told apart from rows that are merely out of order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.readers.draft import Series
from diagnostics.types import FloatArray, IntArray, Segment

# Rows that may arrive late without meaning a restart: asynchronous writers swap neighbours, no more.
LATE_ROWS = 2


def restarts(counter: FloatArray) -> IntArray:
    """Positions where a counter goes back and stays back.

    Parameters
    ----------
    counter : ndarray of float, shape (n,)
        In file order.

    Returns
    -------
    ndarray of int, shape (k,)
        Index of the first value after each jump. A small drop after which the counter goes on above its old maximum
        is a late row, not a restart.
    """
    if len(counter) < 2 or not (np.diff(counter) < 0).any():
        return np.zeros(0, dtype=np.int64)
    found: list[int] = []
    start = 0
    for index in (np.flatnonzero(np.diff(counter) < 0) + 1).tolist():
        top = float(counter[start:index].max())
        if counter[index] >= top or _late(counter[start:index], counter[index:], top):
            continue
        found.append(index)
        start = index
    return np.array(found, dtype=np.int64)


def _late(before: FloatArray, after: FloatArray, top: float) -> bool:
    """Whether the first row of `after` only arrived late.

    A late row is followed by one above the old maximum; a restart counts up through values it had before.
    """
    moves = np.abs(np.diff(before))
    moves = moves[moves > 0]
    usual = float(np.median(moves)) if len(moves) else 0.0
    if after[0] <= before[0] or top - after[0] > LATE_ROWS * usual:
        return False
    ahead = after[after != after[0]]
    if not len(ahead):
        # The file ends here: too little to call it a restart.
        return len(after) <= LATE_ROWS
    return bool(ahead[0] > top)


def repeats(epoch: FloatArray) -> IntArray:
    """Epochs logged twice in a log of one row an epoch: it was resumed from the checkpoint of that epoch."""
    moves = np.diff(epoch)
    again = np.flatnonzero(moves == 0) + 1
    regular = len(epoch) > 3 and len(again) <= len(epoch) // 5 and (moves >= 0).all()
    return again if regular else np.zeros(0, dtype=np.int64)


def within_epoch(step: FloatArray, epoch: FloatArray) -> FloatArray | None:
    """A step that starts again in every epoch, made to run through the whole log.

    Returns
    -------
    ndarray of float, shape (n,), or None
        None where the step does not follow the epochs. Each epoch starts where the longest one before it ended.
    """
    back = np.flatnonzero(np.diff(step) < 0) + 1
    if len(step) < 3 or not len(back):
        return None
    grows = epoch[back] > epoch[back - 1]
    changes = np.flatnonzero(np.diff(epoch) > 0) + 1
    resets = np.isin(changes, back)
    if grows.mean() < 0.8 or resets.mean() < 0.8:
        return None
    # A validation row may sit at any step: the length of an epoch is the largest step seen anywhere.
    length = float(step.max()) + (1.0 if step.min() == 0 else 0.0)
    rebuilt: FloatArray = (epoch - epoch.min()) * length + step
    return rebuilt


def number(series: Sequence[Series]) -> tuple[list[IntArray], tuple[Segment, ...]]:
    """Segment numbers for every series of one file, and the segments themselves.

    Parameters
    ----------
    series : sequence of Series

    Returns
    -------
    numbers : list of ndarray of int
        One array for each series, as long as its values.
    segments : tuple of Segment
        A single one where the log was never restarted.
    """
    if series and all(s.row is not None for s in series):
        return _by_row(series)
    return _by_series(series)


def _counter(one: Series) -> FloatArray | None:
    return one.step if one.step is not None else one.epoch


def _by_row(series: Sequence[Series]) -> tuple[list[IntArray], tuple[Segment, ...]]:
    """Restarts placed in the common row order.

    Each series is judged by its own counter, because one table may hold several (Lightning counts the batches of
    a validation pass by themselves). What one series sees as a jump between two of its rows cuts all of them there.
    """
    rows = max((int(s.row[-1]) for s in series if s.row is not None and len(s.row)), default=-1) + 1
    gaps: list[tuple[int, int]] = []
    for one in series:
        assert one.row is not None
        for jump in _jumps(one):
            gaps.append((int(one.row[jump - 1]) + 1, int(one.row[jump])))
    if not gaps:
        return [np.zeros(len(s.value), dtype=np.int64) for s in series], _whole(series)
    main = _common(series, rows)
    order = np.array([_sharpest(main, low, high) for low, high in _meet(gaps)], dtype=np.int64)
    numbers = [np.searchsorted(order, s.row, side="right").astype(np.int64) for s in series if s.row is not None]
    return numbers, _describe(main, order, rows)


def _jumps(one: Series) -> set[int]:
    """Positions in one series where a counter of its goes back, or where an epoch is logged again."""
    found: set[int] = set()
    for counter in (one.step, one.epoch):
        if counter is not None and len(counter) > 1:
            found |= set(restarts(counter).tolist())
    if not found and one.step is None and one.epoch is not None:
        found = set(repeats(one.epoch).tolist())
    return found


def _meet(gaps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Gaps that can be one and the same restart, each narrowed to what its gaps have in common."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(gaps, key=lambda g: (g[1], g[0])):
        if out and low <= out[-1][1]:
            out[-1] = (max(low, out[-1][0]), out[-1][1])
        else:
            out.append((low, high))
    return out


def _common(series: Sequence[Series], rows: int) -> FloatArray | None:
    """The main counter of every row, NaN where no series has one."""
    kind = "step" if any(s.step is not None for s in series) else "epoch"
    counter = np.full(rows, np.nan)
    for one in series:
        values = getattr(one, kind)
        if values is not None and one.row is not None:
            counter[one.row] = values
    return counter if np.isfinite(counter).any() else None


def _sharpest(counter: FloatArray | None, low: int, high: int) -> int:
    """The row of a gap at which the common counter drops most; the last one where it tells nothing."""
    if counter is None or low >= high:
        return high
    drops = np.diff(counter[low - 1 : high + 1])
    return high if not np.isfinite(drops).any() or np.nanmin(drops) >= 0 else low + int(np.nanargmin(drops))


def _describe(counter: FloatArray | None, breaks: IntArray, rows: int) -> tuple[Segment, ...]:
    """The stretches between breaks, in terms of the main counter."""
    if counter is None:
        counter = np.arange(rows, dtype=np.float64)
    out: list[Segment] = []
    top: float | None = None
    for number_, part in enumerate(np.split(counter, breaks)):
        known = part[np.isfinite(part)]
        if not len(known):
            continue
        low, high = float(known.min()), float(known.max())
        out.append(Segment(number=number_, start=low, stop=high, overlap=None if top is None else max(top - low, 0.0)))
        top = high
    return tuple(out)


def _by_series(series: Sequence[Series]) -> tuple[list[IntArray], tuple[Segment, ...]]:
    """No common row order: the series with the most restarts sets the stretches, the others are laid along them."""
    jumps: list[IntArray] = []
    for one in series:
        counter = _counter(one)
        jumps.append(np.zeros(0, dtype=np.int64) if counter is None else restarts(counter))
    if not any(len(j) for j in jumps):
        return [np.zeros(len(s.value), dtype=np.int64) for s in series], _whole(series)
    lead = max(range(len(series)), key=lambda i: (len(jumps[i]), len(series[i].value)))
    counter = _counter(series[lead])
    assert counter is not None
    segments = _describe(counter, jumps[lead], len(counter))
    numbers = []
    for one, own in zip(series, jumps, strict=True):
        values = _counter(one)
        if values is None:
            numbers.append(np.zeros(len(one.value), dtype=np.int64))
        elif len(own) == len(jumps[lead]):
            numbers.append(np.searchsorted(own, np.arange(len(values)), side="right").astype(np.int64))
        else:
            numbers.append(_along(values, own, segments))
    return numbers, segments


def _along(values: FloatArray, own: IntArray, segments: tuple[Segment, ...]) -> IntArray:
    """Lay a sparser series along known stretches: never backwards, a jump always moves on."""
    at, out, breaks = 0, np.zeros(len(values), dtype=np.int64), set(own.tolist())
    for index, value in enumerate(values):
        if index in breaks and at + 1 < len(segments):
            at += 1
        while at + 1 < len(segments) and value > segments[at].stop:
            at += 1
        out[index] = at
    return out


def _whole(series: Sequence[Series]) -> tuple[Segment, ...]:
    kind = "step" if any(s.step is not None for s in series) else "epoch"
    known = [c for s in series if (c := getattr(s, kind)) is not None and np.isfinite(c).any()]
    if not known:
        rows = max((int(s.row[-1]) + 1 if s.row is not None else len(s.value) for s in series), default=1)
        return (Segment(number=0, start=0.0, stop=float(rows - 1)),)
    low, high = min(float(np.nanmin(c)) for c in known), max(float(np.nanmax(c)) for c in known)
    return (Segment(number=0, start=low, stop=high),)
