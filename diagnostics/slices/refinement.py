"""The edges of a slice that was found, moved to where they separate best."""

from __future__ import annotations

import numpy as np

from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.counters import Counter
from diagnostics.slices.counting import Cells
from diagnostics.slices.scan import Term
from diagnostics.slices.tails import Population, log_upper_tail, standardised
from diagnostics.types import FloatArray

ROUNDS = 2
"""Passes over the conditions; later ones hardly ever move an edge."""


def refined(terms: tuple[Term, ...], counter: Counter, of: Population, *, min_size: float) -> tuple[Term, ...]:
    """Move range edges and add or drop categories as long as the likelihood gains more than the choice costs.

    Parameters
    ----------
    terms : tuple of Term
        The slice as it was tried and tested.
    counter : Counter
        Of the rows that count.
    of : Population
        Of those rows.
    min_size : float

    Returns
    -------
    tuple of Term
    """
    for _ in range(ROUNDS):
        before = terms
        for place, (number, members) in enumerate(terms):
            others = terms[:place] + terms[place + 1 :]
            attribute = counter.attributes[number]
            cells = counter.cells(number, others)
            if attribute.kind is Kind.CATEGORY:
                better = _values(members, attribute, cells, of, min_size)
            elif members == (attribute.missing,):
                better = members
            else:
                better = _range(members, attribute, cells, of, min_size)
            terms = (*terms[:place], (number, better), *terms[place + 1 :])
        if terms == before:
            break
    return terms


def _surprise(n: FloatArray, total: FloatArray, of: Population) -> FloatArray:
    """Minus the log p-value, for slices worse than the rest; else 0."""
    surprise = np.zeros(len(n))
    worse = standardised(n, total, of) > 0
    if worse.any():
        surprise[worse] = -log_upper_tail(n[worse], total[worse], of)
    return surprise


def _range(
    members: tuple[int, ...], attribute: Attribute, cells: Cells, of: Population, min_size: float
) -> tuple[int, ...]:
    bins = attribute.regular
    start, stop = np.triu_indices(bins)
    upto_n = np.append(0.0, np.cumsum(cells.n[:bins]))
    upto = np.append(0.0, np.cumsum(cells.total[:bins]))
    n, total = upto_n[stop + 1] - upto_n[start], upto[stop + 1] - upto[start]
    # Each edge that is chosen freely costs the logarithm of the number of places it could have been.
    edges = (start > 0).astype(int) + (stop < bins - 1)
    worth = _surprise(n, total, of) - edges * np.log(bins)
    worth[(n < min_size) | (edges == 0)] = -np.inf
    if not np.isfinite(worth).any():
        return members
    best = int(np.argmax(worth))
    return tuple(range(int(start[best]), int(stop[best]) + 1))


def _values(
    members: tuple[int, ...], attribute: Attribute, cells: Cells, of: Population, min_size: float
) -> tuple[int, ...]:
    allowed = [c for c in range(attribute.regular + (attribute.missing is not None)) if cells.n[c] > 0]
    cost = np.log(max(2, len(allowed)))

    def worth(codes: set[int]) -> float:
        index = sorted(codes)
        n, total = float(cells.n[index].sum()), float(cells.total[index].sum())
        if n < min_size:
            return -np.inf
        surprise = float(_surprise(np.array([n]), np.array([total]), of)[0])
        return surprise - float(cost) * len(codes)

    current = set(members)
    value = worth(current)
    while True:
        trials = [current ^ {code} for code in allowed]
        trials = [t for t in trials if t and len(t) <= max(1, len(allowed) - 1)]
        scored = [(worth(t), t) for t in trials]
        best = max(scored, key=lambda s: s[0], default=(-np.inf, current))
        if best[0] <= value + 1.0:
            return tuple(sorted(current))
        value, current = best
