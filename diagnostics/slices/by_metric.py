"""Any registered metric on a slice, and the search for slices by a ranking metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from diagnostics.metrics import registry
from diagnostics.metrics.calibration import calibration_bins
from diagnostics.metrics.regression import moments
from diagnostics.slices.atoms import alone, combined, conditions
from diagnostics.slices.columns import coded
from diagnostics.slices.counters import rows_of
from diagnostics.slices.counting import Event, Progress
from diagnostics.slices.losses import outcome_of, probabilities_of
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.permutations import STATISTICS, shortfalls
from diagnostics.slices.search import LEAST_ROWS, default_min_size
from diagnostics.slices.table import Table, numbers
from diagnostics.types import (
    Condition,
    ConfusionCounts,
    FloatArray,
    GroupScores,
    MetricValue,
    Predictions,
    ScoreHistogram,
    Slice,
    Task,
)

MOST_ROWS = 100_000
"""Rows that random deals go through; of a larger set every k-th row is searched, which the page says."""


class Measurements:
    """What registered metrics need, on any subset of the units of a prediction set.

    Parameters
    ----------
    predictions : Predictions
    table : Table, optional
    outcome : Outcome, optional
        Where they are at hand already.
    """

    def __init__(self, predictions: Predictions, table: Table | None = None, outcome: Outcome | None = None) -> None:
        self.predictions = predictions
        self.table = table or Table(predictions)
        self.outcome = outcome or outcome_of(predictions, self.table)

    @cached_property
    def probability(self) -> FloatArray | None:
        """Class probabilities of the units, shape (n, k), or None."""
        found = probabilities_of(self.predictions, self.table)
        return None if found is None else found[self.outcome.rows]

    @cached_property
    def score(self) -> FloatArray | None:
        """Score of the positive class, shape (n,), or None."""
        roles = self.predictions.roles
        if self.predictions.task is Task.BINARY and roles.score and roles.score_kind != "confidence":
            score: FloatArray = numbers(self.table.column(roles.score))[self.outcome.rows]
            return score
        if self.probability is not None and roles.positive in self.predictions.classes:
            positive: FloatArray = self.probability[:, self.predictions.classes.index(str(roles.positive))]
            return positive
        return None

    @cached_property
    def positive(self) -> np.ndarray | None:
        """Whether the truth is the positive class, boolean of shape (n,), or None."""
        classes = self.predictions.classes
        if self.predictions.task is not Task.BINARY or self.predictions.roles.positive not in classes:
            return None
        found: np.ndarray = self.outcome.more["truth"] == classes.index(str(self.predictions.roles.positive))
        return found

    def available(self) -> tuple[str, ...]:
        """Metrics that this prediction set has the inputs for, by name."""
        everything = np.ones(len(self.outcome), dtype=bool)
        return tuple(m.name for m in registry.registered() if self._inputs(m.needs, everything) is not None)

    def value(self, name: str, mask: np.ndarray) -> MetricValue:
        """One metric on the units of a mask; None with the reason "not_available" where an input is missing.

        Raises
        ------
        KeyError
            No metric has this name.
        """
        metric = registry.named(name)
        inputs = self._inputs(metric.needs, mask)
        if inputs is None:
            return registry.undefined(name, "not_available", float(mask.sum()))
        return metric.function(**inputs)

    def slice(
        self, name: str, predicate: Sequence[Condition], mask: np.ndarray, *, min_size: int = 0,
        rest: np.ndarray | None = None,
    ) -> Slice:  # fmt: skip
        """A slice measured by a registered metric, against all other units or some of them.

        The interval of the difference combines those of both values.

        Source of the interval: G. Zou and A. Donner (2008), "Construction of confidence limits about effect measures"
        (MOVER), which for shares is Newcombe's.
        """
        n = int(np.count_nonzero(mask))
        others = self.value(name, ~mask if rest is None else rest)
        if n < min_size:
            small = registry.undefined(name, "too_few_rows", n)
            return Slice(predicate=tuple(predicate), n=n, metric=small, rest=others, delta=None)
        own = self.value(name, mask)
        delta, low, high = _difference(own, others)
        return Slice(
            predicate=tuple(predicate), n=n, metric=own, rest=others, delta=delta, delta_low=low, delta_high=high
        )

    def _inputs(self, needs: Sequence[str], mask: np.ndarray) -> dict[str, Any] | None:
        found = {need: self._input(need, mask) for need in needs}
        for optional in ("alpha", "k"):
            found.pop(optional, None)
        return None if any(v is None for v in found.values()) else found

    def _input(self, need: str, mask: np.ndarray) -> Any:
        more, classes = self.outcome.more, self.predictions.task in (Task.BINARY, Task.MULTICLASS)
        if need == "confusion":
            return self._confusion(mask) if classes else None
        if need == "histogram":
            return self._histogram(mask)
        if need in ("scores", "positive"):
            source = self.score if need == "scores" else self.positive
            return None if source is None or self.predictions.roles.score_kind == "logit" else source[mask]
        if need == "calibration":
            confidence = more.get("confidence")
            return None if confidence is None else calibration_bins(confidence[mask], 1 - self.outcome.loss[mask])
        if need == "probability":
            return None if self.probability is None or not classes else self.probability[mask]
        if need == "groups":
            if self.outcome.size is None:
                return None
            names = tuple(str(i) for i in np.flatnonzero(mask))
            return GroupScores(groups=names, size=self.outcome.size[mask], value=1 - self.outcome.loss[mask])
        if need == "moments":
            return moments(more["truth"][mask], more["predicted"][mask]) if "residual" in more else None
        if need in ("truth", "predicted"):
            return more[need][mask] if need in more else None
        return ()

    def _confusion(self, mask: np.ndarray) -> ConfusionCounts:
        size = len(self.predictions.classes)
        more, weight = self.outcome.more, self.outcome.weight
        key = more["truth"][mask].astype(np.int64) * size + more["answer"][mask]
        counts = np.bincount(key, weights=None if weight is None else weight[mask], minlength=size * size)
        return ConfusionCounts(
            classes=self.predictions.classes, counts=counts.reshape(size, size).astype(np.float64), n=int(mask.sum())
        )

    def _histogram(self, mask: np.ndarray) -> ScoreHistogram | None:
        if self.score is None or self.positive is None:
            return None
        known = mask & np.isfinite(self.score)
        edges, place = np.unique(self.score[known], return_inverse=True)
        sides = [np.bincount(place[self.positive[known] == s], minlength=len(edges)) for s in (True, False)]
        return ScoreHistogram(
            edges=edges, positive=sides[0].astype(np.float64), negative=sides[1].astype(np.float64), exact=True
        )


def _difference(own: MetricValue, rest: MetricValue) -> tuple[float | None, float | None, float | None]:
    if own.value is None or rest.value is None:
        return None, None, None
    delta = own.value - rest.value
    if own.low is None or own.high is None or rest.low is None or rest.high is None:
        return delta, None, None
    return (
        delta,
        delta - math.hypot(own.value - own.low, rest.high - rest.value),
        delta + math.hypot(own.high - own.value, rest.value - rest.low),
    )


def search_by(
    predictions: Predictions,
    metric: str,
    *,
    columns: Sequence[str] | None = None,
    min_size: int | None = None,
    depth: int = 2,
    level: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[tuple[Slice, ...], int]:
    """Conditions, and pairs of them, under which a ranking metric is lower than chance explains (max-T).

    Of more than `MOST_ROWS` rows an even sample is searched; what is found is measured on all rows.

    Parameters
    ----------
    predictions : Predictions
        Binary, with a score.
    metric : str
        "roc_auc" or "average_precision".
    columns, min_size, progress, cancel
        As in `finding.search`.
    depth : int
        1 for single conditions only.
    level, seed
        Largest adjusted p reported; seed of the random deals.

    Returns
    -------
    tuple of Slice
        Smallest adjusted p first.
    int
        Slices tried.

    Raises
    ------
    ValueError
        The metric cannot be searched by, or the file lacks a score.
    """
    own = Measurements(predictions)
    if metric not in STATISTICS or own.score is None or own.positive is None:
        raise ValueError(f"slices cannot be searched by {metric} here")
    smallest = default_min_size(len(own.outcome)) if min_size is None else min_size
    attributes, _ = coded(own.table, predictions, own.outcome, min_size=smallest, columns=columns)
    rows = searched_rows(len(own.outcome))
    part = attributes if rows == slice(None) else [replace(a, codes=a.codes[rows]) for a in attributes]
    found, tested = shortfalls(
        part, [alone(a) for a in part], own.positive[rows], np.nan_to_num(own.score[rows]), statistic=metric,
        combined=[combined(a) for a in part] if depth > 1 else (),
        min_size=max(min(smallest, LEAST_ROWS), smallest // (rows.step or 1)),
        level=level, seed=seed, progress=progress, cancel=cancel,
    )  # fmt: skip
    slices = []
    for one in found:
        terms = [conditions(attributes[number], members) for number, members in one.terms]
        item = own.slice(metric, tuple(c for term in terms for c in term), rows_of(one.terms, attributes))
        slices.append(replace(item, adjusted_p=one.adjusted_p, params={"tested": tested, "z": one.z}))
    return tuple(slices), tested


def searched_rows(n: int) -> slice:
    """All rows, or every k-th where there are more than the random deals could go through in time."""
    step = -(-n // MOST_ROWS)
    return slice(None) if step <= 1 else slice(0, None, step)
