"""Ranking metrics from per-group scores."""

from __future__ import annotations

import numpy as np

from diagnostics.metrics.intervals import mean_interval
from diagnostics.metrics.registry import metric, undefined, value
from diagnostics.types import FloatArray, GroupScores, MetricValue


def group_ndcg(relevance: FloatArray, scores: FloatArray, k: int | None = None) -> float:
    """NDCG@k of one group: linear gains, log2 discounts, tied scores share their discounts (as scikit-learn has it).

    Returns
    -------
    float
        NaN where no row is relevant or a relevance is negative: nothing could be ranked right.
    """
    gain = np.asarray(relevance, dtype=np.float64)
    if len(gain) == 0 or gain.max(initial=0) <= 0 or gain.min(initial=0) < 0:
        return float("nan")
    discount = 1 / np.log2(np.arange(len(gain)) + 2)
    if k is not None:
        discount[k:] = 0
    _, place, counts = np.unique(-np.asarray(scores), return_inverse=True, return_counts=True)
    mean_gain = np.bincount(place, weights=gain) / counts
    stops = np.cumsum(counts)
    sums = np.add.reduceat(discount, np.append(0, stops[:-1]))
    best = float(np.sort(gain)[::-1] @ discount)
    return float(mean_gain @ sums) / best


@metric("ndcg", greater_is_better=True, bounds=(0.0, 1.0), needs=("groups",))
def ndcg(groups: GroupScores) -> MetricValue:
    """Mean of the groups' NDCG over the groups that have one, each group counting once."""
    defined = groups.value[np.isfinite(groups.value)]
    if len(defined) == 0:
        return undefined("ndcg", "no_relevant_rows", len(groups.value))
    bounds = mean_interval(float(defined.sum()), float((defined**2).sum()), len(defined))
    low, high = (max(0.0, bounds[0]), min(1.0, bounds[1])) if bounds else (None, None)
    return value("ndcg", float(defined.mean()), len(defined), low=low, high=high)
