"""Files that are parts of one run: split folders, split files, one file a metric, logs that were continued.

Every function takes drafts and gives drafts; joining two means giving them the same `run` key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from diagnostics.readers import halves, names
from diagnostics.readers.draft import Draft, Series
from diagnostics.types import FloatArray, Split

_SUFFIXES = ("/tfevents", "/mlflow_mlruns", "/wandb", "/catboost")
_SECOND = re.compile(r"^(?P<base>.*history.*?)[ _-]?(?P<number>[2-9])$", re.IGNORECASE)


def folder(draft: Draft) -> str:
    """The folder that is the run's own."""
    for suffix in _SUFFIXES:
        if draft.run.endswith(suffix):
            return draft.run.removesuffix(suffix)
    return draft.source.name.rpartition("/")[0]


def stem(draft: Draft) -> str:
    """Name of the draft's file without folder and suffixes."""
    return PurePosixPath(draft.source.name).stem.removesuffix(".log")


def with_split(series: Series, split: Split) -> Series:
    """The series on a split, unless it says another one itself."""
    own = series.split or names.parse(series.name).split
    return series if own is not None else replace(series, split=split)


def split_folders(drafts: Sequence[Draft]) -> list[Draft]:
    """TensorBoard writers of one run: `train/` and `validation/` below it, `eval/` below the run's own events."""
    keys = {folder(d): d for d in drafts if d.source.format == "tfevents"}
    splits = {place: _split_of(place) for place in keys}

    def moved(draft: Draft) -> Draft:
        place = folder(draft)
        split = splits.get(place)
        if draft.source.format != "tfevents" or split is None:
            return draft
        parent, _, own = place.rpartition("/")
        others = {s for p, s in splits.items() if p.rpartition("/")[0] == parent and p != place}
        keras = any(s.name.startswith(("epoch_", "evaluation_")) for s in draft.series)
        if not (others - {None, split} or parent in keys or keras):
            return draft
        name = parent.rpartition("/")[2] or own
        series = tuple(with_split(s, split) for s in draft.series)
        return replace(draft, run=f"{parent}/tfevents", name=name, series=series)

    return [moved(d) for d in drafts]


def _split_of(place: str) -> Split | None:
    name = place.rpartition("/")[2]
    return names.split_word(name) if name else None


def scalar_folders(drafts: Sequence[Draft]) -> list[Draft]:
    """`add_scalars("loss", {"train": ..., "val": ...})` writes folders `loss_train`, `loss_val` beside the run."""
    places = {folder(d) for d in drafts if d.source.format == "tfevents"}

    def moved(draft: Draft) -> Draft:
        parent, _, own = folder(draft).rpartition("/")
        tags = {s.name for s in draft.series}
        if draft.source.format != "tfevents" or len(tags) != 1:
            return draft
        tag = tags.pop()
        prefix = tag.replace("/", "_") + "_"
        siblings = sum(p.rpartition("/")[0] == parent and p.rpartition("/")[2].startswith(prefix) for p in places)
        if not own.startswith(prefix) or (parent not in places and siblings < 2):
            return draft
        series = tuple(replace(s, name=f"{tag}/{own.removeprefix(prefix)}") for s in draft.series)
        return replace(draft, run=f"{parent}/tfevents", name=parent.rpartition("/")[2] or own, series=series)

    return [moved(d) for d in drafts]


def split_files(drafts: Sequence[Draft]) -> list[Draft]:
    """`train.csv` beside `val.csv`: the same table for two splits, told apart by the file name."""
    rests: dict[tuple[str, tuple[str, ...], str], set[Split]] = {}
    halves: dict[int, tuple[tuple[str, tuple[str, ...], str], Split]] = {}
    for index, draft in enumerate(drafts):
        found = _half(draft)
        if found is not None:
            rest, split = found
            key = (folder(draft), rest, draft.source.format)
            rests.setdefault(key, set()).add(split)
            halves[index] = (key, split)
    joined = list(drafts)
    for index, (key, split) in halves.items():
        if len(rests[key]) < 2:
            continue
        place, rest, _ = key
        name = "_".join(rest) or place.rpartition("/")[2] or "run"
        series = tuple(with_split(s, split) for s in drafts[index].series)
        run = "/".join(part for part in (place, name, "splits") if part)
        joined[index] = replace(drafts[index], run=run, name=name, series=series)
    return joined


def _half(draft: Draft) -> tuple[tuple[str, ...], Split] | None:
    """What is left of the file name without its split, and the split; None where the table has several splits."""
    parts = names.words(stem(draft))
    splits = [(i, s) for i, word in enumerate(parts) if (s := names.split_word(word)) is not None]
    if len(splits) != 1 or draft.source.format == "tfevents":
        return None
    index, split = splits[0]
    inside = {s.split or names.parse(s.name).split for s in draft.series} - {None}
    if inside - {split}:
        return None
    return (*parts[:index], *parts[index + 1 :]), split


def columns(drafts: Sequence[Draft]) -> list[Draft]:
    """`loss.npy` and `val_loss.npy`: one file a series, named by it, in one folder."""
    single: dict[str, list[int]] = {}
    for index, draft in enumerate(drafts):
        if len(draft.series) == 1 and draft.series[0].name == stem(draft) and names.parse(stem(draft)).certain:
            single.setdefault(folder(draft), []).append(index)
    joined = list(drafts)
    for place, indices in single.items():
        lengths = {len(drafts[i].series[0].value) for i in indices}
        if len(indices) > 1 and len(lengths) == 1:
            name = place.rpartition("/")[2] or "run"
            for index in indices:
                joined[index] = replace(drafts[index], run=f"{place}/columns", name=name)
    return joined


def phases(drafts: Sequence[Draft]) -> list[Draft]:
    """`history` and `history2` of one folder: two calls of fit, one training."""
    keys = {(folder(d), stem(d), d.source.format): d for d in drafts}

    def moved(draft: Draft) -> Draft:
        second = _SECOND.match(stem(draft))
        first = keys.get((folder(draft), second["base"], draft.source.format)) if second else None
        if first is None or {s.name for s in first.series} != {s.name for s in draft.series}:
            return draft
        return replace(draft, run=first.run, name=first.name)

    return [moved(d) for d in drafts]


def continued(parts: Sequence[Draft]) -> list[Draft]:
    """The parts of one run with equally named series of several files laid end to end, in order of time.

    A file that only repeats another adds nothing; it stays as a part without series, so that the run knows it.
    """
    ordered = sorted(parts, key=_begin)
    held: dict[tuple[str, Split | None], tuple[int, int]] = {}
    result: list[list[Series]] = [[] for _ in ordered]
    for number, draft in enumerate(ordered):
        for series in draft.series:
            key = (series.name, series.split)
            if key not in held:
                held[key] = (number, len(result[number]))
                result[number].append(series)
                continue
            where, index = held[key]
            result[where][index] = _joined(result[where][index], series)
    return [replace(d, series=tuple(s)) for d, s in zip(ordered, result, strict=True)]


def _begin(draft: Draft) -> tuple[float, str]:
    starts = [float(s.wall_time[0]) for s in draft.series if s.wall_time is not None and len(s.wall_time)]
    return min(starts, default=0.0), draft.source.name


def _joined(first: Series, second: Series) -> Series:
    n = min(len(first.value), len(second.value))
    if np.array_equal(first.value[:n], second.value[:n], equal_nan=True) and _same(first.step, second.step, n):
        return first if len(first.value) >= len(second.value) else second
    row = None
    if first.row is not None and second.row is not None:
        row = np.concatenate([first.row, second.row + (first.row.max(initial=0) + 1)])
    return replace(
        first,
        value=np.concatenate([first.value, second.value]),
        step=_end_to_end(first.step, second.step),
        epoch=_end_to_end(first.epoch, second.epoch),
        wall_time=_end_to_end(first.wall_time, second.wall_time),
        row=row,
    )


def _same(a: FloatArray | None, b: FloatArray | None, n: int) -> bool:
    return a is None or b is None or bool(np.array_equal(a[:n], b[:n]))


def _end_to_end(a: FloatArray | None, b: FloatArray | None) -> FloatArray | None:
    return None if a is None or b is None else np.concatenate([a, b])


JOINS: tuple[Callable[[Sequence[Draft]], list[Draft]], ...] = (
    split_folders,
    scalar_folders,
    split_files,
    halves.joined,
    columns,
    phases,
)


def by_run(drafts: Iterable[Draft]) -> dict[str, list[Draft]]:
    """Drafts by run key, after every join was tried."""
    joined = list(drafts)
    for join in JOINS:
        joined = join(joined)
    runs: dict[str, list[Draft]] = {}
    for draft in joined:
        runs.setdefault(draft.run, []).append(draft)
    return {key: continued(parts) if len(parts) > 1 else parts for key, parts in runs.items()}
