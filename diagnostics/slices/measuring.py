"""The numbers of one slice: its metric, the rest's, their difference, and what share of the loss falls into it."""

from __future__ import annotations

import math

import numpy as np

from diagnostics.metrics.intervals import Z95, effective_n, newcombe, wilson
from diagnostics.slices.outcome import Outcome
from diagnostics.types import Condition, MetricValue, Slice


def mean_value(outcome: Outcome, mask: np.ndarray) -> MetricValue:
    """The metric on some units, with a 95 % interval (Wilson for shares, normal for means)."""
    n = int(np.count_nonzero(mask))
    low = high = None
    if n == 0 or (outcome.weight is not None and outcome.weight[mask].sum() <= 0):
        return _value(outcome, None, n, reason="no_rows")
    mean, variance, rows = _moments(outcome, mask)
    if _is_share(outcome):
        bounds = wilson(mean * rows, rows)
    else:
        half = Z95 * math.sqrt(variance / rows)
        bounds = (mean - half, mean + half) if rows > 1 else None
    if bounds is not None:
        low, high = sorted(outcome.offset + outcome.sign * b for b in bounds)
    return _value(outcome, outcome.offset + outcome.sign * mean, n, low=low, high=high)


def _value(
    outcome: Outcome, number: float | None, n: int, *, low: float | None = None, high: float | None = None,
    reason: str = "",
) -> MetricValue:  # fmt: skip
    return MetricValue(
        name=outcome.metric, value=number, n=n, reason=reason, low=low, high=high,
        greater_is_better=outcome.greater_is_better, unit=outcome.unit,
    )  # fmt: skip


def _is_share(outcome: Outcome) -> bool:
    return outcome.metric == "accuracy"


def _moments(outcome: Outcome, mask: np.ndarray) -> tuple[float, float, float]:
    """Weighted mean, variance (n - 1) and effective number of units."""
    loss = outcome.loss[mask]
    if outcome.weight is None:
        return float(loss.mean()), float(loss.var(ddof=1)) if len(loss) > 1 else math.nan, float(len(loss))
    weight = outcome.weight[mask]
    mean = float(np.average(loss, weights=weight))
    rows = effective_n(weight)
    spread = float(np.average((loss - mean) ** 2, weights=weight))
    return mean, spread * rows / (rows - 1) if rows > 1 else math.nan, rows


def difference(outcome: Outcome, mask: np.ndarray) -> tuple[float, float, float] | None:
    """Mean loss inside minus outside with its 95 % interval (Newcombe for shares, Welch else); None where undefined."""
    if not mask.any() or mask.all():
        return None
    mean, variance, rows = _moments(outcome, mask)
    other, other_variance, other_rows = _moments(outcome, ~mask)
    if _is_share(outcome):
        bounds = newcombe(mean * rows, rows, other * other_rows, other_rows)
        return None if bounds is None else (mean - other, *bounds)
    if rows < 2 or other_rows < 2:
        return mean - other, -math.inf, math.inf
    return mean - other, *_welch(mean - other, variance / rows, rows, other_variance / other_rows, other_rows)


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
    gap = difference(outcome, mask)
    delta, low, high = (None, None, None) if gap is None else in_metric(outcome, *gap)
    return Slice(
        predicate=predicate, n=rows_in(outcome, mask), metric=mean_value(outcome, mask),
        rest=mean_value(outcome, ~mask), delta=delta, delta_low=low, delta_high=high,
        share_of_loss=share_of_loss(outcome, mask), params=params,
    )  # fmt: skip


def in_metric(outcome: Outcome, gap: float, low: float, high: float) -> tuple[float, float | None, float | None]:
    """A difference of losses as a difference of the metric, the lower bound first."""
    first, last = sorted(outcome.sign * bound for bound in (low, high))
    return outcome.sign * gap, first if math.isfinite(first) else None, last if math.isfinite(last) else None
