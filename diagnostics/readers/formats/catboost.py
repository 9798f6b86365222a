"""CatBoost's ``catboost_info``: ``learn_error.tsv``, ``test_error.tsv``, ``catboost_training.json``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, UnreadableFile
from diagnostics.readers import halves, names
from diagnostics.readers.documents import document
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import dialect, read_table
from diagnostics.types import FloatArray, Note, Role, Setting, Split

_DIRECTION = {"min": False, "max": True}


def _draft(source: Source, format: str, series: Sequence[Series], notes: Sequence[Note] = ()) -> Draft:
    """The files of one ``catboost_info`` folder are one run, named after the folder above."""
    parts = [p for p in source.folder.split("/") if p]
    above = [p for p in parts if p != "catboost_info"]
    key = "/".join([*parts, "catboost"]) if parts else f"catboost:{re.sub(r'learn|test', '', source.stem)}"
    return draft(source, format, series, run=key, name=above[-1] if above else "catboost_info",
                 setting=Setting.BOOSTING, notes=notes)  # fmt: skip


@reader("catboost_tsv")
class CatboostTsv:
    """``iter<TAB>Logloss<TAB>Accuracy``; the file name says whether it is learn or test, else how the loss runs."""

    def sniff(self, source: Source) -> float:
        """``iter`` first, tabs between."""
        found = dialect(source)
        if found is None or found.separator != "\t" or found.header[:1] != ("iter",) or found.width < 2:
            return 0.0
        return 0.9

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the errors; the table of remaining time is not a curve."""
        table = read_table(source)
        if {"Passed", "Remaining"} <= set(table.names):
            raise NotALog("seems_timing", file=source.name, found=", ".join(table.names), remedy="upload_log")
        said = {"learn": Split.TRAIN, "train": Split.TRAIN, "test": Split.VALIDATION}
        split = next((s for w, s in said.items() if w in names.words(source.stem)), None)
        step = table.columns["iter"].value
        row = np.arange(table.n_rows, dtype=np.int64)
        series = []
        for position, name in enumerate(table.names[1:]):
            column = table.columns[name]
            if column.present.any():
                pick = np.flatnonzero(column.present)
                series.append(_one(name, column.value[pick], step[pick], row[pick], split, position == 0))
        if not series:
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        notes: list[Note] = []
        if split is None:
            split = Split.VALIDATION if series[0].role is Role.LOSS and halves.rises(series[0].value) else Split.TRAIN
            series = [replace(one, split=split) for one in series]
            columns = [one.name for one in series]
            notes = [Note(code="learn_or_test", params={"columns": columns, "split": split.value})]
        return [_draft(source, "catboost_tsv", series, notes)]


def _one(
    name: str, value: FloatArray, step: FloatArray, row: Any, split: Split | None, objective: bool,
    better: bool | None = None,
) -> Series:  # fmt: skip
    """The first metric is the objective, when it falls as things get better."""
    reading = names.parse(name)
    falls = better is False or (better is None and reading.loss_rank is not None)
    role = Role.LOSS if objective and falls else None
    return Series(name=name, value=value, step=step, row=row, split=split, role=role, greater_is_better=better)


@reader("catboost_json")
class CatboostJson:
    """``{"meta": {...}, "iterations": [{"learn": [...], "test": [...]}]}``."""

    def sniff(self, source: Source) -> float:
        """By the two top keys."""
        text = source.head_text
        return 0.9 if '"meta"' in text and '"iterations"' in text and "learn" in text else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read learn and test of every metric; ``best_value`` gives the direction."""
        value = document(source)
        meta, rows = (value.get("meta"), value.get("iterations")) if isinstance(value, dict) else (None, None)
        if not isinstance(meta, dict) or not isinstance(rows, list):
            raise BrokenFile("missing_key", file=source.name, expected="meta, iterations", remedy="export_again")
        rows = [r for r in rows if isinstance(r, dict)]
        sets = [("learn", Split.TRAIN), ("test", Split.VALIDATION)]
        series = [s for key, split in sets for s in _metrics(rows, meta, key, split)]
        if not series:
            raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
        return [_draft(source, "catboost_json", series)]


def _metrics(rows: Sequence[Mapping[str, Any]], meta: Mapping[str, Any], key: str, split: Split) -> list[Series]:
    described = [m for m in meta.get(f"{key}_metrics") or [] if isinstance(m, dict)]
    kept = [(i, r) for i, r in enumerate(rows) if isinstance(r.get(key), list)]
    out = []
    for place, metric in enumerate(described):
        name = str(metric.get("name", f"metric {place + 1}"))
        cells = [(i, r.get("iteration", i), r[key][place]) for i, r in kept if place < len(r[key])]
        cells = [c for c in cells if isinstance(c[2], int | float)]
        if not cells:
            continue
        better = _DIRECTION.get(str(metric.get("best_value", "")).lower())
        row, step, value = (np.array(column) for column in zip(*cells, strict=True))
        out.append(_one(name, value.astype(float), step.astype(float), row.astype(np.int64), split, place == 0, better))
    return out
