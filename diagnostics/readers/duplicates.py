"""The same training logged twice: checkpoints that repeat the log so far, and two loggers that wrote side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.joining import folder
from diagnostics.types import Note, Split

# Two loggers round differently: 5 significant digits in a results table, 4 decimals on a terminal.
RELATIVE = 2e-3
ABSOLUTE = 6e-5
MIN_POINTS = 3
LEVELS = 2  # folders between a run's logs and what they have in common

Run = list[Draft]


def longest(runs: Mapping[str, Run]) -> dict[str, Run]:
    """Of the drafts that extend each other, the longest; the others stay as sources of its run."""
    families: dict[str, list[str]] = {}
    for key, parts in runs.items():
        if parts[0].extends:
            families.setdefault(parts[0].extends, []).append(key)
    kept = dict(runs)
    for keys in families.values():
        ranked = sorted(keys, key=lambda key: -_points(runs[key]))
        for key in ranked[1:]:
            kept.pop(key)
        if len(ranked) > 1:
            rest = [d for key in ranked[1:] for d in runs[key]]
            kept[ranked[0]] = _absorbed(kept[ranked[0]], rest, "prefixes_left_out")
    return kept


def second_loggers(runs: Mapping[str, Run]) -> dict[str, Run]:
    """Runs that another format in the same place repeats, once each: the fuller log is kept."""
    kept = dict(runs)
    places = {key: _Place(run) for key, run in runs.items()}
    ranked = sorted(runs, key=lambda key: (-len(_series(runs[key])), -_points(runs[key]), key))
    for place, key in enumerate(ranked):
        if key not in kept:
            continue
        for other in ranked[place + 1 :]:
            if other in kept and places[key].near(places[other]) and _repeats(kept[key], kept[other]):
                kept[key] = _absorbed(kept[key], kept.pop(other), "second_logger")
    return {key: kept[key] for key in runs if key in kept}


def _absorbed(run: Run, others: Sequence[Draft], code: str) -> Run:
    note = Note(code=code, params={"files": ", ".join(d.source.name for d in others)})
    silent = [replace(d, series=(), notes=()) for d in others]
    return [replace(run[0], notes=(*run[0].notes, note)), *run[1:], *silent]


def _series(run: Run) -> list[Series]:
    return [series for draft in run for series in draft.series]


def _points(run: Run) -> int:
    return sum(len(series.value) for series in _series(run))


class _Place:
    """Where a run's logs lie, and in which formats."""

    def __init__(self, run: Run) -> None:
        self.formats = {draft.source.format for draft in run}
        self.folders = folder(run[0]).split("/")

    def near(self, other: _Place) -> bool:
        """Whether the formats differ and at most some folders are between the two."""
        if self.formats & other.formats:
            return False
        if self.folders == other.folders:
            return True
        shared = zip(self.folders, other.folders, strict=False)
        common = next((i for i, (a, b) in enumerate(shared) if a != b), min(len(self.folders), len(other.folders)))
        return common > 0 and max(len(self.folders), len(other.folders)) - common <= LEVELS


def _repeats(a: Run, b: Run) -> bool:
    """Whether `b` says of most series that both have what `a` says, number by number."""
    known = _measures(a)
    same = different = 0
    for key, series in _measures(b).items():
        if key in known and min(len(series.value), len(known[key].value)) >= MIN_POINTS and _moves(series):
            agree = _agree(known[key], series)
            same, different = same + agree, different + (not agree)
    return same > different


def _measures(run: Run) -> dict[tuple[str, Split | None], Series]:
    found: dict[tuple[str, Split | None], Series] = {}
    for series in _series(run):
        reading = names.parse(series.name)
        split = series.split or reading.split
        found.setdefault((series.metric or reading.metric, None if split is Split.TRAIN else split), series)
    return found


def _moves(series: Series) -> bool:
    finite = series.value[np.isfinite(series.value)]
    return len(finite) > 1 and bool(np.ptp(finite) > 0)


def _agree(a: Series, b: Series) -> bool:
    n = min(len(a.value), len(b.value))
    # A log may lack its first or last rows; more than a tenth missing is another run or another rhythm.
    if n < 0.9 * max(len(a.value), len(b.value)):
        return False
    return any(
        np.allclose(x, y, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
        for x, y in ((a.value[:n], b.value[:n]), (a.value[-n:], b.value[-n:]))
    )
