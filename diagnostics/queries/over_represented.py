"""Values of attributes that are more frequent among some rows than among the rows they are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.types import Predictions

PARTS = 4
"""Ranges a quantity is cut into, with about as many rows each."""

DISTINCT = 200
"""Columns of text with more values are left out: they name rows."""


@dataclass(frozen=True, kw_only=True)
class ValueCount:
    """A value of an attribute: how many rows have it, among the errors and among all that could be errors.

    Attributes
    ----------
    column, value : str
        A range of a quantity is written "low – high"; "" is a missing value.
    errors, rows : int
    """

    column: str
    value: str
    errors: int
    rows: int


def value_counts(
    predictions: Predictions, errors: str, among: str, *, engine: Engine | None = None
) -> tuple[ValueCount, ...]:
    """Counts of every value of every attribute.

    Parameters
    ----------
    errors, among : str
        SQL conditions: of the rows asked about, and of the rows they are part of.
    """
    engine = engine or default_engine()
    table = engine.table(predictions)
    schema = engine.arrow(predictions, f"SELECT * FROM {table} LIMIT 0").schema
    found: list[ValueCount] = []
    for name in predictions.roles.attributes:
        kind = schema.field(name).type
        column = quote(name)
        numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        many = engine.rows(predictions, f"SELECT COUNT(DISTINCT {column}) FROM {table}{conditions([among])}")[0][0]
        if numeric and many > 2 * PARTS:
            source = f"SELECT {column} AS v, ({errors}) AS hit FROM {table}{conditions([among])}"
            sql = (
                f"SELECT printf('%.4g – %.4g', MIN(v), MAX(v)), COUNT(CASE WHEN hit THEN 1 END), COUNT(*) FROM "
                f"(SELECT CAST(v AS DOUBLE) AS v, hit, NTILE({PARTS}) OVER (ORDER BY v) AS part FROM ({source}) "
                "WHERE v IS NOT NULL) GROUP BY part"
            )
        elif many <= DISTINCT:
            sql = (
                f"SELECT CAST({column} AS VARCHAR), COUNT(CASE WHEN {errors} THEN 1 END), COUNT(*) FROM {table}"
                f"{conditions([among])} GROUP BY 1"
            )
        else:
            continue
        for value, hits, rows in engine.rows(predictions, sql):
            found.append(ValueCount(column=name, value=str(value or ""), errors=int(hits), rows=int(rows)))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Sureness:
    """Mistakes by how sure the model was.

    Attributes
    ----------
    hard : int
        The truth was close behind the answer (less than `NEAR`).
    silly : int
        The answer had a probability of at least `SURE`.
    between : int
    """

    hard: int
    silly: int
    between: int


NEAR, SURE = 0.2, 0.9


def sureness(
    predictions: Predictions, wrong: str, behind: str, answered: str, *, engine: Engine | None = None
) -> Sureness:
    """Count mistakes that were nearly right and mistakes that were sure.

    Parameters
    ----------
    wrong : str
        SQL condition of the mistakes.
    behind, answered : str
        SQL of how far the truth is behind the answer, and of the answer's probability (terms of the log loss).
    """
    engine = engine or default_engine()
    sql = (
        f"SELECT COUNT(CASE WHEN a >= {SURE} THEN 1 END), COUNT(CASE WHEN a < {SURE} AND b < {NEAR} THEN 1 END), "
        f"COUNT(*) FROM (SELECT {answered} AS a, {behind} AS b FROM {engine.table(predictions)}{conditions([wrong])})"
    )
    silly, hard, n = (int(value) for value in engine.rows(predictions, sql)[0])
    return Sureness(hard=hard, silly=silly, between=n - hard - silly)
