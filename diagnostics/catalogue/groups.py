"""Values that cards can be coloured by: truth, answer, and the attributes of the set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from diagnostics.catalogue.cards import Card
from diagnostics.catalogue.errors import OTHER
from diagnostics.slices import Table
from diagnostics.slices.table import numbers
from diagnostics.types import Predictions, spelled

VALUES = 7
ATTRIBUTES = 6
SHOWN = 40
"""Characters of a value."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """One way to colour.

    Attributes
    ----------
    name : str
        "truth", "answer" or a column.
    values : tuple of str
        At most eight; the last may stand for all rare ones.
    of : mapping of example key to place in `values`
    cuts : tuple of float
        Where numbers are cut; empty where the values are names.
    """

    name: str
    values: tuple[str, ...]
    of: Mapping[str, int]
    cuts: tuple[float, ...] = ()


def groups(found: Mapping[str, Card], *, classes: bool) -> tuple[Group, ...]:
    """Ways to colour some cards; columns with one value, or nearly one for each card, are left out.

    Parameters
    ----------
    found : mapping of example key to Card
    classes : bool
        Whether truth and answer name classes, which are never put into ranges though they be digits.
    """
    columns: dict[str, dict[str, str]] = {
        "truth": {key: card.truth for key, card in found.items()},
        "answer": {key: card.answer for key, card in found.items()},
    }
    for key, card in found.items():
        for name, value in card.attributes:
            columns.setdefault(name, {})[key] = value
    made = [group for name, values in columns.items() if (group := _group(name, values, classes))]
    return tuple(made[: 2 + ATTRIBUTES])


def _group(name: str, values: Mapping[str, str], classes: bool) -> Group | None:
    counts = Counter(values.values())
    if len(counts) < 2:
        return None
    numbers = None if classes and name in ("truth", "answer") else _numbers(values)
    if len(counts) > VALUES + 1 and numbers is not None:
        return _quartered(name, numbers)
    if name not in ("truth", "answer") and len(counts) > max(VALUES + 1, len(values) / 3):
        return None
    named = [value for value, _ in counts.most_common(VALUES if len(counts) > VALUES + 1 else VALUES + 1)]
    place = {value: i for i, value in enumerate(named)}
    shown = tuple(value[:SHOWN] for value in named) + ((OTHER,) if len(counts) > len(named) else ())
    return Group(name=name, values=shown, of={key: place.get(value, len(named)) for key, value in values.items()})


def _numbers(values: Mapping[str, str]) -> dict[str, float] | None:
    try:
        return {key: float(value) for key, value in values.items()}
    except ValueError:
        return None


def _quartered(name: str, values: Mapping[str, float]) -> Group:
    cuts = np.unique(np.quantile(list(values.values()), (0.25, 0.5, 0.75)))
    edges = [f"{cut:.3g}" for cut in cuts]
    shown = (f"≤ {edges[0]}", *(f"{a}–{b}" for a, b in pairwise(edges)), f"> {edges[-1]}")
    of = {k: int(np.searchsorted(cuts, v)) for k, v in values.items()}
    return Group(name=name, values=shown, of=of, cuts=tuple(cuts.tolist()))


def sizes(predictions: Predictions, name: str, values: tuple[str, ...], cuts: tuple[float, ...]) -> dict[str, int]:
    """Rows of the whole set that fall to each value of a group.

    Parameters
    ----------
    name, values, cuts
        Of the group; "truth" stands for the column of the truth.
    """
    column = Table(predictions).column((predictions.roles.truth or name) if name == "truth" else name)
    if cuts:
        known = numbers(column)
        counts = np.bincount(np.searchsorted(cuts, known[np.isfinite(known)]), minlength=len(values))
        return dict(zip(values, counts.tolist(), strict=True))
    found: dict[str, int] = {}
    for item in column.value_counts().to_pylist():
        text = (spelled(item["values"]) or "–")[:SHOWN]
        place = text if text in values else OTHER
        found[place] = found.get(place, 0) + int(item["counts"])
    return found
