"""Rows of a prediction set as columns of arrays, for explainers that work in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.expressions import predicted
from diagnostics.queries.rows import ROW, class_numbers, numbers
from diagnostics.types import FloatArray, IntArray, Labels, Predictions, Task

FIRST = 200
"""Rows that are explained before anything else."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Some rows of a prediction set, evenly spread over the file, and so are the first `FIRST` of them.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        0-based place in the file.
    columns : mapping of name to ndarray, shape (n,)
        Numbers as float (missing is NaN), everything else as texts (missing is None).
    truth, answer : ndarray, shape (n,)
        Class numbers (-1 where missing), or values (NaN where missing) of a regression.
    scores : ndarray of float, shape (n, classes) or (n, 1), or None
        What the file says the model answered: probabilities by class, the score, or the value.
    classes : tuple of str
    positive : int
        Number of the positive class; -1 for none.
    total : int
        Rows of the set.
    """

    row: IntArray
    columns: Mapping[str, NDArray[Any]]
    truth: FloatArray
    answer: FloatArray
    scores: FloatArray | None
    classes: tuple[str, ...]
    positive: int
    total: int

    def __len__(self) -> int:
        return len(self.row)

    @property
    def is_classification(self) -> bool:
        """Whether truth and answer are class numbers."""
        return bool(self.classes)

    def output(self, number: int) -> FloatArray | None:
        """What the file says of one class (binary: of the positive one), or the value of a regression."""
        if self.scores is None:
            return None
        if self.scores.shape[1] == 1:
            return self.scores[:, 0] if number in (self.positive, -1) else 1 - self.scores[:, 0]
        return self.scores[:, number]


def candidates(predictions: Predictions) -> tuple[str, ...]:
    """Columns that may be inputs of the model: all but those with a part in the answer; attributes first."""
    roles = predictions.roles
    taken = {roles.truth, roles.predicted, roles.score, roles.id, roles.split, roles.weight, roles.query, ROW}
    taken |= set(roles.probabilities.values()) | set(roles.label_truth.values()) | set(roles.label_predicted.values())
    listed = [*roles.attributes, *_columns(predictions)]
    return tuple(name for name in dict.fromkeys(listed) if name not in taken)


def _columns(predictions: Predictions) -> list[str]:
    engine = default_engine()
    return list(engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0").schema.names)


def sample(
    predictions: Predictions, names: Sequence[str], *, limit: int = 1000, engine: Engine | None = None
) -> Sample:
    """Read about `limit` rows, every k-th of the file.

    Parameters
    ----------
    predictions : Predictions
    names : sequence of str
        Feature columns.
    limit : int
    """
    engine = engine or default_engine()
    roles, labels = predictions.roles, Labels(predictions.classes)
    answer = predicted(predictions) or "NULL"
    parts = [f"{quote(ROW)} AS r", f"{quote(roles.truth) if roles.truth else 'NULL'} AS t", f"{answer} AS a"]
    scored = _score_columns(predictions)
    parts += [f"CAST({quote(name)} AS DOUBLE) AS s{i}" for i, name in enumerate(scored)]
    parts += [f"{quote(name)} AS x{i}" for i, name in enumerate(names)]
    total = engine.rows(predictions, f"SELECT COUNT(*) FROM {engine.table(predictions)}")[0][0]
    step = max(1, -(-int(total) // limit))
    kept = conditions([f"(place - 1) % {step} = 0"] if step > 1 else [])
    source = f"SELECT *, ROW_NUMBER() OVER (ORDER BY {quote(ROW)}) AS place FROM {engine.table(predictions)}"
    table = engine.arrow(predictions, f"SELECT {', '.join(parts)} FROM ({source}){kept} ORDER BY r")
    table = table.take(_spread(table.num_rows))
    classified = bool(predictions.classes)
    scale = 100.0 if roles.score_kind == "percent" else 1.0
    scores = [numbers(table.column(f"s{i}")) / scale for i in range(len(scored))]
    return Sample(
        row=np.asarray(table.column("r").to_numpy(), dtype=np.int64),
        columns={name: _values(table.column(f"x{i}")) for i, name in enumerate(names)},
        truth=_known(table.column("t"), labels if classified else None),
        answer=_known(table.column("a"), labels if classified else None),
        scores=np.column_stack(scores) if scores else None,
        classes=predictions.classes,
        positive=labels.code(roles.positive) if roles.positive else -1,
        total=int(total),
    )


def _spread(n: int) -> IntArray:
    """Places 0 to n - 1: `FIRST` of them evenly spread, then the others in order."""
    first = np.arange(min(FIRST, n)) * n // min(FIRST, n) if n else np.zeros(0, dtype=np.int64)
    return np.concatenate([first, np.setdiff1d(np.arange(n), first)])


def _score_columns(predictions: Predictions) -> list[str]:
    roles = predictions.roles
    if predictions.task is Task.REGRESSION:
        return [roles.predicted] if roles.predicted else []
    if set(roles.probabilities) == set(predictions.classes) and roles.probabilities:
        return [roles.probabilities[name] for name in predictions.classes]
    usable = predictions.task is Task.BINARY and roles.score_kind in ("probability", "percent", "logit", "decision")
    return [roles.score] if usable and roles.score else []


def _known(column: pa.ChunkedArray, labels: Labels | None) -> FloatArray:
    if labels is not None:
        return np.asarray(class_numbers(column, labels), dtype=np.float64)
    return np.full(len(column), np.nan) if pa.types.is_null(column.type) else numbers(column)


def _values(column: pa.ChunkedArray) -> NDArray[Any]:
    kind = column.type
    if any(
        test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    ):
        if pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        return numbers(column)
    return np.array([None if v is None else str(v) for v in column.to_pylist()], dtype=object)


def inside(narrowed: Predictions, rows: IntArray, *, engine: Engine | None = None) -> NDArray[np.bool_]:
    """Which of some rows, given by their places in the file, belong to a narrowed set."""
    engine = engine or default_engine()
    listed = ", ".join(str(int(row)) for row in rows) or "-1"
    sql = f"SELECT {quote(ROW)} FROM {engine.table(narrowed)} WHERE {quote(ROW)} IN ({listed})"
    found = {int(row[0]) for row in engine.rows(narrowed, sql)}
    return np.array([int(row) in found for row in rows], dtype=bool)
