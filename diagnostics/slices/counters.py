"""Where the rows behind a search are counted: codes in memory here, an SQL engine in `sql_counting`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from diagnostics.slices.atoms import lookup
from diagnostics.slices.attributes import Attribute
from diagnostics.slices.counting import Cells, Event, Progress, Scores, pairs, single
from diagnostics.slices.scan import Tables, Term
from diagnostics.slices.tails import Population, population


class Counter(Protocol):
    """Counts the rows that are not set aside yet; the search asks nothing else about rows."""

    attributes: tuple[Attribute, ...]
    parents: int
    """Slices of two conditions that may be opened for a third; each costs a pass over the rows."""

    def tables(
        self, inside: Sequence[Term] = (), *, pairs_too: bool, progress: Progress | None = None,
        cancel: Event | None = None,
    ) -> Tables:  # fmt: skip
        """All tables, over the rows of some conditions."""
        ...

    def cells(self, number: int, inside: Sequence[Term] = ()) -> Cells:
        """One attribute by its fine codes, over the rows of some conditions."""
        ...

    def population(self, inside: Sequence[Term] = ()) -> Population:
        """Moments of the scores over the rows of some conditions."""
        ...

    def set_aside(self, terms: Sequence[Term]) -> None:
        """Count the rows of a slice no more."""
        ...

    def restart(self) -> None:
        """Count all rows again."""
        ...


class InMemory:
    """Counts codes with histograms.

    Parameters
    ----------
    attributes : sequence of Attribute
        With codes.
    scores : Scores
    """

    parents = 400

    def __init__(self, attributes: Sequence[Attribute], scores: Scores) -> None:
        self.attributes = tuple(attributes)
        self.scores = scores
        self.among = np.ones(len(scores), dtype=bool)
        # Where no bin is merged the fine codes are the coarse ones and need no second copy.
        self._coarse = [
            a.codes if a.coarse_size == a.size else a.coarse.astype(np.uint8)[a.codes] for a in self.attributes
        ]

    def tables(
        self, inside: Sequence[Term] = (), *, pairs_too: bool, progress: Progress | None = None,
        cancel: Event | None = None,
    ) -> Tables:  # fmt: skip
        """All tables, over the rows of some conditions."""
        rows = None if not inside and self.among.all() else self._rows(inside)
        scores = self.scores if rows is None else Scores(values=self.scores.values[rows])

        def part(codes: np.ndarray) -> np.ndarray:
            return codes if rows is None else codes[rows]

        singles = [single(part(a.codes), a.size, scores) for a in self.attributes]
        if not pairs_too:
            return Tables(single=singles)
        sizes = [a.coarse_size for a in self.attributes]
        coarse = [part(codes) for codes in self._coarse]
        return Tables(single=singles, pairs=pairs(coarse, sizes, scores, progress=progress, cancel=cancel))

    def cells(self, number: int, inside: Sequence[Term] = ()) -> Cells:
        """One attribute by its fine codes, over the rows of some conditions."""
        rows, attribute = self._rows(inside), self.attributes[number]
        return single(attribute.codes[rows], attribute.size, Scores(values=self.scores.values[rows]))

    def population(self, inside: Sequence[Term] = ()) -> Population:
        """Moments of the scores over the rows of some conditions."""
        return population(self.scores, self._rows(inside) if inside else self.among)

    def set_aside(self, terms: Sequence[Term]) -> None:
        """Count the rows of a slice no more."""
        self.among &= ~rows_of(terms, self.attributes)

    def restart(self) -> None:
        """Count all rows again."""
        self.among[:] = True

    def _rows(self, inside: Sequence[Term]) -> np.ndarray:
        return np.flatnonzero(self.among & rows_of(inside, self.attributes) if inside else self.among)


def rows_of(terms: Sequence[Term], attributes: Sequence[Attribute]) -> np.ndarray:
    """The rows where all conditions hold, boolean of shape (n,)."""
    keep = np.ones(len(attributes[0].codes), dtype=bool)
    for number, members in terms:
        keep &= lookup(attributes[number], members)[attributes[number].codes]
    return keep


def coarsened(cells: Cells, attribute: Attribute) -> Cells:
    """The same table by coarse codes."""
    size = attribute.coarse_size
    return Cells(
        n=np.bincount(attribute.coarse, weights=cells.n, minlength=size).astype(np.float64),
        total=np.bincount(attribute.coarse, weights=cells.total, minlength=size).astype(np.float64),
    )
