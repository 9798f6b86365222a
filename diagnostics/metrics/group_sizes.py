"""Scores of the groups of a ranking by the size of the group, and the groups in order of trouble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.ranking import ndcg
from diagnostics.types import FloatArray, GroupScores, IntArray, MetricValue


@dataclass(frozen=True, kw_only=True)
class SizeRange:
    """Groups of about one size.

    Attributes
    ----------
    low, high : int
        Rows of the smallest and the largest group.
    groups : int
    undefined : int
        Of them, groups without a relevant row.
    score : MetricValue
        Mean score with its interval; n is the number of groups that have one.
    """

    low: int
    high: int
    groups: int
    undefined: int
    score: MetricValue


def by_size(scores: GroupScores, ranges: int = 6) -> tuple[SizeRange, ...]:
    """Mean score by ranges of group size with about as many groups each; sizes are never split between ranges."""
    if not len(scores.size):
        return ()
    cuts = np.unique(np.quantile(scores.size, np.linspace(0, 1, ranges + 1)[1:-1], method="lower"))
    bucket = np.searchsorted(cuts, scores.size, side="left")
    return tuple(_range(scores, np.flatnonzero(bucket == number)) for number in np.unique(bucket))


def _range(scores: GroupScores, places: IntArray) -> SizeRange:
    part = subset(scores, places)
    return SizeRange(
        low=int(part.size.min()), high=int(part.size.max()), groups=len(places),
        undefined=int(np.isnan(part.value).sum()), score=ndcg(part),
    )  # fmt: skip


def worst(scores: GroupScores, limit: int) -> GroupScores:
    """Groups with the lowest scores, larger groups first among equals; undefined ones are left out."""
    known = np.flatnonzero(np.isfinite(scores.value))
    order = known[np.lexsort((-scores.size[known], scores.value[known]))]
    return subset(scores, order[:limit])


def subset(scores: GroupScores, places: IntArray) -> GroupScores:
    """Some of the groups."""
    return GroupScores(
        groups=tuple(scores.groups[place] for place in places.tolist()), size=scores.size[places],
        value=scores.value[places],
    )  # fmt: skip


def spread(scores: GroupScores, bins: int = 25) -> tuple[FloatArray, FloatArray]:
    """Histogram of the scores: edges of shape (b + 1,) and groups in each bin, shape (b,)."""
    counts, edges = np.histogram(scores.value[np.isfinite(scores.value)], bins=bins, range=(0.0, 1.0))
    return edges, counts.astype(np.float64)
