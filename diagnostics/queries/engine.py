"""Where aggregates are computed: DuckDB on this machine, locked to the one file it may read."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from diagnostics.queries.literals import conditions as conditions
from diagnostics.queries.literals import literal as literal
from diagnostics.queries.literals import quote as quote
from diagnostics.queries.restriction import restriction
from diagnostics.types import Predictions

MEMORY_LIMIT = "512MB"
"""Of one opened table; 100M rows were aggregated in it. `RUN_CLINIC_MEMORY` overrides."""

_OPEN_TABLES = 8


class Engine(Protocol):
    """What a place that can run the queries offers; SQL is written in DuckDB's dialect and transpiled elsewhere."""

    def table(self, predictions: Predictions) -> str:
        """SQL that stands for the rows of a prediction set in a FROM clause."""
        ...

    def rows(self, predictions: Predictions, sql: str) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows; meant for small results."""
        ...

    def arrow(self, predictions: Predictions, sql: str) -> pa.Table:
        """Run one SELECT and return its columns as an Arrow table."""
        ...


class DuckDB:
    """Queries on stored Parquet files in this process.

    Each file gets a database of its own that may read that file and nothing else: external access is off and the
    configuration is locked, so no column name and no value can reach another file or the network.
    """

    def __init__(self, memory_limit: str | None = None) -> None:
        self._memory = memory_limit or os.environ.get("RUN_CLINIC_MEMORY", MEMORY_LIMIT)
        self._open: OrderedDict[Path, Any] = OrderedDict()
        self._lock = threading.Lock()

    def table(self, predictions: Predictions) -> str:
        """The Parquet file, restricted to the part of it that the set is and to the slice it is narrowed to."""
        file = f"read_parquet({literal(str(predictions.path))})"
        held = [
            f"{quote(c)} IS NULL" if v is None else f"{quote(c)} = {literal(v)}" for c, v in predictions.part.items()
        ]
        if predictions.predicate:
            held.append(restriction(predictions, predictions.predicate))
        return f"(SELECT * FROM {file}{conditions(held)})" if held else file

    def rows(self, predictions: Predictions, sql: str) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows."""
        found: list[tuple[Any, ...]] = self.cursor(predictions.path).execute(sql).fetchall()
        return found

    def arrow(self, predictions: Predictions, sql: str) -> pa.Table:
        """Run one SELECT and return its columns."""
        return self.cursor(predictions.path).sql(sql).to_arrow_table()

    def cursor(self, path: Path) -> Any:
        """A DuckDB cursor that may read `path` only."""
        with self._lock:
            connection = self._open.get(path)
            if connection is None:
                connection = self._open[path] = self._connect(path)
            self._open.move_to_end(path)
            while len(self._open) > _OPEN_TABLES:
                self._open.popitem(last=False)
            return connection.cursor()

    def alone(self, *paths: Path) -> Any:
        """A connection of its own that may read and write these files and nothing else; close it after use."""
        return self._connect(*paths)

    def forget(self, path: Path) -> None:
        """Close what is open on a file that is about to be deleted or replaced."""
        with self._lock:
            self._open.pop(path, None)

    def _connect(self, *paths: Path) -> Any:
        import duckdb

        spill = Path(tempfile.gettempdir()) / "run-clinic-spill"
        connection = duckdb.connect(config={"memory_limit": self._memory, "temp_directory": str(spill)})
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET autoload_known_extensions = false")
        connection.execute(f"SET allowed_paths = [{', '.join(literal(str(path)) for path in paths)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


_default = DuckDB()


def default_engine() -> Engine:
    """The engine that queries use where none is given.

    DuckDB in this process, unless `RUN_CLINIC_ENGINE` names another: "clickhouse", or a Spark master such as
    "spark://host:7077" or "local[4]".
    """
    named = os.environ.get("RUN_CLINIC_ENGINE", "")
    return _other(named) if named and named != "duckdb" else _default


@cache
def _other(named: str) -> Engine:
    from diagnostics.queries.transpiled import ClickHouse, Spark

    if named == "clickhouse":
        return ClickHouse()
    from pyspark.sql import SparkSession

    return Spark(SparkSession.builder.master(named).appName("run-clinic").getOrCreate())
