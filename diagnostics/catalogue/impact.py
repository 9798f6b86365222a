"""What fixing a category would be worth, in the metric people report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diagnostics.catalogue.estimates import Z95
from diagnostics.catalogue.sampling import Design
from diagnostics.types import MetricValue


def gain(frequency: MetricValue, errors: int, rows: int) -> MetricValue:
    """Points of accuracy (or of recall, within a class) won if every error of a category became right.

    Parameters
    ----------
    frequency : MetricValue
        Share of the errors that belong to the category; for a class or slice, share of *all* errors that belong to
        both, estimated by `frequency` with the examples outside left without a category.
    errors : int
        Errors in all.
    rows : int
        Rows of the whole set, of the class or of the slice.

    Returns
    -------
    MetricValue
        Fraction of the rows, with the frequency's interval; None with its reason, or "no_rows".
    """
    if frequency.value is None or not rows:
        reason = frequency.reason or "no_rows"
        return MetricValue(name="gain", value=None, reason=reason, n=frequency.n, unit="fraction")
    scale = errors / rows
    low, high = frequency.low, frequency.high
    return MetricValue(
        name="gain",
        value=frequency.value * scale,
        low=None if low is None else low * scale,
        high=None if high is None else min(1.0, high * scale),
        n=frequency.n,
        greater_is_better=True,
        unit="fraction",
    )


@dataclass(frozen=True, kw_only=True)
class Costed:
    """One reviewed example of the random sample: its stratum, its category and its loss above a good row's."""

    stratum: str
    category: str | None
    excess: float


def loss_gain(design: Design, reviewed: Sequence[Costed], category: str, rows: int) -> MetricValue:
    """Fall of the mean loss if every row of a category came down to a good row's loss.

    The total is estimated stratum by stratum (Cochran, Sampling Techniques, 3rd ed., chapter 5); the interval is
    normal, with the finite-population correction.

    Parameters
    ----------
    design : Design
    reviewed : sequence of Costed
    category : str
    rows : int
        Rows the mean loss is taken over.

    Returns
    -------
    MetricValue
        In the unit of the loss; None with reason "stratum_not_reviewed" while a stratum has fewer than two reviewed
        examples, "no_rows" for an empty set.
    """
    if not rows:
        return MetricValue(name="loss_gain", value=None, reason="no_rows", n=len(reviewed))
    total = 0.0
    variance = 0.0
    for stratum in design.strata:
        amounts = [r.excess if r.category == category else 0.0 for r in reviewed if r.stratum == stratum.name]
        n = len(amounts)
        if stratum.size and (n < 2 and n < stratum.size):
            return MetricValue(name="loss_gain", value=None, reason="stratum_not_reviewed", n=len(reviewed))
        if not n:
            continue
        mean = sum(amounts) / n
        total += stratum.size * mean
        if n > 1:
            spread = sum((a - mean) ** 2 for a in amounts) / (n - 1)
            variance += stratum.size**2 * (1 - n / stratum.size) * spread / n
    half = Z95 * variance**0.5
    return MetricValue(
        name="loss_gain",
        value=total / rows,
        low=(total - half) / rows,
        high=(total + half) / rows,
        n=len(reviewed),
        greater_is_better=True,
    )
