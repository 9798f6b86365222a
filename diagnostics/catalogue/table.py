"""The catalogue as a table: one row a category, with what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagnostics.catalogue.board import Board, Category
from diagnostics.catalogue.cost import Cost, Costed, costed, loss_gain, share_of
from diagnostics.catalogue.estimates import Tagged, frequency, priority
from diagnostics.catalogue.events import State
from diagnostics.catalogue.impact import gain
from diagnostics.catalogue.sampling import Design
from diagnostics.types import MetricValue


@dataclass(frozen=True, kw_only=True)
class CatalogueRow:
    """One category of the catalogue.

    Attributes
    ----------
    category : Category
    frequency : MetricValue
        Share of all errors, from the random part of the sample only.
    impact : MetricValue
        Gain in accuracy (fraction of all rows) if the category were fixed.
    priority : float or None
        As set by hand, else frequency x severity, else None.
    overridden : bool
        Whether the priority was set by hand.
    loss, loss_share : MetricValue or None
        Fall of the mean loss if the category were mended, and the same as a fraction of the mean loss; None where
        answers are only right or wrong.
    """

    category: Category
    frequency: MetricValue
    impact: MetricValue
    priority: float | None
    overridden: bool
    loss: MetricValue | None = None
    loss_share: MetricValue | None = None


def reviewed(state: State) -> list[Tagged]:
    """Examples of the random sample that somebody looked at: tagged, judged, or marked as seen."""
    found: list[Tagged] = []
    for _, fields in state.of("example"):
        looked_at = fields.get("category") is not None or fields.get("difficulty") or fields.get("seen")
        if fields.get("source") == "random" and looked_at and not fields.get("removed") and not fields.get("gone"):
            category = fields.get("category")
            found.append(
                Tagged(stratum=str(fields.get("stratum", "")), category=None if category is None else str(category))
            )
    return found


def catalogue(
    board: Board, state: State, design: Design | None, *, errors: int, rows: int, cost: Cost | None = None
) -> tuple[CatalogueRow, ...]:
    """Rows of the catalogue, most urgent first.

    Parameters
    ----------
    board : Board
    state : State
    design : Design or None
        None when no random sample was drawn; then nothing can be extrapolated.
    errors, rows : int
        Errors and rows of the whole prediction set.
    cost : Cost or None
        Mean losses of the set, where it has a loss.
    """
    seen = reviewed(state)
    found = [_row(category, design, seen, errors, rows) for category in board.categories]
    if cost is not None:
        priced = costed(state, cost)
        found = [_priced(row, design, priced, rows, cost) for row in found]
    return tuple(sorted(found, key=lambda r: (r.priority is None, -(r.priority or 0.0), r.category.name)))


def _row(category: Category, design: Design | None, seen: Sequence[Tagged], errors: int, rows: int) -> CatalogueRow:
    if design is None:
        share = MetricValue(name="frequency", value=None, reason="no_random_sample", n=0, unit="fraction")
    else:
        share = frequency(design, seen, category.id)
    by_hand = category.fields.get("priority")
    severity = category.fields.get("severity")
    computed = priority(share, severity if isinstance(severity, int) else None)
    return CatalogueRow(
        category=category,
        frequency=share,
        impact=gain(share, errors, rows),
        priority=float(by_hand) if isinstance(by_hand, int | float) else computed,
        overridden=by_hand is not None,
    )


def _priced(row: CatalogueRow, design: Design | None, seen: Sequence[Costed], rows: int, cost: Cost) -> CatalogueRow:
    if design is None:
        gain = MetricValue(name="loss_gain", value=None, reason="no_random_sample", n=0)
    else:
        gain = loss_gain(design, seen, row.category.id, rows)
    return replace(row, loss=gain, loss_share=share_of(gain, cost))
