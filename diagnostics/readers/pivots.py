"""Long tables made wide: a column that names the split, the run or the metric of its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.readers import names
from diagnostics.readers.cells import Numbers, is_missing
from diagnostics.readers.columns import Counters, counters, series
from diagnostics.readers.draft import Series
from diagnostics.readers.segments import restarts
from diagnostics.types import FloatArray, Role, Split

_RUN_WORDS = names.vocabulary("run")
MAX_RUNS = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """The rows of one run: its columns, text columns and what told it apart."""

    columns: Mapping[str, Numbers]
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


def parts(columns: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]]) -> list[Part]:
    """The runs of a table: several where a column such as ``run`` or ``fold`` explains why the counter goes back."""
    whole = Part(columns=columns, texts=texts)
    named = [n for n in columns if "_".join(names.words(n)) in _RUN_WORDS]
    counted = counters(columns, texts) if named else Counters()
    if counted.main is None:
        return [whole]
    # One column first; where none explains the table alone, all of them together (config and seed).
    for group in [*([n] for n in named), named]:
        keys = [" ".join(k) for k in zip(*(_keys(n, columns, texts) for n in group), strict=True)]
        values = list(dict.fromkeys(keys))
        if 2 <= len(values) <= MAX_RUNS and _explains(counted.main, keys):
            array = np.array(keys)
            return [_part(columns, texts, group, array == value) for value in values]
    return [whole]


def _keys(name: str, columns: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]]) -> list[str]:
    if name in texts:
        return list(texts[name])
    return [f"{v:g}" for v in columns[name].value]


def _explains(counter: NDArray[np.float64], keys: Sequence[str]) -> bool:
    """Whether the counter runs forward within every key although it goes back, or is shared, over the whole table."""
    array = np.array(keys)
    groups = [counter[array == key] for key in dict.fromkeys(keys)]
    if any(len(g) < 2 for g in groups):
        return False
    forward = all(not len(restarts(g)) for g in groups)
    return forward and (len(np.unique(counter)) < len(counter))


def _part(
    columns: Mapping[str, Numbers], texts: Mapping[str, Sequence[str]], keys: Sequence[str], rows: NDArray[np.bool_]
) -> Part:
    kept = {
        n: Numbers(value=c.value[rows], present=c.present[rows], text=c.text and 1, percent=c.percent)
        for n, c in columns.items()
        if n not in keys
    }
    words = {n: [t for t, r in zip(cells, rows, strict=True) if r] for n, cells in texts.items() if n not in keys}
    first = int(np.argmax(rows))
    config = {k: _keys(k, columns, texts)[first] for k in keys}
    name = " ".join(f"{k} {v}" if v.replace(".", "").isdigit() else v for k, v in config.items())
    return Part(columns=kept, texts=words, name=name, config=config)


def by_split(part: Part, counted: Counters) -> tuple[Series, ...]:
    """Series of a part; where a text column names the split of each row, one series for each split."""
    for name, cells in part.texts.items():
        found = [None if is_missing(c) else names.split_word(c) for c in cells]
        said = [f for f, c in zip(found, cells, strict=True) if not is_missing(c)]
        if not said or any(f is None for f in said):
            continue
        out: list[Series] = []
        for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
            rows = np.array([f is split for f in found])
            if rows.any():
                measured = series(part.columns, counted, skip=frozenset({name}), rows=rows)
                out += [replace(s, split=s.split or split) if _splittable(s.name) else s for s in measured]
        return _joined(out)
    return series(part.columns, counted)


def _splittable(name: str) -> bool:
    return names.parse(name).role not in (Role.LEARNING_RATE, Role.GRADIENT_NORM)


def _joined(series_: Sequence[Series]) -> tuple[Series, ...]:
    """Series without a split that were cut by the rows of the splits, put together again in row order."""
    out: dict[tuple[str, Split | None], Series] = {}
    for one in series_:
        key = (one.name, one.split)
        old = out.get(key)
        if old is None or old.row is None or one.row is None:
            out[key] = one
            continue
        row = np.concatenate([old.row, one.row])
        both = replace(
            old, value=np.concatenate([old.value, one.value]), row=row, step=_chain(old.step, one.step),
            epoch=_chain(old.epoch, one.epoch), wall_time=_chain(old.wall_time, one.wall_time),
        )  # fmt: skip
        out[key] = both.take(np.argsort(row, kind="stable"))
    return tuple(out.values())


def _chain(first: FloatArray | None, second: FloatArray | None) -> FloatArray | None:
    return None if first is None or second is None else np.concatenate([first, second])
