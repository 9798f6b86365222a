"""Where mending a category would help: the gain within each class or slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnostics.catalogue.collecting import RANDOM, design_of
from diagnostics.catalogue.cost import Cost, Costed, loss_gain
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
    loss : MetricValue or None
        Fall of the part's mean loss; None where the set has no loss.
    """

    value: str
    tagged: int
    gain: MetricValue
    loss: MetricValue | None = None


def parts(
    state: State, category: str, value_of: Mapping[str, str], rows: Mapping[str, int], *, errors: int,
    cost: Cost | None = None,
) -> tuple[Part, ...]:  # fmt: skip
    """Gain of mending a category within each value of a column, largest number of examples first.

    Parameters
    ----------
    value_of : mapping of example key to value
    rows : mapping of value to rows of the whole set
        Values without rows have no gain.
    errors : int
        Errors of the whole set.
    cost : Cost or None
        Mean losses of the set, where it has a loss.
    """
    design = design_of(state)
    seen: list[tuple[str, str, str | None, float]] = []
    tagged: dict[str, int] = {}
    for key, fields in state.of("example"):
        if key not in value_of or fields.get("gone") or fields.get("removed"):
            continue
        if fields.get("category") == category:
            tagged[value_of[key]] = tagged.get(value_of[key], 0) + 1
        looked_at = fields.get("category") is not None or fields.get("difficulty") or fields.get("seen")
        if fields.get("source") == RANDOM and looked_at:
            own = fields.get("category")
            loss = fields.get("loss")
            excess = float(loss) - cost.good if cost is not None and isinstance(loss, int | float) else 0.0
            seen.append((key, str(fields.get("stratum", "")), None if own is None else str(own), excess))
    found = []
    for value in sorted(tagged, key=lambda v: (-tagged[v], v)):
        of = rows.get(value, 0)
        loss_here = None
        if design is None:
            share = MetricValue(name="frequency", value=None, reason="no_random_sample", n=0, unit="fraction")
        else:
            # Examples of other parts count as looked at and of no category: what is estimated is the share of all
            # errors that belong to both.
            inside = [
                Costed(stratum=s, category=c if value_of[key] == value else None, excess=e) for key, s, c, e in seen
            ]
            share = frequency(design, [Tagged(stratum=o.stratum, category=o.category) for o in inside], category)
            loss_here = loss_gain(design, inside, category, of) if cost is not None else None
        found.append(Part(value=value, tagged=tagged[value], gain=gain(share, errors, of), loss=loss_here))
    return tuple(found)
