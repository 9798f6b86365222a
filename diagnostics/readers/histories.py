"""Shapes in which training histories are dumped: lists by name, nested by split, by run, or as records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.cells import number
from diagnostics.readers.documents import flat, is_numbers
from diagnostics.readers.draft import Series
from diagnostics.types import FloatArray, IntArray, Note, Role, Split

_WRAPPERS = ("history", "metrics", "logs", "log", "results", "training_history", "curves", "losses")
MAX_RUNS = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """One dictionary of lists as series; scalars beside them are its configuration."""

    name: str
    series: tuple[Series, ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def histories(value: Any, name: str = "", depth: int = 0) -> list[History]:
    """All histories in a document; several where runs, folds or models lie side by side."""
    if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value[:5]) and depth < 3:
        parts = [h for i, v in enumerate(value[:MAX_RUNS]) for h in histories(v, f"{name} {i + 1}".strip(), depth + 1)]
        return parts if len(parts) == len(value) else []
    if not isinstance(value, Mapping) or depth > 3:
        return []
    table = _unwrapped(value)
    lists = {str(k): v for k, v in table.items() if is_numbers(v)}
    longest = max(map(len, lists.values()), default=0)
    # A shape or a size in brackets is a setting, not a series.
    lists = {k: v for k, v in lists.items() if len(v) > 1 or longest < 3}
    if _is_history(lists):
        return [_history(name, lists, table, value)]
    by_split = {str(k): v for k, v in table.items() if isinstance(v, Mapping)}
    if by_split and all(names.split_word(k) is not None for k in by_split):
        nested = {k: v for k, v in flat(by_split).items() if is_numbers(v)}
        if _is_history(nested):
            return [_history(name, nested, table, value)]
    if not by_split or len(by_split) > MAX_RUNS:
        return []
    return [h for k, v in by_split.items() for h in histories(v, f"{name} {k}".strip(), depth + 1)]


def _unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lists themselves: inside "history", from pandas' index objects, or as they are."""
    for key in _WRAPPERS:
        inner = value.get(key)
        if not isinstance(inner, Mapping) or any(_is_loss(k, v) for k, v in value.items()):
            continue
        if any(is_numbers(v) or isinstance(v, Mapping) for v in inner.values()):
            counted = {k: v for k, v in value.items() if is_numbers(v) and names.counter(str(k))}
            return {**counted, **_unwrapped(inner)}
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and data and isinstance(data[0], list):
        return {str(c): [row[i] if i < len(row) else None for row in data] for i, c in enumerate(columns)}
    return {k: _indexed(v) for k, v in value.items()}


def _is_loss(key: Any, value: Any) -> bool:
    return is_numbers(value) and names.parse(str(key)).role is Role.LOSS


def _indexed(value: Any) -> Any:
    """``{"0": 0.5, "1": 0.4}`` (pandas ``to_json``) as a list."""
    if not isinstance(value, Mapping) or len(value) < 2 or not all(str(k).isdigit() for k in value):
        return value
    ordered = [value[k] for k in sorted(value, key=lambda k: int(str(k)))]
    return ordered if is_numbers(ordered) else value


def _is_history(lists: Mapping[str, Any]) -> bool:
    readings = [names.parse(k) for k in lists if names.counter(k) is None]
    return any(r.certain and r.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC, Role.REWARD) for r in readings)


def _history(name: str, lists: Mapping[str, Any], table: Mapping[str, Any], whole: Mapping[str, Any]) -> History:
    arrays = {k: _array(v) for k, v in lists.items()}
    counted = {k: names.counter(k) for k in arrays}
    length = max(len(a) for k, a in arrays.items() if counted[k] is None)
    epoch = next((a for k, a in arrays.items() if counted[k] == "epoch"), None)
    step = next((a for k, a in arrays.items() if counted[k] in ("step", "batch")), None)
    declared = _declared(whole)
    out: list[Series] = []
    uneven: list[str] = []
    for key, value in arrays.items():
        if counted[key] is not None:
            continue
        place = _places(len(value), length)
        if place is None:
            uneven.append(key)
        out.append(_one(key, value, place, epoch, step, length))
    notes = [Note(code="uneven_lists", params={"columns": uneven})] if uneven else []
    out = [_as_declared(s, declared) for s in out]
    return History(name=name, series=tuple(out), config=_scalars(whole, table), notes=tuple(notes))


def _array(values: Sequence[Any]) -> FloatArray:
    def one(v: Any) -> float:
        if isinstance(v, list):
            v = v[0] if v else None
        if isinstance(v, str):
            return number(v) if number(v) is not None else math.nan  # type: ignore[return-value]
        try:
            return math.nan if v is None else float(v)
        except (TypeError, ValueError, OverflowError):
            return math.nan

    return np.array([one(v) for v in values], dtype=np.float64)


def _places(n: int, length: int) -> IntArray | None:
    """Epoch positions of a list that may be shorter because it was logged every k-th epoch; None where unknown."""
    if n == length:
        return np.arange(n, dtype=np.int64)
    every = length // n if n else 0
    if n and every > 1 and n == length // every:
        return np.arange(n, dtype=np.int64) * every + every - 1
    return None


def _one(
    key: str, value: FloatArray, place: IntArray | None, epoch: FloatArray | None, step: FloatArray | None, length: int
) -> Series:
    def along(counter: FloatArray | None) -> FloatArray | None:
        if counter is None:
            return None
        if len(counter) == len(value):
            return counter
        return counter[place] if place is not None and len(counter) == length else None

    own_epoch, own_step = along(epoch), along(step)
    if own_epoch is None and own_step is None and place is not None:
        # The position in the list is the epoch: that is what a history is.
        own_epoch = place.astype(np.float64)
    return Series(name=key, value=value, epoch=own_epoch, step=own_step, row=place)


def _declared(value: Mapping[str, Any]) -> dict[str, Split]:
    """``train_metric`` and ``monitor_metric`` name the pair that the author watched."""
    pairs = (("train_metric", Split.TRAIN), ("monitor_metric", Split.VALIDATION))
    return {value[key]: split for key, split in pairs if isinstance(value.get(key), str)}


def _as_declared(one: Series, declared: Mapping[str, Split]) -> Series:
    """The declared pair is the loss; a plain loss beside it is another quantity, the test split is watched."""
    reading = names.parse(one.name)
    if one.name in declared:
        return replace(one, split=declared[one.name], metric=reading.metric, role=Role.LOSS)
    watched = {names.parse(n).split for n in declared}
    if reading.split is Split.TEST and Split.TEST in watched:
        one = replace(one, split=Split.VALIDATION)
    if len(declared) == 2 and reading.role is Role.LOSS:
        plain = {names.parse(n).metric for n in declared} == {"loss"}
        return one if plain else replace(one, metric="plain_loss", role=Role.LOSS_TERM)
    return one


def _scalars(*tables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        str(k): v for t in tables for k, v in t.items() if isinstance(v, str | int | float | bool) and len(str(v)) < 200
    }


def records(value: Any, depth: int = 0) -> list[dict[str, Any]]:
    """A list of objects somewhere in a document, or objects keyed by epoch; [] where there is none."""
    if isinstance(value, list):
        found = [v for v in value if isinstance(v, Mapping)]
        return [dict(v) for v in found] if len(found) > 0.9 * len(value) and found else []
    if not isinstance(value, Mapping) or depth > 3:
        return []
    numbered = [(k, v) for k, v in value.items() if isinstance(v, Mapping) and _epoch_key(str(k)) is not None]
    if len(numbered) > 1 and len(numbered) == len(value):
        return [{"epoch": _epoch_key(str(k)), **v} for k, v in numbered]
    return max((records(v, depth + 1) for v in value.values()), key=len, default=[])


def _epoch_key(key: str) -> int | None:
    digits = key.lower().removeprefix("epoch").strip("_- ")
    return int(digits) if digits.isdigit() and len(digits) < 10 else None
