"""Weak slices by a metric that is no mean over rows, such as the area under a curve: max-T permutation.

Every slice's metric is measured on the file and again after the answers were dealt to the rows at random, some
hundred times. The largest standardised shortfall of each deal says what the worst of all slices looks like by chance
(Westfall and Young 1993, single step), which holds the chance of any false report at the level. All single conditions
are tried; of the pairs those under the conditions that look worst, in every deal anew (`permuted_pairs`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import midranks
from diagnostics.slices.atoms import Atoms
from diagnostics.slices.attributes import Attribute
from diagnostics.slices.counting import Cancelled, Event, Progress
from diagnostics.slices.permuted_pairs import (
    INFORMATION,
    PAIR_BINS,
    Children,
    Opening,
    Scale,
    Statistic,
    worst_parents,
)
from diagnostics.slices.scan import Term
from diagnostics.slices.search import SIMPLER
from diagnostics.types import FloatArray

SCORE_BINS = 256
"""Ranks that scores are put into while searching; the slices that are reported are measured exactly."""

DEALS = 400
"""Random deals of a search of single conditions; the smallest adjusted p is 1 / (DEALS + 1)."""

PAIR_DEALS = 200
"""Random deals where pairs are tried too: each takes some ten times as long."""


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
    terms : tuple of Term
        One or two.
    n : int
    value : float
        The metric on the slice (on binned scores).
    z : float
        Shortfall in standard deviations of the random deals.
    adjusted_p : float
        Chance that the worst of all slices tried looks as bad.
    """

    terms: tuple[Term, ...]
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
    combined: Sequence[Atoms] = (),
    min_size: int,
    level: float = 0.05,
    deals: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> tuple[tuple[Shortfall, ...], int]:
    """Conditions, and pairs of them, under which a ranking metric is worse than chance explains.

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
    combined : sequence of Atoms
        As `atoms.combined` makes them (coarse codes); without them single conditions only are tried.
    min_size : int
        Rows a slice needs.
    level, deals, seed
        Largest adjusted p reported; number (`DEALS` or `PAIR_DEALS` by default) and seed of the random deals.
    progress, cancel
        As in `counting.pairs`.

    Returns
    -------
    tuple of Shortfall
        Smallest adjusted p first, then the most surprising. A pair is given only where it is more surprising than each
        of its conditions by a factor of e^2 in its own p.
    int
        Slices tried: all conditions, and the pairs that were opened.
    """
    singles = _Singles(attributes, conditions, positive, _binned(score, SCORE_BINS), STATISTICS[statistic], min_size)
    if not singles.usable.any():
        return (), 0
    pairs = None
    if len(combined) > 1:
        key = _binned(score, PAIR_BINS) * 2 + positive
        pairs = Opening(
            attributes, combined, key, STATISTICS[statistic], INFORMATION[statistic], min_size=min_size
        )  # fmt: skip
    steps = _Steps(deals or (PAIR_DEALS if pairs else DEALS), seed, len(score), progress, cancel, 2 if pairs else 1)
    dealt, random_slices = [], []
    for order in steps:
        dealt.append(singles.measured(order))
        if pairs is not None:
            random_slices.append(pairs.random_slices(order))
    z, each = singles.standardised(np.array(dealt))
    plain = singles.told(np.array(dealt))
    worst, opened = each.max(axis=1), None
    if pairs is not None:
        scale = Scale.of(*(np.array(column) for column in zip(*random_slices, strict=True)))
        eligible = singles.parents(combined)
        opened = pairs.children(worst_parents(singles.terms, z, eligible), scale)
        for deal, order in enumerate(steps):
            children = pairs.children(worst_parents(singles.terms, each[deal], eligible), scale, order)
            worst[deal] = max(worst[deal], children.z.max(initial=-np.inf))
    found = _reported(singles, z, plain, opened, worst, level)
    return found, len(singles.terms) + (len(opened.terms) if opened else 0)


class _Steps:
    """The random deals, the same each time they are gone through."""

    def __init__(
        self, deals: int, seed: int, n: int, progress: Progress | None, cancel: Event | None, rounds: int
    ) -> None:
        self._deals, self._seed, self._n, self._progress, self._cancel = deals, seed, n, progress, cancel
        self._done, self._all = 0, deals * rounds

    def __iter__(self) -> Iterator[np.ndarray]:
        for deal in range(self._deals):
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled
            yield np.random.default_rng([self._seed, deal]).permutation(self._n)
            self._done += 1
            if self._progress is not None:
                self._progress(self._done / self._all)


class _Singles:
    """All single conditions that have enough rows and a metric."""

    def __init__(
        self, attributes: Sequence[Attribute], conditions: Sequence[Atoms], positive: np.ndarray, bins: np.ndarray,
        measure: Statistic, min_size: int,
    ) -> None:  # fmt: skip
        self._attributes, self._conditions, self._measure = attributes, conditions, measure
        self._positive, self._bins, self._min_size = positive, bins, min_size
        observed, sizes = _measured(attributes, conditions, positive, bins, measure)
        self.usable = (sizes >= min_size) & (len(bins) - sizes >= min_size) & np.isfinite(observed)
        self.observed, self.sizes = observed[self.usable], sizes[self.usable]
        named = [(i, m) for i, atoms in enumerate(conditions) for m in atoms.members]
        self.terms: list[Term] = [named[k] for k in np.flatnonzero(self.usable)]

    def measured(self, order: np.ndarray) -> FloatArray:
        """The metric of each after the answers were dealt anew."""
        dealt = _measured(self._attributes, self._conditions, self._positive[order], self._bins[order], self._measure)
        return dealt[0][self.usable]

    def standardised(self, dealt: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shortfalls on the file, shape (k,), and on the deals, shape (deals, k), in standard deviations of both.

        The file is one of them: what is far out widens the deviation it is measured by, for a deal as for the file.
        """
        both = np.vstack([self.observed, dealt])
        middle, spread = np.nanmean(both, axis=0), np.nanstd(both, axis=0)
        spread = np.where(spread > 0, spread, np.inf)
        # A deal that leaves a condition without one of the classes says nothing about it.
        z = np.nan_to_num((middle - both) / spread, nan=-np.inf)
        return z[0], z[1:]

    def told(self, dealt: FloatArray) -> FloatArray:
        """Shortfalls on the file in standard deviations of the deals alone, as those of pairs are, shape (k,)."""
        spread = np.nanstd(dealt, axis=0)
        found: FloatArray = (np.nanmean(dealt, axis=0) - self.observed) / np.where(spread > 0, spread, np.inf)
        return found

    def parents(self, combined: Sequence[Atoms]) -> np.ndarray:
        """Which of them pairs may be opened under: those that are tried in combinations too, with rows enough."""
        known = [frozenset(atoms.members) for atoms in combined]
        large = self.sizes >= 2 * self._min_size
        return np.array([members in known[i] for i, members in self.terms], dtype=bool) & large


def _reported(
    singles: _Singles, z: FloatArray, plain: FloatArray, opened: Children | None, worst: FloatArray, level: float
) -> tuple[Shortfall, ...]:
    def adjusted(own: float) -> float:
        return float((1 + (worst >= own).sum()) / (len(worst) + 1))

    alone = dict(zip(singles.terms, plain.tolist(), strict=True))
    found = [
        Shortfall(terms=(term,), n=int(n), value=float(value), z=alone[term], adjusted_p=adjusted(own))
        for term, n, value, own in zip(singles.terms, singles.sizes, singles.observed, z.tolist(), strict=True)
    ]
    if opened is not None:
        found += [
            Shortfall(terms=pair, n=int(n), value=float(value), z=own, adjusted_p=adjusted(own))
            for pair, n, value, own in zip(opened.terms, opened.n, opened.value, opened.z.tolist(), strict=True)
            if _says_more(own, [alone.get(term, -np.inf) for term in pair])
        ]  # fmt: skip
    kept = [one for one in found if one.adjusted_p <= level]
    return tuple(sorted(kept, key=lambda one: (one.adjusted_p, -one.z)))


def _says_more(own: float, parents: Sequence[float]) -> bool:
    """Whether a pair is clearly more surprising than each of its conditions."""
    from scipy.special import log_ndtr

    return bool(log_ndtr(-own) < log_ndtr(-max(parents)) - SIMPLER)


def _binned(score: FloatArray, steps: int) -> np.ndarray:
    """Score ranks in at most so many steps; with fewer distinct scores exact."""
    distinct, place = np.unique(score, return_inverse=True)
    if len(distinct) <= steps:
        return place.astype(np.int64)
    return np.minimum(midranks(score) / (len(score) + 1) * steps, steps - 1).astype(np.int64)


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
        table = atoms.summed(joint.reshape(attribute.size, -1)).reshape(len(atoms), width, 2)
        values.append(measure(table[:, :, 1], table[:, :, 0]))
        sizes.append(table.sum(axis=(1, 2)))
    return np.concatenate(values), np.concatenate(sizes)
