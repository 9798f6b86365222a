"""Every candidate slice and its p-value, from tables of counts; no rows are touched here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnostics.slices.adjustment import benjamini_hochberg, level_weights
from diagnostics.slices.atoms import Atoms
from diagnostics.slices.counting import Cells
from diagnostics.slices.tails import Population, log_upper_tail, standardised
from diagnostics.types import FloatArray, IntArray

WORTH_A_TAIL = 1.5
"""Permutation deviations below which a slice cannot be reported, so that its exact p-value is not worked out."""

LARGEST_P = 0.01
"""A slice is never reported with a larger p-value of its own, however generous its level's weight."""

Term = tuple[int, tuple[int, ...]]
"""An attribute's number and the codes of the condition on it."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A slice that was tried: its conditions, rows and p-values."""

    terms: tuple[Term, ...]
    n: float
    total: float
    z: float
    log_p: float
    adjusted_p: float
    weighted_log_p: float

    @property
    def level(self) -> int:
        """Number of conditions."""
        return len(self.terms)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """Counts of all attributes alone (fine codes) and in pairs (coarse codes), on one set of rows."""

    single: Sequence[Cells]
    pairs: Mapping[tuple[int, int], Cells] = field(default_factory=dict)

    def __sub__(self, other: Tables) -> Tables:
        return Tables(
            single=[a - b for a, b in zip(self.single, other.single, strict=True)],
            pairs={key: cells - other.pairs[key] for key, cells in self.pairs.items()},
        )


@dataclass(kw_only=True, eq=False)
class _Level:
    """Candidates of one level as flat arrays; `origin` says which block and place each came from."""

    n: list[FloatArray] = field(default_factory=list)
    total: list[FloatArray] = field(default_factory=list)
    valid: list[np.ndarray] = field(default_factory=list)
    keys: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, key: tuple[int, ...], n: FloatArray, total: FloatArray, valid: np.ndarray) -> None:
        self.keys.append(key)
        self.n.append(n.ravel())
        self.total.append(total.ravel())
        self.valid.append(valid.ravel())


@dataclass(frozen=True, kw_only=True)
class Scan:
    """All candidates that may matter, the most surprising first, and how many were tried.

    Attributes
    ----------
    found : tuple of Candidate
        Those whose adjusted p is at most the level asked for.
    tested : mapping of level to count
    """

    found: tuple[Candidate, ...]
    tested: Mapping[int, int]
    weights: Mapping[int, float]

    @property
    def total(self) -> int:
        """Candidates tried at all levels."""
        return sum(self.tested.values())


def scan(
    tables: Tables,
    alone: Sequence[Atoms],
    combined: Sequence[Atoms],
    of: Population,
    *,
    min_size: float,
    level: float = 0.05,
    further: Sequence[tuple[tuple[Term, ...], float, float]] = (),
    further_tested: int = 0,
) -> Scan:
    """Try every condition and every pair of conditions.

    Parameters
    ----------
    tables : Tables
    alone, combined : sequence of Atoms
        Conditions of each attribute, alone and in combinations.
    of : Population
        Of the rows the tables count.
    min_size : float
        Rows a slice and its rest must have.
    level : float
        Share of false discoveries allowed among the reported.
    further : sequence of (terms, n, total)
        Deeper candidates, counted elsewhere.
    further_tested : int
        How many deeper candidates were tried in all.
    """
    singles, doubles = _singles(tables, alone, of, min_size), _doubles(tables, combined, of, min_size)
    tested = {1: _count(singles), 2: _count(doubles), 3: further_tested}
    weights = level_weights(tested)
    parts: list[tuple[int, _Level, IntArray, FloatArray, FloatArray]] = []
    for depth, flat in ((1, singles), (2, doubles)):
        if tested[depth]:
            parts.append((depth, flat, *_surprising(flat, of)))
    rough: list[tuple[tuple[Term, ...], float, float, float, float, float]] = []
    for depth, flat, places, z, log_p in parts:
        rough += _named(depth, flat, places, z, log_p, weights[depth], alone if depth == 1 else combined)
    if further:
        n, total = np.array([f[1] for f in further]), np.array([f[2] for f in further])
        z, log_p = standardised(n, total, of), log_upper_tail(n, total, of)
        for item, one_z, one_p in zip(further, z, log_p, strict=True):
            rough.append((*item, float(one_z), float(one_p), float(one_p - np.log(weights[3]))))
    return Scan(found=_accepted(rough, sum(tested.values()), level), tested=tested, weights=weights)


def _accepted(
    rough: list[tuple[tuple[Term, ...], float, float, float, float, float]], tested: int, level: float
) -> tuple[Candidate, ...]:
    if not rough:
        return ()
    weighted = np.array([r[5] for r in rough])
    adjusted = benjamini_hochberg(weighted, tested)
    own = np.array([r[4] for r in rough])
    keep = np.flatnonzero((adjusted <= level) & (own <= np.log(LARGEST_P)))
    order = keep[np.lexsort((-np.array([r[3] for r in rough])[keep], weighted[keep]))]
    return tuple(
        Candidate(
            terms=rough[i][0], n=rough[i][1], total=rough[i][2], z=rough[i][3], log_p=rough[i][4],
            adjusted_p=float(adjusted[i]), weighted_log_p=rough[i][5],
        )
        for i in order
    )  # fmt: skip


def _count(flat: _Level) -> int:
    return int(sum(int(v.sum()) for v in flat.valid))


def _sized(n: FloatArray, of: Population, min_size: float) -> np.ndarray:
    return (n >= min_size) & (of.n - n >= min_size)


def _singles(tables: Tables, alone: Sequence[Atoms], of: Population, min_size: float) -> _Level:
    flat = _Level()
    for number, (atoms, cells) in enumerate(zip(alone, tables.single, strict=True)):
        if len(atoms):
            n, total = atoms.matrix @ cells.n, atoms.matrix @ cells.total
            flat.add((number,), n, total, _sized(n, of, min_size))
    return flat


def _doubles(tables: Tables, combined: Sequence[Atoms], of: Population, min_size: float) -> _Level:
    flat = _Level()
    for (i, j), cells in tables.pairs.items():
        first, second = combined[i].matrix, combined[j].matrix
        if not len(first) or not len(second):
            continue
        n = first @ cells.n @ second.T
        # A pair of conditions with the same rows as one of them alone is not another slice.
        own = first @ cells.n.sum(axis=1)
        other = second @ cells.n.sum(axis=0)
        valid = _sized(n, of, min_size) & (n < own[:, None]) & (n < other[None, :])
        if valid.any():
            flat.add((i, j), n, first @ cells.total @ second.T, valid)
    return flat


def _surprising(flat: _Level, of: Population) -> tuple[IntArray, FloatArray, FloatArray]:
    n, total = np.concatenate(flat.n), np.concatenate(flat.total)
    valid = np.concatenate(flat.valid)
    z = standardised(n, total, of)
    places = np.flatnonzero(valid & (z > WORTH_A_TAIL))
    return places, z[places], log_upper_tail(n[places], total[places], of)


def _named(
    depth: int, flat: _Level, places: IntArray, z: FloatArray, log_p: FloatArray, weight: float,
    atoms: Sequence[Atoms],
) -> list[tuple[tuple[Term, ...], float, float, float, float, float]]:  # fmt: skip
    sizes = np.cumsum([0, *(len(n) for n in flat.n)])
    found = []
    worth = np.flatnonzero(log_p <= np.log(LARGEST_P))
    blocks = np.searchsorted(sizes, places[worth], side="right") - 1
    for position, block in zip(worth.tolist(), blocks.tolist(), strict=True):
        inner = int(places[position] - sizes[block])
        key = flat.keys[block]
        if depth == 1:
            terms: tuple[Term, ...] = ((key[0], atoms[key[0]].members[inner]),)
        else:
            row, column = divmod(inner, len(atoms[key[1]]))
            terms = ((key[0], atoms[key[0]].members[row]), (key[1], atoms[key[1]].members[column]))
        n, total = float(flat.n[block][inner]), float(flat.total[block][inner])
        found.append(
            (terms, n, total, float(z[position]), float(log_p[position]), float(log_p[position] - np.log(weight)))
        )
    return found
