"""Whether two people who tag the same examples blind agree more than chance would make them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from diagnostics.catalogue.estimates import Z95
from diagnostics.types import MetricValue


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Cohen's kappa of two people and the examples they see differently.

    Attributes
    ----------
    kappa : MetricValue
        -1 to 1.
    observed : float or None
        Share of examples with the same category.
    disagreements : tuple of (key, first's category, second's category)
    """

    kappa: MetricValue
    observed: float | None
    disagreements: tuple[tuple[str, str, str], ...]


def agreement(first: Mapping[str, str], second: Mapping[str, str]) -> Agreement:
    r"""Compare two people on the examples both have tagged.

    :math:`\kappa = (p_o - p_e)/(1 - p_e)` (Cohen 1960), with the large-sample standard error
    :math:`\sqrt{p_o(1 - p_o)/(n(1 - p_e)^2)}`.

    Parameters
    ----------
    first, second : mapping of example key to category

    Returns
    -------
    Agreement
        Kappa is None with reason "nothing_in_common" without shared examples, and "one_category" when both put
        everything into the same single category, where chance alone explains all.
    """
    keys = sorted(first.keys() & second.keys())
    n = len(keys)
    if not n:
        return Agreement(kappa=_undefined("nothing_in_common", 0), observed=None, disagreements=())
    differ = tuple((key, first[key], second[key]) for key in keys if first[key] != second[key])
    observed = 1 - len(differ) / n
    categories = {first[k] for k in keys} | {second[k] for k in keys}
    chance = sum(sum(first[k] == c for k in keys) / n * (sum(second[k] == c for k in keys) / n) for c in categories)
    if math.isclose(chance, 1.0):
        return Agreement(kappa=_undefined("one_category", n), observed=observed, disagreements=differ)
    kappa = (observed - chance) / (1 - chance)
    error = math.sqrt(observed * (1 - observed) / n) / (1 - chance)
    value = MetricValue(
        name="cohen_kappa",
        value=kappa,
        low=max(-1.0, kappa - Z95 * error),
        high=min(1.0, kappa + Z95 * error),
        n=n,
        greater_is_better=True,
    )
    return Agreement(kappa=value, observed=observed, disagreements=differ)


def _undefined(reason: str, n: int) -> MetricValue:
    return MetricValue(name="cohen_kappa", value=None, reason=reason, n=n, greater_is_better=True)
