"""Where mending a category would help: the gain within each class or slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnostics.catalogue.collecting import RANDOM, design_of
from diagnostics.catalogue.estimates import Tagged, frequency
from diagnostics.catalogue.events import State
from diagnostics.catalogue.impact import gain
from diagnostics.types import MetricValue


@dataclass(frozen=True, kw_only=True)
class Part:
    """One class or slice.

    Attributes
    ----------
    value : str
    tagged : int
        Tagged examples of the category in it.
    gain : MetricValue
        Fraction of the part's rows that would become right.
    """

    value: str
    tagged: int
    gain: MetricValue


def parts(
    state: State, category: str, value_of: Mapping[str, str], rows: Mapping[str, int], *, errors: int
) -> tuple[Part, ...]:
    """Gain of mending a category within each value of a column, largest number of examples first.

    Parameters
    ----------
    value_of : mapping of example key to value
    rows : mapping of value to rows of the whole set
        Values without rows have no gain.
    errors : int
        Errors of the whole set.
    """
    design = design_of(state)
    seen: list[tuple[str, str, str | None]] = []
    tagged: dict[str, int] = {}
    for key, fields in state.of("example"):
        if key not in value_of or fields.get("gone") or fields.get("removed"):
            continue
        if fields.get("category") == category:
            tagged[value_of[key]] = tagged.get(value_of[key], 0) + 1
        looked_at = fields.get("category") is not None or fields.get("difficulty") or fields.get("seen")
        if fields.get("source") == RANDOM and looked_at:
            own = fields.get("category")
            seen.append((key, str(fields.get("stratum", "")), None if own is None else str(own)))
    found = []
    for value in sorted(tagged, key=lambda v: (-tagged[v], v)):
        if design is None:
            share = MetricValue(name="frequency", value=None, reason="no_random_sample", n=0, unit="fraction")
        else:
            # Examples of other parts count as looked at and of no category: what is estimated is the share of all
            # errors that belong to both.
            inside = [Tagged(stratum=s, category=c if value_of[key] == value else None) for key, s, c in seen]
            share = frequency(design, inside, category)
        found.append(Part(value=value, tagged=tagged[value], gain=gain(share, errors, rows.get(value, 0))))
    return tuple(found)
