"""The metric a slice is judged by: the one that fits the task unless somebody chose another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from diagnostics.slices.by_metric import Measurements
from diagnostics.slices.definitions import unit_mask
from diagnostics.slices.measuring import mean_value, measured, share_of_loss
from diagnostics.slices.outcome import Outcome, errors, losses
from diagnostics.slices.permutations import STATISTICS
from diagnostics.slices.predicates import mask
from diagnostics.slices.search import LEAST_ROWS, default_min_size
from diagnostics.types import Condition, MetricValue, Predictions, Slice

RARE = 0.1
"""Share of the positive class below which accuracy says nothing about it, so that recall is the default."""

ENOUGH = 2 * LEAST_ROWS
"""Positive rows that recall needs: one slice of the least size and a rest to compare it with."""


class Gauge:
    """Measures slices of one prediction set by one metric.

    Parameters
    ----------
    predictions : Predictions
    metric : str
        One of `names`; "" for the default of the task.

    Attributes
    ----------
    metric : str
    outcome : Outcome
        The units that are counted and what each costs: only the positive rows for recall.

    Raises
    ------
    KeyError
        The set has not what the metric needs.
    NeedsAnswer
        Roles that the task needs are missing.
    """

    def __init__(self, predictions: Predictions, metric: str = "") -> None:
        self._measurements = Measurements(predictions)
        self.metric = metric or self.default
        if self.metric not in self.names:
            raise KeyError(self.metric)

    @cached_property
    def whole(self) -> Outcome:
        """What each unit costs by the loss of the task."""
        return self._measurements.outcome

    @cached_property
    def default(self) -> str:
        """Recall where the positive class of a binary set is rare, else the metric of the task's loss."""
        positive = self._positive
        if positive is not None and ENOUGH <= positive.sum() < RARE * len(positive):
            return "recall"
        return self.whole.metric

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Metrics this set can be judged by, the task's own first."""
        own = (self.whole.metric, *(("recall",) if self._positive is not None and self._positive.any() else ()))
        return tuple(dict.fromkeys((*own, *self._measurements.available())))

    @property
    def additive(self) -> bool:
        """Whether the metric is a mean over rows, so that the search is exact and a share of the loss exists."""
        return self.metric in (self.whole.metric, "recall", "log_loss")

    @property
    def by_permutation(self) -> bool:
        """Whether slices are searched by the metric itself against random deals."""
        return self.metric in STATISTICS and self._measurements.score is not None and self._positive is not None

    @cached_property
    def outcome(self) -> Outcome:
        """The loss that is searched by."""
        if self.metric == "recall" and self._positive is not None:
            return _among(self.whole, self._positive)
        loss = self.whole.more.get("log_loss")
        if self.metric == "log_loss" and loss is not None and np.isfinite(loss).all():
            rows, weight = self.whole.rows, self.whole.weight
            return replace(losses(loss, "log_loss", unit="nats", rows=rows, weight=weight), more=self.whole.more)
        return self.whole

    @property
    def units(self) -> int:
        """Rows (queries of a ranking, positives for recall) that count."""
        return len(self.outcome)

    @property
    def unit(self) -> str:
        """What is counted: "rows", "queries" or "positives"."""
        return "queries" if self.outcome.size is not None else "positives" if self.metric == "recall" else "rows"

    @property
    def min_size(self) -> int:
        """Units a slice needs where nobody said otherwise."""
        return default_min_size(self.units)

    def overall(self) -> MetricValue:
        """The metric on everything."""
        if self.additive:
            return self.named(mean_value(self.outcome, np.ones(self.units, dtype=bool)))
        return self._measurements.value(self.metric, np.ones(len(self.whole), dtype=bool))

    def rows(self, predicate: Sequence[Condition]) -> np.ndarray:
        """Which table rows a predicate selects, boolean of shape (n,)."""
        return mask(self._measurements.table, predicate)

    def measure(self, predicate: Sequence[Condition], rows: np.ndarray | None = None, *, min_size: int = 0) -> Slice:
        """A slice as it is, without adjustment or shrinkage; below `min_size` units it has its n and no number.

        Parameters
        ----------
        predicate : sequence of Condition
        rows : ndarray of bool, optional
            `rows(predicate)` where it is at hand.
        min_size : int
        """
        chosen = self.rows(predicate) if rows is None else rows
        if self.additive:
            units = unit_mask(self.outcome, chosen)
            return self.renamed(measured(self.outcome, units, tuple(predicate), min_size=min_size))
        found = self._measurements.slice(
            self.metric, predicate, unit_mask(self.whole, chosen), min_size=max(1, min_size)
        )
        return replace(found, share_of_loss=None if found.metric.value is None else self.share(chosen))

    def still_worse(self, rows: np.ndarray, aside: np.ndarray) -> bool:
        """Whether what is left of a slice is clearly worse than what is left of the rest, by any metric but a mean.

        Parameters
        ----------
        rows, aside : ndarray of bool, shape (n,)
            Table rows of the slice, and those that are set aside.
        """
        inside, outside = (unit_mask(self.whole, side & ~aside) for side in (rows, ~rows))
        return is_worse(self._measurements.slice(self.metric, (), inside, rest=outside)) is True

    def share(self, rows: np.ndarray) -> float | None:
        """Part of the task's own loss that falls into some rows."""
        return share_of_loss(self.whole, unit_mask(self.whole, rows))

    def renamed(self, found: Slice) -> Slice:
        """The slice with the metric's own name; the engine knows recall as accuracy among positives."""
        return replace(found, metric=self.named(found.metric), rest=self.named(found.rest))

    def named(self, value: MetricValue) -> MetricValue:
        """The value under the metric's own name."""
        return replace(value, name=self.metric)

    @cached_property
    def _positive(self) -> np.ndarray | None:
        return self._measurements.positive


def _among(outcome: Outcome, keep: np.ndarray) -> Outcome:
    """The outcome of right-or-wrong answers on some units only."""
    weight = None if outcome.weight is None else outcome.weight[keep]
    found = errors(outcome.loss[keep] > 0, rows=outcome.rows[keep], weight=weight)
    return replace(found, more={name: values[keep] for name, values in outcome.more.items()})


def against_whole(found: Slice, overall: MetricValue) -> float | None:
    """Difference of a slice's metric from that of all rows; None where either is undefined."""
    if found.metric.value is None or overall.value is None:
        return None
    return found.metric.value - overall.value


def is_worse(found: Slice) -> bool | None:
    """Whether a slice fares worse than the rest; None where that is unknown or the interval holds no difference."""
    better = found.metric.greater_is_better
    if better is None or found.delta is None or found.delta == 0:
        return None
    if found.delta_low is not None and found.delta_high is not None and found.delta_low <= 0 <= found.delta_high:
        return None
    return (found.delta < 0) is better


def metrics_of(predictions: Predictions) -> tuple[tuple[str, ...], str]:
    """Metrics that a set can be judged by, and the default among them."""
    gauge = Gauge(predictions)
    return gauge.names, gauge.default


def default_size(predictions: Predictions, metric: str = "") -> int:
    """Units a slice of a set needs where nobody said otherwise."""
    return Gauge(predictions, metric).min_size
