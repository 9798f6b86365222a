"""Weak slices by a metric that is no mean over rows, such as the area under a curve: max-T permutation.

Every slice's metric is measured on the file and again after the answers were dealt to the rows at random, some
hundred times. The largest standardised shortfall of each deal says what the worst of all slices looks like by chance
(Westfall and Young 1993, single step), which holds the chance of any false report at the level. Single conditions only:
pairs would take about a hundred times as long (decision 6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import midranks
from diagnostics.slices.atoms import Atoms
from diagnostics.slices.attributes import Attribute
from diagnostics.slices.counting import Cancelled, Event, Progress
from diagnostics.slices.scan import Term
from diagnostics.types import FloatArray

SCORE_BINS = 256
"""Ranks that scores are put into while searching; the slices that are reported are measured exactly."""

DEALS = 400
"""Random deals; the smallest adjusted p is 1 / (DEALS + 1)."""

Statistic = Callable[[FloatArray, FloatArray], FloatArray]


def areas(positive: FloatArray, negative: FloatArray) -> FloatArray:
    """Area under the ROC curve of each row of histograms, shape (k, bins), bins by ascending score; NaN: undefined."""
    below = np.cumsum(negative, axis=1) - negative / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        value: FloatArray = (positive * below).sum(axis=1) / (positive.sum(axis=1) * negative.sum(axis=1))
    return value


def average_precisions(positive: FloatArray, negative: FloatArray) -> FloatArray:
    """Average precision of each row of histograms, shape (k, bins); NaN where there is no positive."""
    hits = np.cumsum(positive[:, ::-1], axis=1)
    seen = hits + np.cumsum(negative[:, ::-1], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(seen > 0, hits / seen, 0.0)
        value: FloatArray = (precision * positive[:, ::-1]).sum(axis=1) / positive.sum(axis=1)
    return value


STATISTICS: dict[str, Statistic] = {"roc_auc": areas, "average_precision": average_precisions}


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """A slice whose metric is lower than chance explains.

    Attributes
    ----------
    term : Term
    n : int
    value : float
        The metric on the slice (on binned scores).
    z : float
        Shortfall in standard deviations of the random deals.
    adjusted_p : float
        Chance that the worst of all slices tried looks as bad.
    """

    term: Term
    n: int
    value: float
    z: float
    adjusted_p: float


def shortfalls(
    attributes: Sequence[Attribute],
    conditions: Sequence[Atoms],
    positive: np.ndarray,
    score: FloatArray,
    *,
    statistic: str = "roc_auc",
    min_size: int,
    level: float = 0.05,
    deals: int = DEALS,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[tuple[Shortfall, ...], int]:
    """Single conditions under which a ranking metric is worse than chance explains.

    Parameters
    ----------
    attributes : sequence of Attribute
    conditions : sequence of Atoms
        As `atoms.alone` makes them (fine codes).
    positive : ndarray of bool, shape (n,)
        Whether a row's truth is the positive class.
    score : ndarray of float, shape (n,)
        Score of the positive class, finite.
    statistic : str
        "roc_auc" or "average_precision".
    min_size : int
        Rows a slice needs.
    level, deals, seed
        Largest adjusted p reported; number and seed of the random deals.
    progress, cancel
        As in `counting.pairs`.

    Returns
    -------
    tuple of Shortfall
        Smallest adjusted p first.
    int
        Slices tried.
    """
    bins = _binned(score)
    measure = STATISTICS[statistic]
    random = np.random.default_rng(seed)
    observed, sizes = _measured(attributes, conditions, positive, bins, measure)
    usable = (sizes >= min_size) & (len(bins) - sizes >= min_size) & np.isfinite(observed)
    dealt = np.empty((deals, int(usable.sum())))
    for deal in range(deals):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        order = random.permutation(len(bins))
        dealt[deal] = _measured(attributes, conditions, positive[order], bins[order], measure)[0][usable]
        if progress is not None:
            progress((deal + 1) / deals)
    if not usable.any():
        return (), 0
    middle, spread = np.nanmean(dealt, axis=0), np.nanstd(dealt, axis=0)
    spread = np.where(spread > 0, spread, np.inf)
    worst = np.nanmax((middle - dealt) / spread, axis=1)
    z = (middle - observed[usable]) / spread
    adjusted = (1 + (worst[:, None] >= z[None, :]).sum(axis=0)) / (deals + 1)
    terms = [(i, m) for i, atoms in enumerate(conditions) for m in atoms.members]
    places = np.flatnonzero(usable)
    order = np.lexsort((-z, adjusted))
    found = tuple(
        Shortfall(
            term=terms[places[k]], n=int(sizes[places[k]]), value=float(observed[places[k]]), z=float(z[k]),
            adjusted_p=float(adjusted[k]),
        )
        for k in order if adjusted[k] <= level
    )  # fmt: skip
    return found, int(usable.sum())


def _binned(score: FloatArray) -> np.ndarray:
    """Score ranks in at most SCORE_BINS steps; with fewer distinct scores exact."""
    distinct, place = np.unique(score, return_inverse=True)
    if len(distinct) <= SCORE_BINS:
        return place.astype(np.int64)
    return np.minimum(midranks(score) / (len(score) + 1) * SCORE_BINS, SCORE_BINS - 1).astype(np.int64)


def _measured(
    attributes: Sequence[Attribute], conditions: Sequence[Atoms], positive: np.ndarray, bins: np.ndarray,
    measure: Statistic,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """The metric and the size of every condition, in order."""
    width = int(bins.max()) + 1
    key = bins * 2 + positive
    values, sizes = [], []
    for attribute, atoms in zip(attributes, conditions, strict=True):
        joint = np.bincount(attribute.codes.astype(np.int64) * (2 * width) + key, minlength=attribute.size * 2 * width)
        table = (atoms.matrix @ joint.reshape(attribute.size, -1)).reshape(len(atoms), width, 2)
        values.append(measure(table[:, :, 1], table[:, :, 0]))
        sizes.append(table.sum(axis=(1, 2)))
    return np.concatenate(values), np.concatenate(sizes)
