"""Which columns of a prediction set are worth slicing by, coded; and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.slices.attributes import Attribute, LeftOut
from diagnostics.slices.encoding import encode
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.screening import screened, varies_within
from diagnostics.slices.table import Table, derived_names
from diagnostics.types import Predictions


def coded(
    table: Table,
    predictions: Predictions,
    outcome: Outcome,
    *,
    min_size: int,
    columns: Sequence[str] | None = None,
) -> tuple[list[Attribute], list[LeftOut]]:
    """The columns worth slicing by, and those that are not with the reason."""
    names = list(columns) if columns is not None else automatic(table, predictions)
    attributes: list[Attribute] = []
    left_out: list[LeftOut] = []
    for name in names:
        if outcome.of_unit is not None and varies_within(table, name, outcome):
            left_out.append(LeftOut(column=name, reason="varies_within_query"))
            continue
        found = encode(table, name, min_size=min_size, rows=outcome.rows)
        # Who asks for a column by name wants it, whatever it looks like; only what cannot be coded is refused.
        if isinstance(found, Attribute) and columns is None:
            found = screened(found, outcome)
        (attributes if isinstance(found, Attribute) else left_out).append(found)  # type: ignore[arg-type]
    return attributes, left_out


def automatic(table: Table, predictions: Predictions) -> list[str]:
    """The attributes of a prediction set, its text, and what derives from them."""
    roles = predictions.roles
    names = [c for c in roles.attributes if c in table]
    prose = [c for c in (roles.text, *roles.ignored) if c is not None and c in table]
    names += [d for c in [*names, *prose] if not table.is_number(c) for d in derived_names(c, table.column(c))]
    return list(dict.fromkeys(names))
