"""Slices of three conditions: only parents that could have a child worth reporting are opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.slices.atoms import Atoms
from diagnostics.slices.counters import Counter, coarsened
from diagnostics.slices.counting import Cancelled, Event
from diagnostics.slices.scan import WORTH_A_TAIL, Tables, Term
from diagnostics.slices.tails import Population, standardised

PARENT_Z = 1.0
"""Permutation deviations a parent must lie above expectation: a child that is bad enough lifts its parents with it."""

Deeper = tuple[tuple[Term, ...], float, float]


def deeper(
    tables: Tables,
    combined: Sequence[Atoms],
    counter: Counter,
    of: Population,
    *,
    min_size: float,
    cancel: Event | None = None,
) -> tuple[list[Deeper], int]:
    """Count the children of promising pairs of conditions.

    Parameters
    ----------
    tables : Tables
        With pairs.
    combined : sequence of Atoms
    counter : Counter
        Of the rows that count.
    of : Population
    min_size : float
    cancel : Event, optional

    Returns
    -------
    list of (terms, n, total)
        Children that may matter.
    int
        Children there are in all, also of the parents that were not opened: what p-values are adjusted for. It is an
        upper bound that does not look at the scores, so that choosing parents by their scores costs no validity.
    """
    parents: list[tuple[float, tuple[Term, Term]]] = []
    tested = 0
    everything = sum(len(a) for a in combined)
    for (i, j), cells in tables.pairs.items():
        first, second = combined[i], combined[j]
        if not len(first) or not len(second):
            continue
        n = first.matrix @ cells.n @ second.matrix.T
        z = standardised(n, first.matrix @ cells.total @ second.matrix.T, of)
        large = n >= 2 * min_size
        tested += int((n >= min_size).sum()) * (everything - len(first) - len(second))
        for row, column in zip(*np.nonzero(large & (z > PARENT_Z)), strict=True):
            terms = ((i, first.members[row]), (j, second.members[column]))
            parents.append((float(z[row, column]), terms))
    parents.sort(key=lambda p: -p[0])
    found: dict[tuple[Term, ...], Deeper] = {}
    for _, terms in parents[: counter.parents]:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        for child in _children(terms, combined, counter, of, min_size):
            found.setdefault(child[0], child)
    return list(found.values()), -(-tested // 3)


def _children(
    terms: tuple[Term, Term], combined: Sequence[Atoms], counter: Counter, of: Population, min_size: float
) -> list[Deeper]:
    used = {number for number, _ in terms}
    children: list[Deeper] = []
    tables = counter.tables(terms, pairs_too=False)
    for number, atoms in enumerate(combined):
        if number in used or not len(atoms):
            continue
        cells = coarsened(tables.single[number], counter.attributes[number])
        n, total = atoms.matrix @ cells.n, atoms.matrix @ cells.total
        worth = (n >= min_size) & (n < cells.n.sum()) & (standardised(n, total, of) > WORTH_A_TAIL)
        children += [
            (tuple(sorted((*terms, (number, atoms.members[k])))), float(n[k]), float(total[k]))
            for k in np.flatnonzero(worth)
        ]
    return children
