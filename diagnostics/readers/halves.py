"""Training and test errors of one run in two files whose names no longer say which is which.

CatBoost writes `learn_error.tsv` beside `test_error.tsv`, and event files of the same tags into `learn/` and `test/`.
Once they were renamed, only the numbers tell that they belong together: two trainings do not share every time stamp,
and the training loss of boosting falls with every tree, which the loss on other rows does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.draft import Draft, Series
from diagnostics.types import FloatArray, Note, Split

MIN_POINTS = 5
CLOCK = 1.0  # seconds between two writers of one loop; CatBoost's stamps are whole seconds
RISING = 0.2  # share of steps at which a loss rises; the training loss of boosting hardly ever does


def rises(value: FloatArray) -> bool:
    """Whether a loss rises too often to be the training loss of boosting."""
    finite = value[np.isfinite(value)]
    return len(finite) >= MIN_POINTS and bool(np.mean(np.diff(finite) > 0) > RISING)


def joined(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, each pair of halves under one `run` key, with a note that asks to confirm which is training."""
    result = list(drafts)
    alike: dict[tuple[str, ...], list[int]] = {}
    for index, draft in enumerate(drafts):
        if draft.source.format in ("catboost_tsv", "tfevents") and _unsaid(draft):
            folder = draft.source.name.rpartition("/")[0]
            alike.setdefault((draft.source.format, folder, *sorted(s.name for s in draft.series)), []).append(index)
    for members in alike.values():
        pairs = [(a, b) for a in members for b in members if a < b and _one_training(drafts[a], drafts[b])]
        counted = [index for pair in pairs for index in pair]
        for a, b in pairs:
            if counted.count(a) == counted.count(b) == 1:  # who fits several others is nobody's half
                result[a], result[b] = _pair(drafts[a], drafts[b])
    return result


def _unsaid(draft: Draft) -> bool:
    """Whether neither the format nor a name tells a split; a guess of the reader is no saying."""
    guessed = any(note.code == "learn_or_test" for note in draft.notes)
    return all((guessed or s.split is None) and names.parse(s.name).split is None for s in draft.series)


def _objective(draft: Draft) -> Series | None:
    ranked = [(rank, i) for i, s in enumerate(draft.series) if (rank := names.parse(s.name).loss_rank) is not None]
    return draft.series[min(ranked)[1]] if ranked else None


def _one_training(a: Draft, b: Draft) -> bool:
    first, second = _objective(a), _objective(b)
    if first is None or second is None or first.name != second.name or first.step is None or second.step is None:
        return False
    if len(first.value) < MIN_POINTS or not np.array_equal(first.step, second.step):
        return False
    if np.array_equal(first.value, second.value, equal_nan=True):
        return False  # a copy
    if a.source.format == "tfevents":
        return _same_clock(first.wall_time, second.wall_time)
    return rises(first.value) != rises(second.value)


def _same_clock(a: FloatArray | None, b: FloatArray | None) -> bool:
    """Whether one loop wrote both: every point at the same moment, over a time that is longer than the tolerance."""
    if a is None or b is None or np.ptp(a) <= CLOCK:
        return False
    return bool(np.max(np.abs(a - b)) <= CLOCK)


def _pair(a: Draft, b: Draft) -> tuple[Draft, Draft]:
    train = a if _end(a) <= _end(b) else b
    columns: list[str] = []
    halves = []
    for draft in (a, b):
        split = Split.TRAIN if draft is train else Split.VALIDATION
        series = tuple(_renamed(s, draft, split) for s in draft.series)
        columns += [s.name for s in series]
        notes = tuple(note for note in draft.notes if note.code != "learn_or_test")
        halves.append(replace(draft, run=f"{a.run}+halves", name=a.name, series=series, notes=notes))
    held_out = b if train is a else a
    note = Note(
        code="unnamed_halves",
        params={"train": train.source.name, "held_out": held_out.source.name, "columns": columns},
    )
    return replace(halves[0], notes=(*halves[0].notes, note)), halves[1]


def _renamed(series: Series, draft: Draft, split: Split) -> Series:
    """The series under a name that tells its file, so that it can be asked about."""
    file = draft.source.name.rpartition("/")[2].rpartition(".")[0] or draft.source.name
    return replace(series, name=f"{series.name} ({file})", metric=names.parse(series.name).metric, split=split)


def _end(draft: Draft) -> float:
    objective = _objective(draft)
    finite = objective.value[np.isfinite(objective.value)] if objective is not None else np.array([])
    return float(finite[-1]) if len(finite) else np.inf
