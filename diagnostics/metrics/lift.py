"""Which values of attributes go along with errors, by more than chance after all values that were tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Protocol

from diagnostics.metrics.intervals import newcombe, wilson


class Counted(Protocol):
    """What is needed of `queries.ValueCount`."""

    @property
    def column(self) -> str:
        """Name of the attribute."""
        ...

    @property
    def value(self) -> str:
        """Its value."""
        ...

    @property
    def errors(self) -> int:
        """Errors with the value."""
        ...

    @property
    def rows(self) -> int:
        """Rows with the value."""
        ...


@dataclass(frozen=True, kw_only=True)
class Lift:
    """A value of an attribute among errors.

    Attributes
    ----------
    column, value : str
    errors, rows : int
    share, share_low, share_high : float
        Errors among the rows with the value, with the 95 % Wilson interval.
    rest : float
        Errors among all other rows.
    delta, low, high : float
        share - rest, its interval adjusted for all values tried (Newcombe, Bonferroni).
    """

    column: str
    value: str
    errors: int
    rows: int
    share: float
    share_low: float
    share_high: float
    rest: float
    delta: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether chance is ruled out."""
        return self.low > 0


def lifts(counts: Iterable[Counted], errors: int, rows: int, *, level: float = 0.95) -> tuple[Lift, ...]:
    """Values whose rows have more errors than the rest, surest first.

    Parameters
    ----------
    counts : iterable
        As `queries.value_counts` gives them.
    errors, rows : int
        Of all rows compared.
    """
    tried = [one for one in counts if 0 < one.rows < rows]
    z = NormalDist().inv_cdf(1 - (1 - level) / 2 / max(1, len(tried)))
    found = []
    for one in tried:
        bounds = newcombe(one.errors, one.rows, errors - one.errors, rows - one.rows, z)
        own = wilson(one.errors, one.rows)
        if bounds is None or own is None:
            continue
        share, rest = one.errors / one.rows, (errors - one.errors) / (rows - one.rows)
        if share > rest:
            found.append(
                Lift(
                    column=one.column, value=one.value, errors=one.errors, rows=one.rows, share=share,
                    share_low=own[0], share_high=own[1], rest=rest, delta=share - rest, low=bounds[0], high=bounds[1],
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: -one.low))
