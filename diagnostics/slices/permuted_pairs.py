"""Pairs of conditions in a search by permutation: those under the single conditions that look worst are opened.

The random deals open their own worst conditions in the same way, so that the largest shortfall of a deal is that of the
whole procedure; choosing what to open by the scores then costs no validity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from diagnostics.slices.atoms import Atoms, lookup
from diagnostics.slices.attributes import Attribute
from diagnostics.slices.scan import Term
from diagnostics.types import FloatArray

PARENTS = 10
"""Single conditions opened, the worst first: a pair that is bad enough lifts its parents with it."""

PARENT_Z = 1.0
"""Standard deviations below expectation from which a condition is opened at all."""

PAIR_BINS = 64
"""Ranks that scores are put into for pairs; the slices that are reported are measured exactly."""

GRID = 12
"""Sizes at which the spread of a random slice's metric is taken from the deals."""

Statistic = Callable[[FloatArray, FloatArray], FloatArray]
Information = Callable[[FloatArray, FloatArray], FloatArray]

# What the spread of a statistic falls with: both classes count for an area, the positives for a precision.
INFORMATION: Mapping[str, Information] = {
    "roc_auc": lambda positive, negative: positive * negative / np.maximum(positive + negative, 1.0),
    "average_precision": lambda positive, negative: positive,
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """Mean and standard deviation of a metric on random slices, by how much they tell; shape (k,) each."""

    information: FloatArray
    middle: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, information: FloatArray, values: FloatArray) -> Scale:
        """From random slices of some sizes, shape (deals, k)."""
        told, middle, spread = information.mean(axis=0), np.nanmean(values, axis=0), np.nanstd(values, axis=0)
        kept = np.flatnonzero((told > 0) & (spread > 0))
        kept = kept[np.unique(told[kept], return_index=True)[1]]
        return cls(information=told[kept], middle=middle[kept], spread=spread[kept])

    def z(self, values: FloatArray, information: FloatArray) -> FloatArray:
        """Shortfalls in standard deviations; -inf where a metric is undefined."""
        if not len(self.information):
            return np.full(len(values), -np.inf)
        place, known = np.log(np.maximum(information, 1e-9)), np.log(self.information)
        middle = np.interp(place, known, self.middle)
        spread = np.exp(np.interp(place, known, np.log(self.spread)))
        found: FloatArray = np.where(np.isfinite(values), (middle - values) / spread, -np.inf)
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Children:
    """Pairs of conditions that were opened: their terms, rows, metric and shortfall, as flat arrays."""

    terms: list[tuple[Term, Term]]
    n: FloatArray
    value: FloatArray
    z: FloatArray


class Opening:
    """Opens pairs under single conditions.

    Parameters
    ----------
    attributes : sequence of Attribute
    combined : sequence of Atoms
        Conditions tried in combinations (coarse codes).
    key : ndarray of int, shape (n,)
        Twice the score's bin, plus one for the positive class.
    measure : callable
        The metric from histograms.
    information : callable
        See `INFORMATION`.
    min_size : int
    """

    def __init__(
        self, attributes: Sequence[Attribute], combined: Sequence[Atoms], key: np.ndarray, measure: Statistic,
        information: Information, *, min_size: int,
    ) -> None:  # fmt: skip
        self._attributes, self._combined, self._key = attributes, combined, key
        self._measure, self._information, self._min_size = measure, information, min_size
        self._width = int(key.max(initial=0)) // 2 + 1
        self._coarse = [a.coarse.astype(np.int32)[a.codes] for a in attributes]
        self._sizes = [
            atoms.matrix @ np.bincount(coarse, minlength=attribute.coarse_size)
            for attribute, atoms, coarse in zip(attributes, combined, self._coarse, strict=True)
        ]
        n = len(key)
        self.grid = np.unique(np.geomspace(max(2, min_size), max(3, n - min_size), GRID).astype(int))

    def random_slices(self, order: np.ndarray) -> tuple[FloatArray, FloatArray]:
        """Information and metric of the first rows of a deal, at the sizes of the grid."""
        key, edges = self._key[order], [0, *self.grid.tolist()]
        parts = [np.bincount(key[a:b], minlength=2 * self._width) for a, b in pairwise(edges)]
        return self._told(np.cumsum(parts, axis=0).reshape(len(self.grid), self._width, 2))[1:]

    def _told(self, table: np.ndarray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Rows, information and metric of histograms of shape (k, width, 2)."""
        positive, negative = table[:, :, 1], table[:, :, 0]
        totals = positive.sum(axis=1).astype(np.float64), negative.sum(axis=1).astype(np.float64)
        return totals[0] + totals[1], self._information(*totals), self._measure(positive, negative)

    def children(self, parents: Sequence[Term], scale: Scale, order: np.ndarray | None = None) -> Children:
        """All pairs under some conditions, on the file or on a deal of its answers."""
        key = self._key if order is None else self._key[order]
        terms: dict[tuple[Term, Term], None] = {}
        parts: list[tuple[FloatArray, FloatArray, FloatArray]] = []
        for number, members in parents:
            rows = np.flatnonzero(lookup(self._attributes[number], members)[self._attributes[number].codes])
            own = key[rows]
            for other, atoms in enumerate(self._combined):
                if other == number or not len(atoms):
                    continue
                n, information, value = self._told(self._crossed(other, atoms, rows, own))
                # A pair with the rows of one of its conditions alone is not another slice.
                valid = (n >= self._min_size) & (n < len(rows)) & (n < self._sizes[other])
                pairs = [_ordered((number, members), (other, m)) for m in atoms.members]
                fresh = np.array([bool(v) and p not in terms for v, p in zip(valid, pairs, strict=True)], dtype=bool)
                terms |= {pair: None for pair, new in zip(pairs, fresh, strict=True) if new}
                parts.append((n[fresh], value[fresh], scale.z(value, information)[fresh]))
        joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)] or [np.zeros(0)] * 3
        return Children(terms=list(terms), n=joined[0], value=joined[1], z=joined[2])

    def _crossed(self, other: int, atoms: Atoms, rows: np.ndarray, key: np.ndarray) -> np.ndarray:
        size, width = self._attributes[other].coarse_size, 2 * self._width
        joint = np.bincount(self._coarse[other][rows].astype(np.int64) * width + key, minlength=size * width)
        return atoms.summed(joint.reshape(size, width)).reshape(len(atoms), self._width, 2)


def _ordered(first: Term, second: Term) -> tuple[Term, Term]:
    return (first, second) if first[0] < second[0] else (second, first)


def worst_parents(terms: Sequence[Term], z: FloatArray, eligible: np.ndarray) -> list[Term]:
    """The conditions to open: of those that may be, the ones furthest below expectation."""
    order = np.argsort(-np.where(eligible, z, -np.inf), kind="stable")[:PARENTS]
    return [terms[k] for k in order if eligible[k] and z[k] > PARENT_Z]
