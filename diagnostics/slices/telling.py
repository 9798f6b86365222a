"""What a search found, told as slices: measured by the metric that is shown, shrunk for having been chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from diagnostics.metrics.intervals import Z95
from diagnostics.slices.atoms import conditions
from diagnostics.slices.attributes import Attribute, LeftOut
from diagnostics.slices.measuring import Moments, Shown, difference_of, in_metric, measured_of
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.scan import Term
from diagnostics.slices.search import Found, Group
from diagnostics.slices.shrinkage import conditional
from diagnostics.slices.tails import Population, standardised
from diagnostics.types import Condition, MetricValue, Slice

CONFIRMED = 3.0
"""Standard errors by which the metric that is shown must differ, where ranks were tested: a slice whose ranks are high
but whose mean is not, or hangs on one row, is not worse by that metric."""

RELATED = 5
"""Overlapping candidates named beside a slice."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """What a search of one prediction set found.

    Attributes
    ----------
    slices : tuple of Slice
        The one with the largest excess loss (n times difference) first; empty where chance explains everything.
    masks : tuple of ndarray of bool, shape (units,)
        Units of each slice.
    tested, survived : int
        Slices tried, and those whose adjusted p is below `level`, before overlapping ones are put together.
    min_size : int
        Units a slice needs.
    unit : str
        "rows", or "queries" for a ranking.
    overall : MetricValue
    attributes : tuple of str
        Columns that were searched.
    left_out : tuple of LeftOut
    level : float
    outcome : Outcome
    units : int
        Units that count. Where an SQL engine counted them, `masks` and `outcome` are empty.
    """

    slices: tuple[Slice, ...]
    masks: tuple[np.ndarray, ...]
    tested: int
    survived: int
    min_size: int
    unit: str
    overall: MetricValue
    attributes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    level: float
    outcome: Outcome
    units: int


def predicate(terms: Sequence[Term], attributes: Sequence[Attribute]) -> tuple[Condition, ...]:
    """The conditions of a slice, in the order of its terms."""
    return tuple(c for number, members in terms for c in conditions(attributes[number], members))


class Units(Protocol):
    """The units behind the slices that were found, wherever they lie."""

    @property
    def shown(self) -> Shown:
        """How the mean loss is shown."""
        ...

    def losses(self, terms: Sequence[Term]) -> tuple[Moments, Moments]:
        """Losses inside and outside of a slice."""
        ...

    def tested(self, terms: Sequence[Term]) -> tuple[float, float, Population]:
        """Number and sum of the tested scores inside, and the population of all."""
        ...

    def sizes(self, first: Sequence[Term], second: Sequence[Term]) -> tuple[int, int, int]:
        """Units of two slices, and of both at once."""
        ...


def told(found: Found, attributes: Sequence[Attribute], units: Units) -> list[tuple[Slice, Group]]:
    """The groups that are worse by the metric that is shown, largest excess loss first."""
    slices = [(_slice(group, found, attributes, units), group) for group in found.groups]
    kept = [(item, group) for item, group in slices if item is not None]
    return sorted(kept, key=lambda pair: -float(pair[0].params["excess"]))


def _slice(group: Group, found: Found, attributes: Sequence[Attribute], units: Units) -> Slice | None:
    own, rest = units.losses(group.terms)
    gap = difference_of(units.shown, own, rest)
    if gap is None or gap[0] <= 0:
        return None
    n, total, of = units.tested(group.terms)
    if not of.binary and gap[0] < CONFIRMED * (gap[2] - gap[1]) / (2 * Z95):
        return None
    z = float(standardised(np.array([n]), np.array([total]), of)[0])
    raw = in_metric(units.shown, *gap)
    shrunk = _shrunk(gap, z, group.threshold)
    delta, low, high = in_metric(units.shown, *shrunk)
    params: dict[str, Any] = {
        "raw_delta": raw[0], "raw_low": raw[1], "raw_high": raw[2],
        "excess": shrunk[0] * n, "tested": found.tested, "survived": found.survived,
        "refined": group.terms != group.tried.terms, "tried": predicate(group.tried.terms, attributes),
        "related": _related(group, attributes, units), "z": z,
    }  # fmt: skip
    plain = measured_of(units.shown, own, rest, predicate(group.terms, attributes))
    return replace(
        plain, delta=delta, delta_low=low, delta_high=high, adjusted_p=group.tried.adjusted_p, shrunk=True,
        params=params,
    )  # fmt: skip


def _shrunk(gap: tuple[float, float, float], z: float, threshold: float) -> tuple[float, float, float]:
    """A difference and its interval, given that its z had to pass a threshold to be reported."""
    value, low, high = gap
    error = (high - low) / (2 * Z95)
    if not np.isfinite(error) or error <= 0 or z <= 0:
        return gap
    own = value / error
    found = conditional(own, min(own, threshold * own / z))
    return found.value * error, found.low * error, found.high * error


def _related(group: Group, attributes: Sequence[Attribute], units: Units) -> list[dict[str, Any]]:
    """Other survivors that the slice explains, with the overlap of their rows (Jaccard)."""
    named = []
    for member in group.members[:RELATED]:
        n, own, both = units.sizes(member.terms, group.terms)
        union = n + own - both
        named.append(
            {
                "predicate": predicate(member.terms, attributes), "n": n,
                "adjusted_p": member.adjusted_p, "overlap": both / union if union else 0.0,
            }
        )  # fmt: skip
    return named
