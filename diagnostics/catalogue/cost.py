"""What errors cost where the metric is a loss on a scale: the fall of the mean loss if a category were mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.catalogue.estimates import Z95
from diagnostics.catalogue.events import State
from diagnostics.catalogue.sampling import Design
from diagnostics.slices import Outcome
from diagnostics.types import FloatArray, IntArray, MetricValue


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The loss of a whole set.

    Attributes
    ----------
    metric : str
        "log_loss", "mae", "ndcg" (whose loss is 1 - NDCG) ...
    mean : float
        Mean loss of all rows that could be judged.
    good : float
        Mean loss of the rows that are no errors: what an error would cost once mended; 0 where every row is an error.
    """

    metric: str
    mean: float
    good: float


@dataclass(frozen=True, kw_only=True)
class Costed:
    """One reviewed example of the random sample: its stratum, its category and its loss above a good row's."""

    stratum: str
    category: str | None
    excess: float


def cost_of(outcome: Outcome, chosen: IntArray) -> Cost | None:
    """The loss of a set; None where answers are only right or wrong, and the share of errors says it all.

    Parameters
    ----------
    outcome : Outcome
    chosen : ndarray of int
        Which of its units are errors.
    """
    name = "log_loss" if "log_loss" in outcome.more else outcome.metric
    loss: FloatArray = np.asarray(outcome.more.get("log_loss", outcome.loss), dtype=np.float64)
    if name == "accuracy":
        return None
    finite = np.isfinite(loss)
    if not finite.any():
        return None
    right = finite.copy()
    right[chosen] = False
    return Cost(metric=name, mean=float(loss[finite].mean()), good=float(loss[right].mean()) if right.any() else 0.0)


def costed(state: State, cost: Cost) -> list[Costed]:
    """Examples of the random sample that somebody looked at, each with its loss above a good row's."""
    found = []
    for _key, fields in state.of("example"):
        looked_at = fields.get("category") is not None or fields.get("difficulty") or fields.get("seen")
        loss = fields.get("loss")
        if fields.get("source") != "random" or not looked_at or fields.get("removed") or fields.get("gone"):
            continue
        if isinstance(loss, int | float):
            category = fields.get("category")
            own = None if category is None else str(category)
            found.append(Costed(stratum=str(fields.get("stratum", "")), category=own, excess=float(loss) - cost.good))
    return found


def loss_gain(design: Design, reviewed: Sequence[Costed], category: str, rows: int) -> MetricValue:
    r"""Fall of the mean loss if every error of a category cost what a good row costs, with a 95 % interval.

    Each stratum's total is its size times the mean excess per reviewed example, counting 0 outside the category
    (Cochran, Sampling Techniques, 3rd ed., chapter 5). As for the frequency, the variance is taken with two more
    examples in each stratum, one of the category with the mean excess seen there and one outside, so that a category
    seen 0 of 3 times is not certain to cost nothing; it carries the finite-population correction, and the interval is
    normal: :math:`\sum_h N_h \bar y_h / N \pm 1.96 \sqrt{\sum_h N_h^2 (1 - n_h/N_h) s_h^2 / n_h} / N`.

    Parameters
    ----------
    design : Design
    reviewed : sequence of Costed
        Only examples of the random sample.
    category : str
    rows : int
        Rows the mean loss is taken over.

    Returns
    -------
    MetricValue
        In the unit of the loss; None with reason "no_rows", "nothing_reviewed", or "stratum_not_reviewed" while a
        stratum has no reviewed example.
    """
    n = len(reviewed)
    if not rows or not n:
        return _undefined("nothing_reviewed" if rows else "no_rows", n)
    total = variance = 0.0
    for stratum in design.strata:
        if not stratum.size:
            continue
        inside = [r for r in reviewed if r.stratum == stratum.name]
        if not inside:
            return _undefined("stratum_not_reviewed", n)
        amounts = np.array([r.excess if r.category == category else 0.0 for r in inside])
        typical = float(np.mean([r.excess for r in inside]))
        total += stratum.size * float(amounts.mean())
        spread = float(np.var([*amounts, typical, 0.0], ddof=1))
        variance += stratum.size**2 * (1 - len(inside) / stratum.size) * spread / len(inside)
    half = Z95 * max(variance, 0.0) ** 0.5
    return MetricValue(
        name="loss_gain", value=total / rows, low=(total - half) / rows, high=(total + half) / rows, n=n,
        greater_is_better=True,
    )  # fmt: skip


def share_of(gain: MetricValue, cost: Cost) -> MetricValue:
    """The same as a fraction of the whole mean loss; None with reason "no_loss" where there is none to save."""
    if gain.value is None or not cost.mean:
        return replace(gain, name="loss_share", value=None, reason=gain.reason or "no_loss", low=None, high=None)
    low, high = gain.low, gain.high
    return replace(
        gain, name="loss_share", value=gain.value / cost.mean, unit="fraction",
        low=None if low is None else low / cost.mean, high=None if high is None else high / cost.mean,
    )  # fmt: skip


def _undefined(reason: str, n: int) -> MetricValue:
    return MetricValue(name="loss_gain", value=None, reason=reason, n=n, greater_is_better=True)
