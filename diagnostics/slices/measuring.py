"""The numbers of one slice: its metric, the rest's, their difference, and what share of the loss falls into it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from diagnostics.metrics.intervals import Z95, effective_n, newcombe, wilson
from diagnostics.slices.outcome import Outcome
from diagnostics.types import Condition, MetricValue, Slice


class Shown(Protocol):
    """How a mean loss is shown; an `Outcome` is one."""

    @property
    def metric(self) -> str:
        """Name of the metric."""
        ...

    @property
    def sign(self) -> float:
        """-1 where the metric falls as the loss grows."""
        ...

    @property
    def offset(self) -> float:
        """Added to sign times loss."""
        ...

    @property
    def unit(self) -> str:
        """Of the metric."""
        ...

    @property
    def greater_is_better(self) -> bool:
        """Direction of the metric."""
        ...


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The losses of some units.

    Attributes
    ----------
    n : int
        Units.
    mean, variance : float
        Weighted mean, and variance with n - 1; NaN where undefined.
    rows : float
        Effective number of units, n without weights.
    total : float
        Weighted sum.
    """

    n: int
    mean: float
    variance: float
    rows: float
    total: float


def moments_of(outcome: Outcome, mask: np.ndarray) -> Moments:
    """The losses of the units of a mask."""
    loss = outcome.loss[mask]
    n = len(loss)
    weight = None if outcome.weight is None else outcome.weight[mask]
    if n == 0 or (weight is not None and weight.sum() <= 0):
        return Moments(n=n, mean=math.nan, variance=math.nan, rows=0.0, total=0.0)
    if weight is None:
        variance = float(loss.var(ddof=1)) if n > 1 else math.nan
        return Moments(n=n, mean=float(loss.mean()), variance=variance, rows=float(n), total=float(loss.sum()))
    mean = float(np.average(loss, weights=weight))
    rows = effective_n(weight)
    spread = float(np.average((loss - mean) ** 2, weights=weight))
    variance = spread * rows / (rows - 1) if rows > 1 else math.nan
    return Moments(n=n, mean=mean, variance=variance, rows=rows, total=float((loss * weight).sum()))


def mean_value(outcome: Outcome, mask: np.ndarray) -> MetricValue:
    """The metric on some units, with a 95 % interval (Wilson for shares, normal for means)."""
    return value_of(outcome, moments_of(outcome, mask))


def value_of(shown: Shown, of: Moments) -> MetricValue:
    """The metric of some losses, with a 95 % interval (Wilson for shares, normal for means)."""
    low = high = None
    if of.rows == 0:
        return _value(shown, None, of.n, reason="no_rows")
    if _is_share(shown):
        bounds = wilson(of.mean * of.rows, of.rows)
    else:
        half = Z95 * math.sqrt(of.variance / of.rows)
        bounds = (of.mean - half, of.mean + half) if of.rows > 1 else None
    if bounds is not None:
        low, high = sorted(shown.offset + shown.sign * b for b in bounds)
    return _value(shown, shown.offset + shown.sign * of.mean, of.n, low=low, high=high)


def _value(
    shown: Shown, number: float | None, n: int, *, low: float | None = None, high: float | None = None,
    reason: str = "",
) -> MetricValue:  # fmt: skip
    return MetricValue(
        name=shown.metric, value=number, n=n, reason=reason, low=low, high=high,
        greater_is_better=shown.greater_is_better, unit=shown.unit,
    )  # fmt: skip


def _is_share(shown: Shown) -> bool:
    return shown.metric == "accuracy"


def difference(outcome: Outcome, mask: np.ndarray) -> tuple[float, float, float] | None:
    """Mean loss inside minus outside with its 95 % interval (Newcombe for shares, Welch else); None where undefined."""
    if not mask.any() or mask.all():
        return None
    return difference_of(outcome, moments_of(outcome, mask), moments_of(outcome, ~mask))


def difference_of(shown: Shown, own: Moments, rest: Moments) -> tuple[float, float, float] | None:
    """Mean loss of one minus that of the other with its 95 % interval; None where either is empty."""
    if own.n == 0 or rest.n == 0:
        return None
    gap = own.mean - rest.mean
    if _is_share(shown):
        bounds = newcombe(own.mean * own.rows, own.rows, rest.mean * rest.rows, rest.rows)
        return None if bounds is None else (gap, *bounds)
    if own.rows < 2 or rest.rows < 2:
        return gap, -math.inf, math.inf
    return gap, *_welch(gap, own.variance / own.rows, own.rows, rest.variance / rest.rows, rest.rows)


def _welch(gap: float, first: float, rows: float, second: float, other_rows: float) -> tuple[float, float]:
    """Welch's interval of a difference of means from the variances of both means."""
    from scipy.special import stdtrit

    error = math.sqrt(first + second)
    if error == 0:
        return gap, gap
    freedom = (first + second) ** 2 / (first**2 / (rows - 1) + second**2 / (other_rows - 1))
    half = float(stdtrit(freedom, 0.975)) * error
    return gap - half, gap + half


def rows_in(outcome: Outcome, mask: np.ndarray) -> int:
    """Rows behind some units; for rankings the rows of the queries."""
    return int(np.count_nonzero(mask)) if outcome.size is None else int(outcome.size[mask].sum())


def share_of_loss(outcome: Outcome, mask: np.ndarray) -> float | None:
    """Part of the total loss that falls into the slice; None where there is no loss at all."""
    loss = outcome.loss if outcome.weight is None else outcome.loss * outcome.weight
    total = float(loss.sum())
    return float(loss[mask].sum()) / total if total > 0 else None


def measured(
    outcome: Outcome, mask: np.ndarray, predicate: tuple[Condition, ...], *, min_size: int = 0, **params: object
) -> Slice:
    """A slice that somebody defined: its numbers as they are, without adjustment or shrinkage.

    Parameters
    ----------
    outcome : Outcome
    mask : ndarray of bool, shape (units,)
    predicate : tuple of Condition
    min_size : int
        Below it the slice has its n and no numbers.
    """
    n = int(np.count_nonzero(mask))
    if n < min_size:
        small = _value(outcome, None, n, reason="too_few_rows")
        return Slice(
            predicate=predicate,
            n=rows_in(outcome, mask),
            metric=small,
            rest=mean_value(outcome, ~mask),
            delta=None,
            params=params,
        )
    return measured_of(
        outcome, moments_of(outcome, mask), moments_of(outcome, ~mask), predicate, rows=rows_in(outcome, mask), **params
    )


def measured_of(
    shown: Shown, own: Moments, rest: Moments, predicate: tuple[Condition, ...], *, rows: int | None = None,
    **params: object,
) -> Slice:  # fmt: skip
    """A slice from its own losses and those of the rest."""
    gap = difference_of(shown, own, rest)
    delta, low, high = (None, None, None) if gap is None else in_metric(shown, *gap)
    total = own.total + rest.total
    return Slice(
        predicate=predicate, n=own.n if rows is None else rows, metric=value_of(shown, own),
        rest=value_of(shown, rest), delta=delta, delta_low=low, delta_high=high,
        share_of_loss=own.total / total if total > 0 else None, params=params,
    )  # fmt: skip


def in_metric(shown: Shown, gap: float, low: float, high: float) -> tuple[float, float | None, float | None]:
    """A difference of losses as a difference of the metric, the lower bound first."""
    first, last = sorted(shown.sign * bound for bound in (low, high))
    return shown.sign * gap, first if math.isfinite(first) else None, last if math.isfinite(last) else None
