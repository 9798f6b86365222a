"""Lines of a log matched by a grammar, their numbers gathered into series."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.draft import Series
from diagnostics.readers.text.blocks import Box, Table
from diagnostics.readers.text.cleaning import Line, Remembered, layout, wall_time, without_date
from diagnostics.readers.text.grammar import Family, Grammar, Pair, Place, Row, number, pairs, places
from diagnostics.types import FloatArray, Split

CARRY_LINES = 30  # a line without a counter belongs to one at most this many lines above
CURVE_ROWS = 10
_COUNTERS = ("epoch", "step")
_MARKS = {"epoch", "step", "batch", "batches", "done", "total", "split", "values"}


@dataclass
class _Context:
    """What the lines above said: counters, split, and since which line."""

    epoch: float | None = None
    step: float | None = None
    split: str = ""
    line: int = -(10**9)
    block: int = 0
    total: str = ""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the groups of the line pattern stand, and the pairs within `values`."""

    groups: dict[str, slice]
    pairs: tuple[Place, ...]


def amount(grammar: Family, lines: Sequence[Line]) -> tuple[int, int]:
    """Numbers and rows the family finds, states of progress bars included: how well it fits."""
    found = _line_rows(grammar, lines) if isinstance(grammar, Grammar) else rows(grammar, lines)
    return sum(len(row.values) for row in found), len(found)


def rows(grammar: Family, lines: Sequence[Line]) -> list[Row]:
    """Every row the family finds, in file order, overwritten progress left out."""
    if isinstance(grammar, Table | Box):
        return grammar.rows(line.text for line in lines)
    if not isinstance(grammar, Grammar):
        raise TypeError(f"no rows for {type(grammar).__name__}")
    found = _line_rows(grammar, lines)
    return _settled(found) if grammar.bar else found


def _line_rows(grammar: Grammar, lines: Sequence[Line]) -> list[Row]:
    found: list[Row] = []
    context = _Context()
    header, probe, layouts = grammar.header_pattern, grammar.probe, Remembered()
    for index, line in enumerate(lines):
        if probe not in line.text:
            continue
        match = header.match(line.text) if header else None
        if match:
            _enter(context, match, index)
        elif not line.noise:
            row = _row(grammar, line.text, index, context, layouts)
            if row is None:
                row = _carried(grammar, line.text, index, context, found)
            if row is not None:
                found.append(row)
    return found


def _enter(context: _Context, match: re.Match[str], index: int) -> None:
    groups = match.groupdict()
    if groups.get("epoch") is not None:
        # A new epoch begins a new block, and with it training.
        context.epoch, context.split, context.step = float(groups["epoch"]), "", None
        context.block += 1
    if groups.get("step") is not None:
        context.step = float(groups["step"])
    context.split = groups.get("split") or context.split
    context.line = index


def _layout(grammar: Grammar, text: str) -> _Layout | None:
    """Where the grammar finds what in a line, and so in every line of its layout; None where it does not match."""
    match = grammar.line_pattern.match(text)
    if match is None:
        return None
    groups = {key: slice(*match.span(key)) for key, value in match.groupdict().items() if value is not None}
    values = groups.get("values", slice(0, 0))
    return _Layout(groups, places(grammar, text[values]))


def _row(grammar: Grammar, line: str, index: int, context: _Context, layouts: Remembered) -> Row | None:
    text = without_date(line).lstrip("\ufeff")
    shape = layout(text)
    known = layouts[shape] if shape in layouts else layouts.keep(shape, _layout(grammar, shape))
    if known is None:
        return None
    groups = {key: text[span] for key, span in known.groups.items()}
    row = Row(line=index, wall=wall_time(line), block=context.block)
    row.epoch = float(groups["epoch"]) if "epoch" in groups else context.epoch
    row.step = float(groups["step"]) if "step" in groups else context.step
    row.batch = float(groups["batch"]) if "batch" in groups else None
    row.batches = float(groups["batches"]) if "batches" in groups else None
    row.split = groups.get("split", context.split)
    for name in [key for key in groups if key not in _MARKS]:
        row.values[name] = Pair(name, number(groups[name]))
    _fill(row, pairs(grammar, groups.get("values", ""), known.pairs))
    if "done" in groups:
        total = groups.get("total", "")
        row.partial = groups["done"] != total or "ETA:" in line
        if row.epoch is None and not grammar.header:
            row.step, row.partial = float(groups["done"]), False
    if not row.values or not _counted(row, grammar):
        return None
    context.line = index
    if grammar.carry:
        context.epoch, context.step = row.epoch, row.step
    return row


def _counted(row: Row, grammar: Grammar) -> bool:
    return row.epoch is not None or row.step is not None or bool(grammar.header and row.block)


def _fill(row: Row, found: Iterable[Pair]) -> None:
    """Put pairs into a row; those that count set its counters."""
    for pair in found:
        kind = names.counter(pair.name)
        if kind in _COUNTERS:
            if getattr(row, kind) is None or kind == "epoch":
                setattr(row, kind, pair.value)
        elif kind is None or kind in ("elapsed", "wall_time"):
            row.values.setdefault(pair.name, pair)


def _carried(grammar: Grammar, line: str, index: int, context: _Context, found: list[Row]) -> Row | None:
    """A line without counter, for the counter above; None where there is none near enough."""
    if grammar.carry_pattern is None or index - context.line > CARRY_LINES:
        return None
    match = grammar.carry_pattern.match(line)
    if match is None:
        return None
    row = Row(line=index, epoch=context.epoch, step=context.step, wall=wall_time(line), block=context.block)
    row.split = match.groupdict().get("split") or grammar.carry_split
    if found and row.epoch is None and row.step is None:
        row.epoch, row.step = found[-1].epoch, found[-1].step
    _fill(row, pairs(grammar, match["values"]))
    return row if row.values and (row.epoch is not None or row.step is not None) else None


def _settled(found: list[Row]) -> list[Row]:
    """Rows without the steps of a progress bar: its last state counts, and what follows it in the epoch does not."""
    kept: list[Row] = []
    for row in found:
        last = kept[-1] if kept else None
        same = last is not None and (last.block, last.epoch, last.split) == (row.block, row.epoch, row.split)
        if not same or last is None or (last.epoch is None and not last.block):
            kept.append(row)
        elif last.partial or (not row.partial and row.values.keys() > last.values.keys()):
            kept[-1] = row
    return kept


def series(grammar: Family, found: list[Row]) -> tuple[Series, ...]:
    """Series of the rows, one a name and split, in order of appearance."""
    steps = _running_steps(found)
    columns: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(found):
        for name in row.values:
            split = "" if names.parse(name).split is not None else row.split
            columns.setdefault((split, name), []).append(index)
    longest = max((len(places) for places in columns.values()), default=0)
    return tuple(
        _series(grammar, found, steps, key, places)
        for key, places in columns.items()
        # One number among many of other names is a remark in passing, unless it is a known measure (the test score).
        if len(places) > 1 or longest < CURVE_ROWS or names.parse(key[1]).certain
    )


def _series(
    grammar: Family, found: list[Row], steps: list[float | None], key: tuple[str, str], places: list[int]
) -> Series:
    split, name = key
    chosen = [found[i] for i in places]
    units = {row.values[name].unit for row in chosen}
    return Series(
        name=name.replace("'s ", " ") if not split else f"{split.lower()} {name}",
        value=np.array([row.values[name].value for row in chosen], dtype=np.float64),
        step=_column([steps[i] for i in places]),
        epoch=_column([row.epoch for row in chosen]),
        wall_time=_column([row.wall for row in chosen]),
        row=np.array([row.line for row in chosen], dtype=np.int64),
        split=grammar.splits.get(name) or _split(split),
        unit=units.pop() if len(units) == 1 else "",
    )


def _split(word: str) -> Split | None:
    return names.split_word(word) if word else None


def _running_steps(found: list[Row]) -> list[float | None]:
    """Steps through the whole run; where a line places itself inside an epoch, epochs are laid end to end."""
    for row in found:
        if row.split and names.split_word(row.split) not in (None, Split.TRAIN):
            row.batch = None  # counts the batches of the evaluation, not of the run
    first = next((row.epoch for row in found if row.batch is not None and row.epoch is not None), 0.0)
    sizes = {row.epoch: row.batches for row in found if row.batch is not None and row.batches}
    size = max((s for s in sizes.values() if s), default=None)
    steps: list[float | None] = []
    for row in found:
        if row.batch is None or row.epoch is None:
            # The end of an epoch among lines that count batches.
            done = row.epoch is not None and size is not None and row.step is None
            steps.append((row.epoch - first + 1) * size if done and row.epoch is not None and size else row.step)
        else:
            steps.append((row.epoch - first) * size + row.batch if size else row.batch)
    return steps


def _column(values: list[float | None]) -> FloatArray | None:
    """A counter, or None where a row lacks it."""
    if any(value is None for value in values):
        return None
    return np.array(values, dtype=np.float64)
