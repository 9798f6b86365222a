"""Columns that belong together: one probability column a class, one pair of columns an output."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from diagnostics.readers.predictions.profile import Column
from diagnostics.readers.predictions.vocabulary import PREDICTED, PROBABILITY, TRUTH, read, tokens

_INDEXED = re.compile(r"(?P<stem>.+)\[(?P<suffix>\d+)\]")
_DOTTED = re.compile(r"(?P<stem>[^.]+)\.(?P<suffix>.+)")


@dataclass(frozen=True)
class Family:
    """Numeric columns with a common stem.

    Attributes
    ----------
    stem : str
    members : dict of suffix to column name
        In file order; the suffix is a class name, an index or an output.
    indexed : bool
        True where the suffixes are positions that name no class.
    """

    stem: str
    members: dict[str, str]
    indexed: bool


@dataclass(frozen=True)
class Output:
    """One output of a model with several: its truth, prediction and score columns."""

    name: str
    truth: str
    predicted: str | None
    score: str | None


def families(columns: Iterable[Column]) -> list[Family]:
    """Groups of at least two numeric columns whose common stem names probabilities or scores, largest first."""
    groups: dict[tuple[str, bool], dict[str, str]] = {}
    for column in columns:
        if not column.numeric:
            continue
        for stem, suffix, bracket in _splits(column.name):
            groups.setdefault((stem, bracket), {})[suffix] = column.name
    found = []
    for (stem, bracket), members in groups.items():
        if len(members) >= 2:
            found.append(Family(stem, members, bracket or all(s.isdigit() for s in members)))
    return sorted(found, key=lambda family: -len(family.members))


def _splits(name: str) -> list[tuple[str, str, bool]]:
    """Ways to read a name as (stem that means a probability, suffix, whether the suffix is a bare position)."""
    indexed = _INDEXED.fullmatch(name)
    if indexed:
        return [(indexed["stem"], indexed["suffix"], True)]
    dotted = _DOTTED.fullmatch(name)
    if dotted and _probable(dotted["stem"]):
        return [(dotted["stem"], dotted["suffix"], False)]
    ways = []
    for match in re.finditer(r"[_\- :]+", name):
        head, tail = name[: match.start()], name[match.end() :]
        if head and tail and _probable(head):
            ways.append((head, tail, False))
            break
    for match in reversed(list(re.finditer(r"[_\- :]+", name))):
        head, tail = name[: match.start()], name[match.end() :]
        # "true_score" and "pred_score" are a truth and a prediction, not the scores of classes "true" and "pred".
        role = set(tokens(head)) & (TRUTH.keys() | PREDICTED.keys())
        if head and tail and _probable(tail) and not _probable(head) and not role:
            ways.append((f"*{tail}", head, False))
            break
    bare = re.fullmatch(r"(?P<stem>[A-Za-z]+?)(?P<suffix>\d+)", name)
    if bare and _probable(bare["stem"]):
        ways.append((bare["stem"], bare["suffix"], False))
    return ways


def _probable(stem: str) -> bool:
    words = tokens(stem)
    known = PROBABILITY.keys() | PREDICTED.keys() | {"y", "class", "model", "oof"}
    return bool(words) and any(w in PROBABILITY for w in words) and all(w in known for w in words)


def outputs(columns: Iterable[Column]) -> list[Output]:
    """Pairs of a truth and a prediction (or score) column that share the rest of their names; [] for fewer than two."""
    listed = list(columns)
    readings = {column.name: read(column.name) for column in listed}
    truths: dict[str, str] = {}
    predicted: dict[str, str] = {}
    scores: dict[str, str] = {}
    for column in listed:
        reading = readings[column.name]
        if not reading.rest:
            continue
        words = set(reading.tokens)
        if words & PROBABILITY.keys() - {"p"} and not words & {"true", "actual", "truth"}:
            scores.setdefault(reading.rest, column.name)
        elif words & PREDICTED.keys():
            predicted.setdefault(reading.rest, column.name)
        elif words & TRUTH.keys():
            truths.setdefault(reading.rest, column.name)
    # A target under its own name next to `<name>_pred` is a pair as well.
    for column in listed:
        rest = "_".join(tokens(column.name))
        if rest in predicted and rest not in truths and column.name != predicted[rest]:
            truths[rest] = column.name
    shared = [rest for rest in truths if rest in predicted or rest in scores]
    if len(shared) < 2:
        return []
    return [Output(rest, truths[rest], predicted.get(rest), scores.get(rest)) for rest in shared]
