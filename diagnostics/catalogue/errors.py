"""The errors of a prediction set: which rows are wrong, how wrong, and into which strata they fall.

May use queries and slices; knows types only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from diagnostics.catalogue.cost import Cost, cost_of
from diagnostics.queries import Engine, default_engine, row_keys
from diagnostics.queries.engine import quote
from diagnostics.queries.identity import positions
from diagnostics.queries.rows import ROW
from diagnostics.slices import Outcome, Table, outcome_of
from diagnostics.slices.table import is_number, numbers
from diagnostics.types import FloatArray, IntArray, Note, Predictions, Task

TAIL = 0.1
"""Share of rows that count as errors where no answer is right or wrong: those with the largest loss."""

VALUES = 8
"""Values of a column that get a stratum of their own."""

TRUTH = "truth"
OTHER = "…"


@dataclass(frozen=True, kw_only=True, eq=False)
class Errors:
    """The wrong rows of a set, in the order of the file.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        0-based position in the uploaded file.
    key : tuple of str
        Content-stable key of each row.
    loss : ndarray of float, shape (n,)
        Log loss where there are probabilities, else confidence in the wrong answer, else the task's own loss.
    place : ndarray of int, shape (n,)
        Position among the set's own rows.
    truth : tuple of str
        True class; quarter of the true value for numbers; "" for rankings.
    rows : int
        Rows that could be judged, right ones included.
    tail : float or None
        Loss from which a row counts as an error, None where answers are right or wrong.
    note : Note or None
        What weakens the keys.
    cost : Cost or None
        Mean losses, None where answers are only right or wrong.
    """

    row: IntArray
    key: tuple[str, ...]
    loss: FloatArray
    place: IntArray
    truth: tuple[str, ...]
    rows: int
    tail: float | None
    note: Note | None
    cost: Cost | None = None

    def __len__(self) -> int:
        return len(self.row)


def errors_of(predictions: Predictions, engine: Engine | None = None) -> Errors:
    """Find the errors of a prediction set.

    Wrong answers of a classification; rows with any wrong label; for numbers and rankings, where nothing is simply
    wrong, the tenth with the largest loss (`TAIL`).

    Raises
    ------
    NeedsAnswer
        The roles that the task needs are not known.
    """
    engine = engine or default_engine()
    outcome = outcome_of(predictions)
    if predictions.task in (Task.REGRESSION, Task.RANKING):
        tail = float(np.quantile(outcome.loss, 1 - TAIL)) if len(outcome) else 0.0
        chosen = np.flatnonzero((outcome.loss >= tail) & (outcome.loss > 0))
    else:
        tail, chosen = None, np.flatnonzero(outcome.loss > 0)
    place = np.asarray(outcome.rows)[chosen].astype(np.int64)
    all_rows = positions(predictions, engine=engine)
    keys = row_keys(predictions, rows=all_rows[place], engine=engine)
    of_row = keys.of_row
    row = all_rows[place]
    truth = _truth(predictions, outcome)
    return Errors(
        row=row,
        key=tuple(of_row[r] for r in row.tolist()),
        loss=_loss(outcome)[chosen],
        place=place,
        truth=tuple(truth[i] for i in chosen.tolist()),
        rows=len(outcome),
        tail=tail,
        note=keys.note,
        cost=cost_of(outcome, chosen),
    )


def _loss(outcome: Outcome) -> FloatArray:
    for name in ("log_loss", "confidence"):
        if name in outcome.more:
            return np.nan_to_num(np.asarray(outcome.more[name], dtype=np.float64))
    return outcome.loss


def _truth(predictions: Predictions, outcome: Outcome) -> list[str]:
    found = outcome.more.get(TRUTH)
    if found is None:
        return [""] * len(outcome)
    if predictions.task is Task.REGRESSION:
        return _quarters(np.asarray(found, dtype=np.float64))
    return [predictions.classes[int(code)] for code in found]


def strata(predictions: Predictions, errors: Errors, columns: Sequence[str] = (), most: int = 40) -> tuple[str, ...]:
    """The stratum of each error: its truth, crossed with the values of some columns.

    Numbers are cut at their quartiles, rare values are put together, and so are the smallest strata, until at most
    `most` are left.

    Returns
    -------
    tuple of str, length n
        "cat · night".
    """
    table = Table(predictions)
    parts = [list(errors.truth)] + [grouped(table.column(c), errors.place) for c in columns if c in table]
    named = [" · ".join(piece for piece in pieces if piece) or "all" for pieces in zip(*parts, strict=True)]
    names, counts = np.unique(np.array(named, dtype=object), return_counts=True)
    if len(names) <= most:
        return tuple(named)
    kept = {str(names[i]) for i in np.argsort(-counts, kind="stable")[: most - 1]}
    return tuple(name if name in kept else OTHER for name in named)


def grouped(column: pa.ChunkedArray, place: IntArray) -> list[str]:
    """Short names of a column's values at some places: quarters of numbers, frequent values of everything else."""
    taken = column.take(pa.array(place))
    if is_number(column.type) and len(column.unique()) > VALUES:
        quarters = _quarters(numbers(column))
        return [quarters[i] for i in place.tolist()]
    texts = ["–" if v is None else str(v) for v in taken.to_pylist()]
    names, counts = np.unique(np.array(texts, dtype=object), return_counts=True)
    kept = {str(names[i]) for i in np.argsort(-counts, kind="stable")[:VALUES]}
    return [text if text in kept else OTHER for text in texts]


def _quarters(values: FloatArray) -> list[str]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ["–"] * len(values)
    cuts = np.unique(np.quantile(finite, (0.25, 0.5, 0.75)))
    edges = [float(finite.min()), *cuts.tolist(), float(finite.max())]
    names = [f"{low:.4g}–{high:.4g}" for low, high in pairwise(edges)]
    return ["–" if not np.isfinite(v) else names[min(int(np.searchsorted(cuts, v)), len(names) - 1)] for v in values]


def details(predictions: Predictions, rows: Sequence[int], engine: Engine | None = None) -> dict[int, dict[str, Any]]:
    """All stored columns of some rows, by position in the file."""
    if not len(rows):
        return {}
    engine = engine or default_engine()
    wanted = ", ".join(str(int(r)) for r in rows)
    found = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} WHERE {quote(ROW)} IN ({wanted})")
    return {int(record[ROW]): record for record in found.to_pylist()}


def matching(predictions: Predictions, where: str, engine: Engine | None = None) -> IntArray:
    """Positions in the file of the rows for which an SQL condition of `queries.cell` or `queries.clause` holds."""
    engine = engine or default_engine()
    sql = f"SELECT {quote(ROW)} AS r FROM {engine.table(predictions)} WHERE {where} ORDER BY r"
    return np.asarray(engine.arrow(predictions, sql).column("r").to_numpy(), dtype=np.int64)
