"""Can the file be trusted as it is: missing and foreign labels, repeated rows, scores that never change or are none."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.rows import ROW
from diagnostics.types import Predictions, Task

NEAR_ONE = 0.01
"""Probabilities rounded to two decimals still sum to one within this."""


IDENTIFYING = 0.98
"""Distinct inputs per distinct row from which inputs are taken to tell rows apart."""


@dataclass(frozen=True, kw_only=True)
class LabelFacts:
    """Counts about the truth column of a set.

    Attributes
    ----------
    column : str
    rows, missing : int
    rows_listed : tuple of int
        File positions of rows without a truth, at most 1,000.
    """

    column: str
    rows: int
    missing: int
    rows_listed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ScoreFacts:
    """Ranges and sums of the stored scores.

    Attributes
    ----------
    columns : tuple of str
    rows : int
        With all scores present.
    low, high : float or None
    constant : bool
        One value in all rows and columns.
    off_sum : int
        Rows whose scores do not sum to one (of several columns), else 0.
    sum_low, sum_high : float or None
    flattest, sharpest : float or None
        Smallest and largest top score of a row.
    """

    columns: tuple[str, ...]
    rows: int
    low: float | None
    high: float | None
    constant: bool
    off_sum: int = 0
    sum_low: float | None = None
    sum_high: float | None = None
    flattest: float | None = None
    sharpest: float | None = None


@dataclass(frozen=True, kw_only=True)
class DuplicateFacts:
    """Rows that occur more than once.

    Attributes
    ----------
    rows : int
        All rows of the set.
    repeated : int
        Rows that are a further copy of an earlier one, in every column but a running number.
    identified : bool
        Whether the columns that are no answers tell the different rows apart; where they do not, equal rows are
        to be expected and mean nothing.
    listed : tuple of int
        File positions of further copies, at most 1,000.
    key_repeated : int
        Rows whose key (`roles.id`) an earlier row has.
    """

    rows: int
    repeated: int
    identified: bool
    listed: tuple[int, ...]
    key_repeated: int = 0


def label_facts(predictions: Predictions, *, engine: Engine | None = None) -> LabelFacts:
    """Count rows without a truth; the set must have a truth column."""
    engine = engine or default_engine()
    truth = predictions.roles.truth or next(iter(predictions.roles.label_truth.values()), "")
    table, column = engine.table(predictions), quote(truth)
    # NaN is what some formats write for a missing number.
    absent = f"{column} IS NULL OR CAST({column} AS VARCHAR) IN ('nan', 'NaN', '')"
    rows, missing = engine.rows(
        predictions, f"SELECT COUNT(*), SUM(CASE WHEN {absent} THEN 1 ELSE 0 END) FROM {table}"
    )[0]
    listed: tuple[int, ...] = ()
    if missing:
        sql = f"SELECT {quote(ROW)} FROM {table} WHERE {absent} ORDER BY 1 LIMIT 1000"
        listed = tuple(int(row[0]) for row in engine.rows(predictions, sql))
    return LabelFacts(column=truth, rows=int(rows), missing=int(missing or 0), rows_listed=listed)


def score_facts(predictions: Predictions, *, engine: Engine | None = None) -> ScoreFacts | None:
    """Ranges of the stored scores, None where there are none."""
    engine = engine or default_engine()
    roles = predictions.roles
    columns = tuple(roles.probabilities.values()) or ((roles.score,) if roles.score else ())
    if not columns:
        return None
    names = [f"CAST({quote(c)} AS DOUBLE)" for c in columns]
    together = len(columns) > 1 and not roles.label_truth
    smallest = f"LEAST({', '.join(names)})" if len(names) > 1 else names[0]
    largest = f"GREATEST({', '.join(names)})" if len(names) > 1 else names[0]
    total = " + ".join(names)
    measures = ["COUNT(*)", f"MIN({smallest})", f"MAX({largest})", f"MIN({total})", f"MAX({total})"]
    scale = 100.0 if roles.score_kind == "percent" else 1.0
    measures += [f"SUM(CASE WHEN ABS({total} - {scale}) > {NEAR_ONE * scale} THEN 1 ELSE 0 END)"]
    measures += [f"MIN({largest})", f"MAX({largest})"]
    present = [f"isfinite({name})" for name in names]
    row = engine.rows(
        predictions, f"SELECT {', '.join(measures)} FROM {engine.table(predictions)}{conditions(present)}"
    )[0]
    rows, low, high, sum_low, sum_high, off, flattest, sharpest = row
    constant = rows > 1 and low is not None and (low == high or (together and _constant(predictions, names, engine)))
    return ScoreFacts(
        columns=columns, rows=int(rows), low=low, high=high, constant=bool(constant),
        off_sum=int(off or 0) if together else 0, sum_low=sum_low if together else None,
        sum_high=sum_high if together else None, flattest=flattest, sharpest=sharpest,
    )  # fmt: skip


def _constant(predictions: Predictions, names: list[str], engine: Engine) -> bool:
    """Whether every column holds one value of its own."""
    spreads = " AND ".join(f"MIN({name}) = MAX({name})" for name in names)
    return bool(engine.rows(predictions, f"SELECT {spreads} FROM {engine.table(predictions)}")[0][0])


def duplicate_facts(predictions: Predictions, *, engine: Engine | None = None) -> DuplicateFacts:
    """Count further copies of rows, comparing every column except running numbers."""
    engine = engine or default_engine()
    table = engine.table(predictions)
    schema: pa.Schema = engine.arrow(predictions, f"SELECT * FROM {table} LIMIT 0").schema
    # The key of a row is new in every copy that an export made; the rest of the row is not.
    running = {name for name, reason in predictions.roles.ignored.items() if reason == "row_number"}
    running |= {predictions.roles.id or ""}
    names = [name for name in schema.names if name != ROW and name not in running]
    # Hashes first: they say how many copies there are without holding the rows.
    key = f"hash({', '.join(quote(name) for name in names)})"
    distinct = engine.rows(predictions, f"SELECT COUNT(DISTINCT {key}), COUNT(*) FROM {table}")[0]
    repeated = int(distinct[1] - distinct[0])
    identified = repeated > 0 and _identifies(predictions, names, int(distinct[0]), engine)
    listed: tuple[int, ...] = ()
    if repeated:
        sql = (
            f"SELECT r FROM (SELECT {quote(ROW)} AS r, MIN({quote(ROW)}) OVER (PARTITION BY {key}) AS first "
            f"FROM {table}) WHERE r > first ORDER BY r LIMIT 1000"
        )
        listed = tuple(int(row[0]) for row in engine.rows(predictions, sql))
    again = 0
    if predictions.roles.id:
        name = quote(predictions.roles.id)
        again = int(engine.rows(predictions, f"SELECT COUNT({name}) - COUNT(DISTINCT {name}) FROM {table}")[0][0])
    return DuplicateFacts(
        rows=int(distinct[1]), repeated=repeated, identified=identified, listed=listed, key_repeated=again
    )


def _identifies(predictions: Predictions, names: list[str], different: int, engine: Engine) -> bool:
    """Whether the inputs (and quantities) of a row are nearly as different as whole rows are."""
    roles = predictions.roles
    answers = {roles.score, *roles.probabilities.values(), *roles.label_truth.values(), *roles.label_predicted.values()}
    if predictions.task is not Task.REGRESSION:  # sure answers are all alike, measured quantities are not
        answers |= {roles.truth, roles.predicted}
    inputs = [name for name in names if name not in answers]
    if not inputs:
        return False
    key = f"hash({', '.join(quote(name) for name in inputs)})"
    found = engine.rows(predictions, f"SELECT COUNT(DISTINCT {key}) FROM {engine.table(predictions)}")[0][0]
    return bool(found >= IDENTIFYING * different)
