"""Tables of counts from an SQL engine: the finest cube of two groups of columns, rolled up to pairs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from diagnostics.queries.cubes import cube, totals
from diagnostics.queries.engine import Engine
from diagnostics.slices.counting import Cancelled, Cells, Event, Progress, groups_of, rolled_up
from diagnostics.slices.measuring import Moments
from diagnostics.slices.scan import Tables, Term
from diagnostics.slices.sql_encoding import SqlAttribute
from diagnostics.slices.sql_outcome import SqlOutcome, sums_of
from diagnostics.slices.tails import Population, population_of
from diagnostics.types import Predictions

GROUP_CELLS = 256
"""Joint codes of one group of columns; a cube of two groups then has at most 65,536 cells."""


class SqlCounter:
    """Counts rows where they lie; fetches cells only.

    Parameters
    ----------
    predictions : Predictions
    columns : sequence of SqlAttribute
    outcome : SqlOutcome
    engine : Engine
    """

    parents = 40

    def __init__(
        self, predictions: Predictions, columns: Sequence[SqlAttribute], outcome: SqlOutcome, engine: Engine
    ) -> None:
        self.attributes = tuple(column.attribute for column in columns)
        self.shown = outcome
        self._fine = [column.fine for column in columns]
        self._coarse = [column.coarse for column in columns]
        self._predictions, self._engine = predictions, engine
        self._aside: list[str] = []

    def tables(
        self, inside: Sequence[Term] = (), *, pairs_too: bool, progress: Progress | None = None,
        cancel: Event | None = None,
    ) -> Tables:  # fmt: skip
        """All tables, over the rows of some conditions."""
        where = self._where(inside)
        fine, coarse = [a.size for a in self.attributes], [a.coarse_size for a in self.attributes]
        alone, groups = groups_of(fine, GROUP_CELLS), groups_of(coarse, GROUP_CELLS) if pairs_too else []
        blocks = [(a, b) for a in range(len(groups)) for b in range(a, len(groups))]
        blocks = [(a, b) for a, b in blocks if a != b or len(groups[a]) > 1]
        done, steps = 0, len(alone) + len(blocks)

        def count(codes: list[str], sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
            nonlocal done
            if cancel is not None and cancel.is_set():
                raise Cancelled
            found = self._cube(codes, sizes, where)
            done += 1
            if progress is not None:
                progress(done / steps)
            return found

        singles: dict[int, Cells] = {}
        for group in alone:
            n, total = count([self._fine[i] for i in group], [fine[i] for i in group])
            for place, number in enumerate(group):
                rest = tuple(k for k in range(len(group)) if k != place)
                singles[number] = Cells(n=n.sum(axis=rest), total=total.sum(axis=rest))
        joint = {}
        for a, b in blocks:
            used = groups[a] if a == b else [*groups[a], *groups[b]]
            n, total = count([self._coarse[i] for i in used], [coarse[i] for i in used])
            joint[a, b] = (n.ravel(), total.ravel())
        ordered = [singles[i] for i in range(len(self.attributes))]
        return Tables(single=ordered, pairs=rolled_up(groups, coarse, joint))

    def cells(self, number: int, inside: Sequence[Term] = ()) -> Cells:
        """One attribute by its fine codes, over the rows of some conditions."""
        n, total = self._cube([self._fine[number]], [self.attributes[number].size], self._where(inside))
        return Cells(n=n, total=total)

    def population(self, inside: Sequence[Term] = ()) -> Population:
        """Moments of the scores over the rows of some conditions."""
        return self._population(self._where(inside))

    def set_aside(self, terms: Sequence[Term]) -> None:
        """Count the rows of a slice no more."""
        self._aside.append(f"NOT ({self._inside(terms)})")

    def restart(self) -> None:
        """Count all rows again."""
        self._aside.clear()

    def losses(self, terms: Sequence[Term]) -> tuple[Moments, Moments]:
        """Losses inside and outside of a slice, whether set aside or not."""
        own = np.array(totals(self._predictions, sums_of(self.shown), self._all(terms), self._engine))
        return self._moments(own), self._moments(self._everything - own)

    def whole(self) -> Moments:
        """Losses of all rows."""
        return self._moments(self._everything)

    def tested(self, terms: Sequence[Term]) -> tuple[float, float, Population]:
        """Number and sum of the tested scores inside, and the population of all."""
        n, total = totals(self._predictions, [self.shown.score], self._all(terms), self._engine)
        return n, total, self._population(self.shown.where)

    def sizes(self, first: Sequence[Term], second: Sequence[Term]) -> tuple[int, int, int]:
        """Rows of two slices, and of both at once."""
        flags = [f"CASE WHEN {self._inside(terms)} THEN 1 ELSE 0 END" for terms in (first, second, [*first, *second])]
        _, *sizes = totals(self._predictions, flags, self.shown.where, self._engine)
        return int(sizes[0]), int(sizes[1]), int(sizes[2])

    @cached_property
    def _everything(self) -> np.ndarray:
        return np.array(totals(self._predictions, sums_of(self.shown), self.shown.where, self._engine))

    def _moments(self, sums: np.ndarray) -> Moments:
        n, weight, weight_squares, loss, squares = (float(value) for value in sums)
        if n < 0.5 or weight <= 0:
            return Moments(n=round(n), mean=np.nan, variance=np.nan, rows=0.0, total=0.0)
        rows, mean = weight**2 / weight_squares, loss / weight
        spread = max(0.0, squares / weight - mean**2)
        return Moments(
            n=round(n), mean=mean, variance=spread * rows / (rows - 1) if rows > 1 else np.nan, rows=rows, total=loss
        )

    def _population(self, where: str) -> Population:
        score = f"CAST({self.shown.score} AS DOUBLE)"
        powers = [score, f"{score} * {score}", f"{score} * {score} * {score}"]
        return population_of(totals(self._predictions, powers, where, self._engine), binary=self.shown.binary)

    def _cube(self, codes: list[str], sizes: list[int], where: str) -> tuple[np.ndarray, np.ndarray]:
        return cube(self._predictions, codes, sizes, self.shown.score, where, self._engine)

    def _inside(self, terms: Sequence[Term]) -> str:
        held = [f"({self._fine[number]}) IN ({', '.join(map(str, members))})" for number, members in terms]
        return " AND ".join(held) or "TRUE"

    def _all(self, terms: Sequence[Term]) -> str:
        return " AND ".join(f"({part})" for part in (self.shown.where, self._inside(terms)))

    def _where(self, terms: Sequence[Term]) -> str:
        parts = [self.shown.where, *self._aside, *([self._inside(terms)] if terms else [])]
        return " AND ".join(f"({part})" for part in parts)
