"""Which errors to look at: a stratified random sample whose design is kept, so that counts can be extrapolated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.types import IntArray


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """One part of the errors and how many of it are drawn.

    Attributes
    ----------
    name : str
    size : int
        Errors in it.
    drawn : int
    """

    name: str
    size: int
    drawn: int

    @property
    def probability(self) -> float:
        """Chance of each of its errors to be drawn."""
        return self.drawn / self.size if self.size else 0.0


@dataclass(frozen=True, kw_only=True)
class Design:
    """How a sample was drawn: enough to draw it again and to weigh what is found in it."""

    strata: tuple[Stratum, ...]
    seed: int

    @property
    def size(self) -> int:
        """Errors in all."""
        return sum(s.size for s in self.strata)

    @property
    def drawn(self) -> int:
        """Errors drawn."""
        return sum(s.drawn for s in self.strata)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows drawn, with the stratum of each.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        In random order, so that stopping early leaves a random sample too.
    stratum : tuple of str
        Name of each row's stratum.
    design : Design
    """

    rows: IntArray
    stratum: tuple[str, ...]
    design: Design


def allocate(sizes: Mapping[str, int], total: int, minimum: int = 5) -> dict[str, int]:
    """Share a number of draws among strata.

    Every stratum gets `minimum` (or all it has), the rest goes in proportion to size; large strata give way when the
    minima alone exceed the total.

    Parameters
    ----------
    sizes : mapping of stratum to number of errors
    total : int
    minimum : int

    Returns
    -------
    dict of stratum to draws
        Sums to min(total, sum of sizes).
    """
    total = min(total, sum(sizes.values()))
    drawn = {name: min(size, minimum) for name, size in sizes.items()}
    while sum(drawn.values()) > total:
        largest = max(drawn, key=lambda name: (drawn[name], sizes[name]))
        drawn[largest] -= 1
    while (left := total - sum(drawn.values())) > 0:
        room = {name: sizes[name] - drawn[name] for name in sizes if sizes[name] > drawn[name]}
        whole = sum(room.values())
        shares = {name: left * space / whole for name, space in room.items()}
        given = {name: min(room[name], int(share)) for name, share in shares.items()}
        if not any(given.values()):
            # Fewer draws left than strata with room: the largest remainders get one each.
            for name in sorted(shares, key=lambda name: (-shares[name], name))[:left]:
                given[name] = 1
        for name, more in given.items():
            drawn[name] += more
    return drawn


def draw(strata: Mapping[str, Sequence[int]], total: int, *, seed: int, minimum: int = 5) -> Sample:
    """Draw a stratified simple random sample without replacement.

    Parameters
    ----------
    strata : mapping of stratum to row numbers of its errors
        Disjoint.
    total : int
        Errors to draw; fewer are drawn when there are fewer.
    seed : int
        The same seed and strata give the same sample.
    minimum : int
        Draws every stratum gets where it has that many.
    """
    generator = np.random.default_rng(seed)
    counts = allocate({name: len(rows) for name, rows in strata.items()}, total, minimum)
    picked: list[tuple[int, str]] = []
    for name in sorted(strata):
        rows = np.sort(np.asarray(strata[name], dtype=np.int64))
        chosen = generator.choice(rows, size=counts[name], replace=False) if counts[name] else rows[:0]
        picked += [(int(row), name) for row in chosen]
    order = generator.permutation(len(picked))
    design = Design(
        strata=tuple(Stratum(name=n, size=len(strata[n]), drawn=counts[n]) for n in sorted(strata)), seed=seed
    )
    return Sample(
        rows=np.array([picked[i][0] for i in order], dtype=np.int64),
        stratum=tuple(picked[i][1] for i in order),
        design=design,
    )


def shuffled(numbers: Sequence[int], seed: int) -> list[int]:
    """The numbers in an order of chance, the same for the same seed."""
    order: list[int] = np.random.default_rng(seed).permutation(np.asarray(numbers, dtype=np.int64)).tolist()
    return order
