"""The search of a table that lies in another engine, or is too large for memory: the same steps, counted by SQL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.parquet as parquet

from diagnostics.queries.coding import sample
from diagnostics.queries.cubes import totals
from diagnostics.queries.engine import DuckDB, Engine, default_engine
from diagnostics.slices.attributes import LeftOut
from diagnostics.slices.columns import automatic
from diagnostics.slices.counting import Event, Progress, Scores
from diagnostics.slices.cuts import SAMPLE
from diagnostics.slices.gauge import ENOUGH, RARE
from diagnostics.slices.measuring import value_of
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.search import LEVEL, Search, default_min_size
from diagnostics.slices.sql_counting import SqlCounter
from diagnostics.slices.sql_encoding import SqlAttribute, SqlColumns
from diagnostics.slices.sql_outcome import TASKS, SqlOutcome, sql_outcome
from diagnostics.slices.table import ROW, Table
from diagnostics.slices.telling import SearchResult, told
from diagnostics.types import Labels, Predictions, Task

LARGE = 10_000_000
"""Rows from which the table is counted where it lies: in memory twenty columns of so many rows need some gigabytes."""

METRICS = ("", "accuracy", "recall", "mae")
"""Metrics that are means of what SQL computes; any other is measured in memory."""


def counts_by_sql(predictions: Predictions, metric: str = "") -> bool:
    """Whether a search leaves the rows where they are: they are many, or `RUN_CLINIC_ENGINE` names another engine."""
    elsewhere = predictions.n_rows >= LARGE or not isinstance(default_engine(), DuckDB)
    return elsewhere and predictions.task in TASKS and metric in METRICS


def default_metric(predictions: Predictions, engine: Engine | None = None) -> str:
    """As `Gauge.default`: recall where the positive class is rare, else the metric of the task's loss."""
    engine = engine or default_engine()
    outcome = sql_outcome(predictions, engine)
    classes = predictions.classes
    if predictions.task is Task.BINARY and predictions.roles.positive in classes:
        positive = Labels(classes).code(predictions.roles.positive)
        flag = f"CASE WHEN {outcome.truth} = {positive} THEN 1 ELSE 0 END"
        n, positives = totals(predictions, [flag], outcome.where, engine)
        if ENOUGH <= positives < RARE * n:
            return "recall"
    return outcome.metric


def search_by_sql(
    predictions: Predictions, *, metric: str = "", columns: list[str] | None = None, depth: int = 2,
    min_size: int | None = None, level: float = LEVEL, progress: Progress | None = None, cancel: Event | None = None,
    engine: Engine | None = None,
) -> SearchResult:  # fmt: skip
    """Find weak slices as `finding.search` does; only cells of counts and a sample of the columns are fetched.

    Losses of right-or-wrong answers are tested exactly as in memory; other losses by normal scores of 256 ranks.

    Parameters
    ----------
    predictions : Predictions
        With classes or quantities.
    metric : str
        "recall" counts the positive rows only.
    engine : Engine, optional
        The default engine where none is given.
    columns, depth, min_size, level, progress, cancel
        As for `finding.search`.

    Raises
    ------
    NeedsAnswer, Cancelled
        As `finding.search`.
    """
    engine = engine or default_engine()
    outcome = sql_outcome(predictions, engine, positives=metric == "recall")
    smallest = default_min_size(outcome.n) if min_size is None else min_size
    coded, left_out = _coded(predictions, outcome, engine, smallest, columns)
    known = [LeftOut(column=c, reason=r) for c, r in predictions.roles.ignored.items()] if columns is None else []
    counter = SqlCounter(predictions, coded, outcome, engine)
    search = Search(min_size=smallest, depth=depth, counter=counter, progress=progress, cancel=cancel)
    found = search.run(level=level) if coded and outcome.n else None
    slices = () if found is None else tuple(item for item, _ in told(found, counter.attributes, counter))
    return SearchResult(
        slices=slices, masks=(), tested=found.tested if found else 0, survived=found.survived if found else 0,
        min_size=smallest, unit="rows", overall=value_of(outcome, counter.whole()),
        attributes=tuple(a.name for a in counter.attributes), left_out=(*known, *left_out), level=level,
        outcome=_empty(outcome), units=outcome.n,
    )  # fmt: skip


def _coded(
    predictions: Predictions, outcome: SqlOutcome, engine: Engine, min_size: int, columns: list[str] | None
) -> tuple[list[SqlAttribute], list[LeftOut]]:
    schema, roles = parquet.read_schema(predictions.path), predictions.roles
    stored = [c for c in schema.names if c != ROW]
    wanted = (*roles.attributes, roles.text, *roles.ignored) if columns is None else stored
    present = [c for c in wanted if c is not None and c in stored]
    part = sample(predictions, present, outcome.where, outcome.n, SAMPLE, engine)
    table = Table(part.sort_by(ROW))
    coder = SqlColumns(
        predictions=predictions, schema=schema, sample=table, outcome=outcome, engine=engine, min_size=min_size
    )
    coded: list[SqlAttribute] = []
    left_out: list[LeftOut] = []
    for name in automatic(table, predictions) if columns is None else columns:
        found = coder.encode(name)
        if isinstance(found, SqlAttribute) and columns is None:
            found = coder.screened(found)
        if isinstance(found, SqlAttribute):
            coded.append(found)
        else:
            left_out.append(found)
    return coded, left_out


def _empty(of: SqlOutcome) -> Outcome:
    """How the loss is shown, without the rows."""
    nothing = np.zeros(0)
    return Outcome(
        loss=nothing, scores=Scores(values=nothing), metric=of.metric, rows=np.zeros(0, np.int64), sign=of.sign,
        offset=of.offset, unit=of.unit,
    )  # fmt: skip


def renamed(found: SearchResult, metric: str) -> SearchResult:
    """The result under the metric's own name: recall is accuracy among positives."""
    slices = tuple(
        replace(one, metric=replace(one.metric, name=metric), rest=replace(one.rest, name=metric))
        for one in found.slices
    )
    return replace(found, slices=slices, overall=replace(found.overall, name=metric))
