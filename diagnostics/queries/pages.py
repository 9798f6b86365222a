"""A page of rows with computed columns, sorted and narrowed by the engine: what a list on the screen shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.rows import ROW
from diagnostics.types import Predictions

COMPARISONS = {"is": "=", "is_not": "<>", "at_least": ">=", "at_most": "<="}
OPERATORS = ("is", "is_not", "contains", "at_least", "at_most", "missing", "present")


def rows_page(
    predictions: Predictions, columns: Sequence[str], *, computed: Mapping[str, str] | None = None, where: str = "",
    order_by: str = "", descending: bool = False, offset: int = 0, limit: int = 25, engine: Engine | None = None,
) -> pa.Table:  # fmt: skip
    """Some rows with chosen columns, their place in the file first.

    Parameters
    ----------
    columns : sequence of str
        Of the stored table.
    computed : mapping of name to SQL, optional
        Columns made on the way; the names must differ from those of the table.
    where : str, optional
        SQL condition.
    order_by : str, optional
        A stored or computed column; by place in the file otherwise, which also breaks ties.
    """
    engine = engine or default_engine()
    made = [f"{sql} AS {quote(name)}" for name, sql in (computed or {}).items()]
    listed = ", ".join([quote(ROW), *map(quote, columns), *made])
    order = f"{quote(order_by)} {'DESC' if descending else 'ASC'} NULLS LAST, " if order_by else ""
    return engine.arrow(
        predictions,
        f"SELECT {listed} FROM {engine.table(predictions)}{conditions([where] if where else [])} "
        f"ORDER BY {order}{quote(ROW)} LIMIT {int(limit)} OFFSET {int(offset)}",
    )


def narrowed(predictions: Predictions, column: str, operator: str, text: str, *, engine: Engine | None = None) -> str:
    """SQL condition for what somebody typed: numbers compare as numbers where the column holds numbers.

    Parameters
    ----------
    operator : str
        One of OPERATORS.
    text : str
        What was typed; a number for numeric columns.

    Returns
    -------
    str
        "" where nothing can be compared: an empty text, or letters against a numeric column.

    Raises
    ------
    ValueError
        An unknown operator.
    """
    if operator not in OPERATORS:
        raise ValueError(f"unknown operator {operator!r}")
    name = quote(column)
    if operator in ("missing", "present"):
        return f"{name} IS {'NULL' if operator == 'missing' else 'NOT NULL'}"
    if not text:
        return ""
    if operator == "contains":
        # Signs with a meaning in LIKE stand for themselves.
        plain = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        return f"CAST({name} AS VARCHAR) ILIKE {literal(f'%{plain}%')} ESCAPE '!'"
    if _numeric(predictions, column, engine or default_engine()):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return ""
        return f"{name} {COMPARISONS[operator]} {literal(number)}"
    return f"CAST({name} AS VARCHAR) {COMPARISONS[operator]} {literal(text)}"


def _numeric(predictions: Predictions, column: str, engine: Engine) -> bool:
    table = engine.arrow(predictions, f"SELECT {quote(column)} FROM {engine.table(predictions)} LIMIT 0")
    kind = table.schema.field(0).type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
