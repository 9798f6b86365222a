"""From the tagged part of a random sample to all errors: how frequent a category is, and when to stop looking."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostics.catalogue.sampling import Design
from diagnostics.types import MetricValue

Z95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """One reviewed example of the random sample: its stratum and its category (None: looked at, no category)."""

    stratum: str
    category: str | None


def frequency(design: Design, reviewed: Sequence[Tagged], category: str) -> MetricValue:
    r"""Share of all errors that belong to a category, with a 95 % interval.

    Stratified estimate :math:`\hat p = \sum_h W_h \hat p_h` with :math:`W_h` the stratum's share of the errors. The
    variance of a stratum is taken at the smoothed share :math:`(x_h + 1)/(n_h + 2)`, so that 0 of 3 is not certain, and
    with the finite-population correction :math:`1 - n_h/N_h` (Cochran, Sampling Techniques, 3rd ed., chapter 5); the
    interval is Wilson's at the effective sample size that this variance amounts to.

    Parameters
    ----------
    design : Design
    reviewed : sequence of Tagged
        Only examples of the random sample.
    category : str

    Returns
    -------
    MetricValue
        Fraction of all errors; None with reason "stratum_not_reviewed" while a stratum has no reviewed example, and
        "nothing_reviewed" while none has.
    """
    n = len(reviewed)
    if not n:
        return MetricValue(name="frequency", value=None, reason="nothing_reviewed", n=0, unit="fraction")
    share = 0.0
    variance = 0.0
    for stratum in design.strata:
        if not stratum.size:
            continue
        inside = [t for t in reviewed if t.stratum == stratum.name]
        if not inside:
            return MetricValue(name="frequency", value=None, reason="stratum_not_reviewed", n=n, unit="fraction")
        count = len(inside)
        hits = sum(t.category == category for t in inside)
        weight = stratum.size / design.size
        smooth = (hits + 1) / (count + 2)
        share += weight * hits / count
        variance += weight**2 * (1 - count / stratum.size) * smooth * (1 - smooth) / count
    if variance == 0:
        return MetricValue(name="frequency", value=share, low=share, high=share, n=n, unit="fraction")
    overall = (share * n + 1) / (n + 2)
    low, high = wilson(share, overall * (1 - overall) / variance)
    return MetricValue(name="frequency", value=share, low=low, high=high, n=n, unit="fraction")


def wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in n (possibly fractional) trials (Wilson 1927)."""
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, kw_only=True)
class Saturation:
    """How many categories were known after each reviewed example, and what is still to be expected.

    Attributes
    ----------
    known : tuple of int
        Categories seen among the first 1, 2, 3... tagged examples.
    unseen : float
        Estimated chance that the next example needs a category nobody has made yet.
    enough : bool
        Whether that chance is below `level`.
    """

    known: tuple[int, ...]
    unseen: float
    enough: bool


def saturation(categories: Sequence[str | None], level: float = 0.05) -> Saturation:
    """When to stop looking for new categories.

    The chance of meeting a new category is estimated by the share of categories seen exactly once (Good 1953), with
    one observation added so that it never starts at zero.

    Parameters
    ----------
    categories : sequence of str or None
        In the order of review; None (looked at, fits nothing) counts as seen but names no category.
    level : float
        Chance below which going on is not worth it.
    """
    counts: dict[str, int] = {}
    known: list[int] = []
    for category in categories:
        if category is not None:
            counts[category] = counts.get(category, 0) + 1
        known.append(len(counts))
    singles = sum(count == 1 for count in counts.values())
    unseen = (singles + 1) / (len(categories) + 1)
    return Saturation(known=tuple(known), unseen=unseen, enough=unseen < level)


def priority(frequency: MetricValue, severity: int | None) -> float | None:
    """Frequency times severity (1 to 5); None while either is unknown."""
    if frequency.value is None or severity is None:
        return None
    return frequency.value * severity


def counts(categories: Mapping[str, str | None]) -> dict[str, int]:
    """Examples of each category, from example key to category."""
    found: dict[str, int] = {}
    for category in categories.values():
        if category is not None:
            found[category] = found.get(category, 0) + 1
    return found
