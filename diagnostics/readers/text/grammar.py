"""What a kind of log line looks like, and the numbers in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from diagnostics.readers import names
from diagnostics.types import Setting, Split

_PLAIN = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|NaN|NAN|inf(?:inity)?|Inf(?:inity)?)"
NUMBER = rf"(?:{_PLAIN})"
# Bounded words that begin where a word begins: no line, however long, makes the search more than linear.
_NAME = r"(?<![\w.])[^\W\d][\w./@\-]{0,60}(?:\([\w.@:]{0,20}\))?(?: [^\W\d][\w./@\-)]{0,40}){0,3}"
# `name: 0.5`, `name=0.5`, `name 0.5`; then a unit, a ratio `9843/10000 (98%)`, or a second number in brackets.
PAIRS = (
    rf"(?P<name>{_NAME})['\"]?(?P<sep>\s*[:=]+\s*|\s+)['\"]?(?:tensor\()?(?P<value>{NUMBER})"
    r"(?:/(?P<total>\d+)\s*\([\d.]+\s*%\))?(?P<unit>\s?%|ms\b|s\b|us\b|[KMGT]i?B?\b|)(?![\w:]|\.\d|/\d)"
    r"(?:\s*\([^()]*\))?"
)
_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "root", "main"}
_NOT_LOGGED = {"eta", "v_num", "remaining"}
_UNITS = {"%": "percent", "s": "seconds", "ms": "milliseconds", "us": "microseconds"}


@dataclass(frozen=True, kw_only=True)
class Family:
    """What all families of logs have.

    Attributes
    ----------
    id : str
        Format id is "stdout_" + id.
    general : bool
        Whether lines of particular families also look like this one; those are preferred then.
    needs : int
        Rows without which the file is not believed to be of this family.
    names : mapping
        What the family's own abbreviations stand for.
    splits : mapping of name to Split
        Where the family says what a series was measured on.
    setting : Setting
    """

    id: str
    general: bool = False
    needs: int = 2
    names: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, Split] = field(default_factory=dict)
    setting: Setting = Setting.SUPERVISED


@dataclass(frozen=True, kw_only=True)
class Grammar(Family):
    """A family of log lines.

    Attributes
    ----------
    line : str
        Regular expression a line must match from its beginning. Named groups: `epoch` and `step` are counters;
        `batch` and `batches` place a line inside an epoch; `done` and `total` belong to a progress bar that is
        overwritten until its epoch is complete; `split` says what all values of the line were measured on; `values`
        is searched for `pairs`; any other group is a value under its own name.
    header : str
        Regular expression of lines that only set counters for the lines after them (groups `epoch`, `step`, `split`).
    carry : str
        Lines without a counter that belong to the counter before them (groups `split`, `values`).
    carry_split : str
        What such lines were measured on where they do not say it.
    bar : bool
        Whether lines are states of a progress bar, of which the last of an epoch counts.
    pairs : str
        How a name and its number look in `values`: groups `name`, `value` and optionally `unit`, `total`.
    probe : str
        Text that every line of the family holds; spares the regular expression.
    """

    line: str
    header: str = ""
    carry: str = ""
    carry_split: str = ""
    bar: bool = False
    pairs: str = PAIRS
    probe: str = ""

    @cached_property
    def line_pattern(self) -> re.Pattern[str]:
        """`line`, compiled."""
        return re.compile(self.line, re.IGNORECASE)

    @cached_property
    def header_pattern(self) -> re.Pattern[str] | None:
        """`header`, compiled."""
        return re.compile(self.header, re.IGNORECASE) if self.header else None

    @cached_property
    def carry_pattern(self) -> re.Pattern[str] | None:
        """`carry`, compiled."""
        return re.compile(self.carry, re.IGNORECASE) if self.carry else None

    @cached_property
    def pairs_pattern(self) -> re.Pattern[str]:
        """`pairs`, compiled."""
        return re.compile(self.pairs)


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its number in a line; `unit` as in `Series`."""

    name: str
    value: float
    unit: str = ""


@dataclass
class Row:
    """Numbers that were logged together.

    `line` is the line's place in the file, `batches` how many steps an epoch has where the line says so, `partial`
    whether a progress bar had not reached its end.
    """

    line: int
    epoch: float | None = None
    step: float | None = None
    batch: float | None = None
    batches: float | None = None
    wall: float | None = None
    split: str = ""
    values: dict[str, Pair] = field(default_factory=dict)
    partial: bool = False
    block: int = 0


def number(text: str) -> float:
    """A number as programs print it; `1_000`, `NaN` and `Infinity` included."""
    return float(text.replace("_", ""))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair stands in a piece of a line; `spaced` where only a space parts the name from its number."""

    name: slice
    value: slice
    total: slice | None
    unit: str
    spaced: bool


def places(grammar: Grammar, text: str) -> tuple[Place, ...]:
    """Where the pairs in a piece of a line stand."""
    found = []
    for match in grammar.pairs_pattern.finditer(text):
        groups = match.groupdict()
        total = slice(*match.span("total")) if groups.get("total") else None
        found.append(
            Place(
                slice(*match.span("name")), slice(*match.span("value")), total,
                _UNITS.get((groups.get("unit") or "").strip(), ""), groups.get("sep", ":").isspace(),
            )
        )  # fmt: skip
    return tuple(found)


def pairs(grammar: Grammar, text: str, known: tuple[Place, ...] | None = None) -> Iterator[Pair]:
    """Names and numbers in a piece of a line, at `known` places where those were found before.

    A name that is merely followed by a number ("loss 0.5") counts only where the name is known to be a measure;
    otherwise every word before a number would.
    """
    for place in places(grammar, text) if known is None else known:
        raw = text[place.name].strip().strip("'\"")
        name = _called(raw, grammar.names.get(raw), place.spaced)
        if not name:
            continue
        value, unit = number(text[place.value]), place.unit
        if place.total is not None:
            value, unit = 100.0 * value / max(float(text[place.total]), 1.0), "percent"
        yield Pair(name, value, unit)


@lru_cache(maxsize=8192)
def _called(raw: str, alias: str | None, spaced: bool) -> str:
    """The name without what is no part of it; empty for words that are not logged."""
    name = _without_level(raw) if alias is None else alias
    if name.lower() in _NOT_LOGGED:
        return ""
    return _known_tail(name) if spaced else name


def _without_level(name: str) -> str:
    """A name without the words a logger puts before it: "INFO epoch" is the epoch."""
    first, _, rest = name.partition(" ")
    if rest and first in _LEVELS:
        return _without_level(rest)
    last = name.rpartition(" ")[2]
    return last if names.counter(last) else name


def _known_tail(name: str) -> str:
    """The longest end of some words that is a known measure or counter: "avg train loss" of "got avg train loss"."""
    parts = name.split(" ")
    for start in range(len(parts)):
        tail = " ".join(parts[start:])
        if names.counter(tail) or names.parse(tail).certain:
            return tail
    return ""
