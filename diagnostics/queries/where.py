"""Conditions as SQL: the predicate of a slice, the cell of a confusion matrix. Values become literals, never code."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.queries.engine import Engine, default_engine, literal, quote
from diagnostics.queries.expressions import predicted
from diagnostics.types import Condition, Labels, Predictions

_COMPARE = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def clause(predicate: Sequence[Condition]) -> str:
    """All conditions joined by AND; comparisons are false where the value is missing.

    Raises
    ------
    ValueError
        An unknown operator.
    """
    return " AND ".join(_condition(condition) for condition in predicate) or "TRUE"


def _condition(condition: Condition) -> str:
    column, value = quote(condition.column), condition.value
    if condition.op == "is_null":
        return f"{column} IS NULL"
    if condition.op == "not_null":
        return f"{column} IS NOT NULL"
    if condition.op in ("in", "not_in"):
        listed = ", ".join(literal(v) for v in value)
        # An empty list holds nothing: "in" is false for every row, "not in" true for every present value.
        inside = f"{column} IN ({listed})" if listed else "FALSE"
        return f"({column} IS NOT NULL AND {'NOT ' if condition.op == 'not_in' else ''}{inside})"
    if condition.op == "between":
        low, high = value
        parts = ([f"{column} >= {literal(low)}"] if low is not None else []) + (
            [f"{column} <= {literal(high)}"] if high is not None else []
        )
        return f"({' AND '.join([f'{column} IS NOT NULL', *parts])})"
    if condition.op not in _COMPARE:
        raise ValueError(f"unknown operator {condition.op!r}")
    return f"({column} IS NOT NULL AND {column} {_COMPARE[condition.op]} {literal(value)})"


def cell(predictions: Predictions, truth: str | None, answer: str | None, engine: Engine | None = None) -> str:
    """Rows of a confusion cell; None for either class means any.

    Every raw spelling of a class counts ("1", 1.0, True), so the distinct values are looked up first.
    """
    parts = []
    for expression, wanted in ((quote(predictions.roles.truth or ""), truth), (predicted(predictions), answer)):
        if wanted is None or expression is None:
            continue
        parts.append(_spellings(predictions, expression, wanted, engine or default_engine()))
    return " AND ".join(parts) or "TRUE"


def _spellings(predictions: Predictions, expression: str, wanted: str, engine: Engine) -> str:
    labels = Labels(predictions.classes)
    number = labels.code(wanted)
    rows = engine.rows(predictions, f"SELECT DISTINCT {expression} AS value FROM {engine.table(predictions)}")
    values = [row[0] for row in rows if row[0] is not None and labels.code(row[0]) == number]
    return f"{expression} IN ({', '.join(literal(v) for v in values)})" if values else "FALSE"
