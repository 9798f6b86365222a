"""What SQLGlot does not carry from DuckDB's dialect into those of other engines: patterns, moments, safe casts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_LARGEST = "1.7976931348623157E308"

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
"""How a text must begin to be read as a moment: ClickHouse's own reading takes nearly anything."""


def translated(sql: str, dialect: str) -> str:
    """A statement in DuckDB's dialect as another engine understands it.

    Parameters
    ----------
    sql : str
    dialect : str
        "clickhouse" or "spark".
    """
    import sqlglot

    parsed = sqlglot.parse_one(sql, read="duckdb")
    # Inner parts first: what replaces an outer one holds them already as they should be.
    for node in reversed(list(parsed.walk())):
        found = _portable(node, dialect)
        if found is not node:
            node.replace(found)
    return str(parsed.sql(dialect=dialect))


def _portable(node: Any, dialect: str) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Anonymous):
        name = node.name.lower()
        if name == "isfinite":
            # Only DuckDB calls it so; the largest double as a bound says the same everywhere, for NaN as well.
            low, high = (exp.Literal.number(f"{sign}{_LARGEST}") for sign in ("-", ""))
            return exp.Between(this=node.expressions[0], low=low, high=high)
        return _MOMENT[dialect](node.expressions[0]) if name == "epoch_us" else node
    if isinstance(node, exp.RegexpFullMatch):
        return _matches(node, dialect)
    return _clickhouse(node) if dialect == "clickhouse" else _spark(node)


def _matches(node: Any, dialect: str) -> Any:
    """A pattern that the whole text must fit; `(?i)` in front says the same on every engine."""
    options = node.args.get("options")
    flags = "(?i)" if options is not None and "i" in options.name else ""
    pattern = _text(f"{flags}^(?:{node.expression.name})$")
    return _call({"clickhouse": "match", "spark": "regexp_like"}[dialect], node.this, pattern)


def _clickhouse(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Trim) and node.expression is not None:
        # Its own trims bytes and would cut into letters of several.
        space = f"[{node.expression.name}]+"
        return _call("replaceRegexpAll", node.this, _text(f"^{space}|{space}$"), _text(""))
    if isinstance(node, exp.UnixToTime):
        return _call("fromUnixTimestamp64Micro", node.this, _text("UTC"))
    if isinstance(node, exp.TryCast):
        # Its casts to Nullable raise where the text is something else.
        if node.to.is_type(exp.DType.DOUBLE):
            return _call("toFloat64OrNull", node.this)
        if node.to.is_type(exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ):
            read = _call("parseDateTime64BestEffortOrNull", node.this, *_utc())
            dated = _call("match", node.this.copy(), _text(_DATE))
            return exp.Case(ifs=[exp.If(this=dated, true=read)])
    return node


def _spark(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.DayOfWeekIso):
        # Monday is 1; SQLGlot counts from Spark's Sunday and is a day off.
        return exp.Paren(this=exp.Add(this=_call("weekday", node.this), expression=exp.Literal.number("1")))
    return node


def _utc() -> tuple[Any, Any]:
    from sqlglot import exp

    return exp.Literal.number("6"), _text("UTC")


def _text(value: str) -> Any:
    from sqlglot import exp

    return exp.Literal.string(value)


def _call(name: str, *arguments: Any) -> Any:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=list(arguments))


def _clickhouse_moment(value: Any) -> Any:
    return _call("toUnixTimestamp64Micro", _call("toDateTime64", value, *_utc()))


def _spark_moment(value: Any) -> Any:
    from sqlglot import exp

    # TIMESTAMPTZ is what Spark calls TIMESTAMP; one without a zone is taken as the session's, which is UTC.
    return _call("unix_micros", exp.cast(value, exp.DType.TIMESTAMPTZ))


_MOMENT: Mapping[str, Callable[[Any], Any]] = {"clickhouse": _clickhouse_moment, "spark": _spark_moment}
