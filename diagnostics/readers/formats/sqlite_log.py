"""Tracking databases in SQLite: MLflow's `mlflow.db` and Trackio's `<project>.db`; opened read-only."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import numpy as np

from diagnostics.exceptions import BrokenFile, NotALog, TooLarge
from diagnostics.readers.draft import Draft, Series
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.values import flat, parsed
from diagnostics.types import FloatArray

MAGIC = b"SQLite format 3\x00"
MAX_POINTS = 20_000_000
MAX_RUNS = 2_000
_STEPS_BETWEEN_CHECKS = 10_000
_MAX_CHECKS = 200_000  # about two thousand million virtual machine steps: minutes, and then enough
_READ_ONLY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA}


@reader("sqlite_log")
class SqliteLog:
    """A database with a table `metrics` whose columns are MLflow's or Trackio's."""

    def sniff(self, source: Source) -> float:
        """1.0 for the magic number."""
        return 1.0 if source.head.startswith(MAGIC) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read every run of the database."""
        try:
            with _opened(source) as database:
                columns = _columns(database, "metrics")
                if {"key", "value", "run_uuid", "step"}.issubset(columns):
                    return _mlflow(source, database)
                if {"run_name", "step", "metrics"}.issubset(columns):
                    return _trackio(source, database)
                tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        except sqlite3.Error as error:
            raise BrokenFile(
                "broken_database", file=source.name, found=str(error)[:120], remedy="copy_again"
            ) from error
        raise NotALog("seems_database", file=source.name, found=", ".join(tables[:8]), remedy="upload_log")


@contextmanager
def _opened(source: Source) -> Iterator[sqlite3.Connection]:
    """A connection that can only read tables: no views, no triggers, no attached files, no endless query."""
    uri = f"{source.path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("pragma trusted_schema = off")
        database.execute("pragma cell_size_check = on")
        database.execute("pragma query_only = on")
        database.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        checks = iter(range(_MAX_CHECKS))
        database.set_progress_handler(lambda: next(checks, None) is None, _STEPS_BETWEEN_CHECKS)
        database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _READ_ONLY else sqlite3.SQLITE_DENY)
        yield database


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    kind = database.execute("select type from sqlite_master where name = ?", (table,)).fetchone()
    if kind is None or kind[0] != "table":
        return set()
    return {row[1] for row in database.execute(f"pragma table_info({table})")}


def _bounded(source: Source, database: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    rows = database.execute(query).fetchmany(MAX_POINTS + 1)
    if len(rows) > MAX_POINTS:
        raise TooLarge("too_many_points", file=source.name, remedy="fewer_points", limit=MAX_POINTS)
    return rows


def _mlflow(source: Source, database: sqlite3.Connection) -> Sequence[Reading]:
    names = dict(database.execute("select run_uuid, name from runs")) if _columns(database, "runs") else {}
    params: dict[str, dict[str, Any]] = {}
    if {"key", "value", "run_uuid"}.issubset(_columns(database, "params")):
        for run, key, value in _bounded(source, database, "select run_uuid, key, value from params"):
            params.setdefault(run, {})[key] = parsed(str(value))
    nan = "is_nan" if "is_nan" in _columns(database, "metrics") else "0"
    points: dict[str, dict[str, list[tuple[float, float, float]]]] = {}
    query = f"select run_uuid, key, value, step, timestamp, {nan} from metrics order by rowid"
    for run, key, value, step, stamp, is_nan in _bounded(source, database, query):
        number = math.nan if is_nan or value is None else float(value)
        points.setdefault(run, {}).setdefault(key, []).append((number, float(step or 0), float(stamp or 0) / 1000.0))
    return _drafts(source, points, {run: str(names.get(run) or run) for run in points}, params)


def _trackio(source: Source, database: sqlite3.Connection) -> Sequence[Reading]:
    configs: dict[str, dict[str, Any]] = {}
    if {"run_name", "config"}.issubset(_columns(database, "configs")):
        for run, text in database.execute("select run_name, config from configs"):
            configs[run] = flat(_json(text))
    points: dict[str, dict[str, list[tuple[float, float, float]]]] = {}
    for run, step, text in _bounded(source, database, "select run_name, step, metrics from metrics order by rowid"):
        for key, value in flat(_json(text), finite=False).items():
            number = _number(value)
            if number is not None:
                points.setdefault(run, {}).setdefault(key, []).append((number, float(step or 0), 0.0))
    return _drafts(source, points, {run: str(run) for run in points}, configs)


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):  # Trackio spells what JSON has no number for
        return {"nan": math.nan, "infinity": math.inf, "inf": math.inf, "-infinity": -math.inf}.get(value.lower())
    return float(value)


def _drafts(
    source: Source,
    points: dict[str, dict[str, list[tuple[float, float, float]]]],
    names: dict[str, str],
    configs: dict[str, dict[str, Any]],
) -> list[Draft]:
    if not points:
        raise NotALog("database_without_metrics", file=source.name, remedy="upload_log")
    if len(points) > MAX_RUNS:
        raise TooLarge("too_many_runs", file=source.name, remedy="fewer_runs", limit=MAX_RUNS)
    return [
        Draft(
            run=f"{source.name}#{run}",
            name=names[run],
            series=tuple(_series(key, rows) for key, rows in by_key.items()),
            config=configs.get(run, {}),
            source=source.described("sqlite_log"),
            group=source.stem,
        )
        for run, by_key in points.items()
    ]


def _series(name: str, rows: list[tuple[float, float, float]]) -> Series:
    value, step, wall = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    stamps: FloatArray | None = wall if wall.any() else None
    return Series(name=name, value=value, step=step, wall_time=stamps)
