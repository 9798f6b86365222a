"""The same SQL on bigger engines: written in DuckDB's dialect, transpiled by SQLGlot, run elsewhere.

ClickHouse runs through chdb in this process (a server needs only another `run`), Spark through a session.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from diagnostics.queries.dialects import translated
from diagnostics.queries.literals import conditions, literal, quote
from diagnostics.queries.restriction import restriction
from diagnostics.types import Predictions

_TABLE = "run_clinic_rows"


class Transpiled:
    """An engine that speaks another dialect.

    Attributes
    ----------
    dialect : str
        Of SQLGlot: "clickhouse", "spark".
    """

    dialect = ""

    def table(self, predictions: Predictions) -> str:
        """A name that stands for the rows until the SQL is transpiled."""
        parts = [
            f"{quote(c)} IS NULL" if v is None else f"{quote(c)} = {literal(v)}" for c, v in predictions.part.items()
        ]
        if predictions.predicate:
            parts.append(restriction(predictions, predictions.predicate))
        if not parts:
            return _TABLE
        return f"(SELECT * FROM {_TABLE}{conditions(parts)}) AS part"

    def rows(self, predictions: Predictions, sql: str) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows."""
        table = self.arrow(predictions, sql)
        return [tuple(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]

    def arrow(self, predictions: Predictions, sql: str) -> pa.Table:
        """Run one SELECT and return its columns."""
        return self.run(self.translated(sql), predictions)

    def translated(self, sql: str) -> str:
        """The statement in this engine's dialect, still with the stand-in for the table."""
        return translated(sql, self.dialect)

    def run(self, sql: str, predictions: Predictions) -> pa.Table:
        """Run a translated statement."""
        raise NotImplementedError


class ClickHouse(Transpiled):
    """ClickHouse inside this process, over the stored Parquet file."""

    dialect = "clickhouse"
    # Without them NULL groups become defaults and joins forget which side had no row.
    settings = "group_by_use_nulls = 1, join_use_nulls = 1, cast_keep_nullable = 1"

    def run(self, sql: str, predictions: Predictions) -> pa.Table:
        """Run a translated statement with chdb."""
        import chdb

        file = f"file({literal(str(predictions.path))}, Parquet)"
        statement = sql.replace(_TABLE, file) + f" SETTINGS {self.settings}"
        return chdb.query(statement, "ArrowTable")


class Spark(Transpiled):
    """A Spark session; the stored Parquet file must be where its workers can read it."""

    dialect = "spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        # Moments without a zone mean the same everywhere, whatever the clock of the machine says.
        session.conf.set("spark.sql.session.timeZone", "UTC")

    def run(self, sql: str, predictions: Predictions) -> pa.Table:
        """Run a translated statement in the session."""
        path = str(predictions.path).replace("`", "``")
        return self._session.sql(sql.replace(_TABLE, f"parquet.`{path}`")).toArrow()
