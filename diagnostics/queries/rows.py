"""Rows themselves: a page of them for a table on the screen, or a few columns as arrays for a measurement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray

from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.expressions import predicted
from diagnostics.types import FloatArray, IntArray, Labels, Predictions

ROW = "__row__"

MAX_ROWS = 1_000_000
"""Rows a measurement on arrays uses; a larger set is thinned to every k-th row, which its n then says."""


PART_CELLS = 1_000_000
"""Rows times classes of one part."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """Class numbers and probabilities of the rows that have both a truth and an answer.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        0-based position in the uploaded file.
    truth, answer : ndarray of int, shape (n,)
        Class numbers.
    probability : ndarray of float32, shape (n, k), or None
        One column a class, as stored.
    score : ndarray of float, shape (n,), or None
        Score of the positive class, or confidence of the answer, as `roles.score_kind` says.
    step : int
        1, or k where every k-th row was taken.
    """

    row: IntArray
    truth: IntArray
    answer: IntArray
    probability: NDArray[np.float32] | None
    score: FloatArray | None
    step: int = 1


def thinning(predictions: Predictions) -> int:
    """1, or k where only every k-th row is measured."""
    return max(1, -(-predictions.n_rows // MAX_ROWS))


def answers(
    predictions: Predictions,
    *,
    classes: Sequence[str] | None = None,
    rows: tuple[int, int] | None = None,
    engine: Engine | None = None,
) -> Answers:
    """Truth, answer and scores of a classification set as arrays.

    The set must have a truth; rows without a truth are left out, rows without an answer only where the file has
    answers.

    Parameters
    ----------
    classes : sequence of str, optional
        Classes whose probabilities are wanted; all by default, none for an empty one. The others are NaN.
    rows : tuple of int, optional
        First file position, and the one after the last.
    """
    engine = engine or default_engine()
    roles = predictions.roles
    answer = predicted(predictions) or "NULL"
    columns = [f"{quote(ROW)} AS r", f"{quote(roles.truth or '')} AS t", f"{answer} AS a"]
    wanted = {k: c for k, c in roles.probabilities.items() if classes is None or k in classes}
    score_columns = list(wanted.values())
    columns += [f"CAST({quote(c)} AS FLOAT) AS p{i}" for i, c in enumerate(score_columns)]
    if roles.score:
        columns.append(f"CAST({quote(roles.score)} AS DOUBLE) AS s")
    step = thinning(predictions)
    kept = [f"{quote(roles.truth or '')} IS NOT NULL"]
    kept += [f"{quote(ROW)} % {step} = 0"] if step > 1 else []
    kept += [f"{quote(ROW)} >= {rows[0]} AND {quote(ROW)} < {rows[1]}"] if rows else []
    where = conditions(kept)
    table = engine.arrow(predictions, f"SELECT {', '.join(columns)} FROM {engine.table(predictions)}{where} ORDER BY r")
    labels = Labels(predictions.classes)
    truth = class_numbers(table.column("t"), labels)
    given = class_numbers(table.column("a"), labels)
    keep = (truth >= 0) & ((given >= 0) | (answer == "NULL"))
    order = [labels.code(name) for name in wanted]
    probability = None
    if score_columns and min(order) >= 0:
        probability = np.full((int(keep.sum()), len(labels.classes)), np.nan, dtype=np.float32)
        for i, number in enumerate(order):
            probability[:, number] = numbers(table.column(f"p{i}"))[keep]
    score = numbers(table.column("s"))[keep] if roles.score else None
    position = np.asarray(table.column("r").to_numpy(), dtype=np.int64)
    return Answers(
        row=position[keep], truth=truth[keep], answer=given[keep], probability=probability, score=score, step=step
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantities:
    """Truth and prediction of the rows of a regression set that have both, shape (n,) each.

    Attributes
    ----------
    row : ndarray of int
    truth, predicted : ndarray of float
    attributes : dict of column to ndarray of float
        The numeric attributes; missing values are NaN.
    step : int
        1, or k where every k-th row was taken.
    """

    row: IntArray
    truth: FloatArray
    predicted: FloatArray
    attributes: dict[str, FloatArray]
    step: int = 1


def quantities(predictions: Predictions, *, engine: Engine | None = None) -> Quantities:
    """Truth, prediction and numeric attributes of a regression set as arrays."""
    engine = engine or default_engine()
    truth, answer = quote(predictions.roles.truth or ""), quote(predictions.roles.predicted or "")
    kinds = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0").schema
    numeric = [a for a in predictions.roles.attributes if _is_numeric(kinds.field(a).type)]
    columns = [f"{quote(ROW)} AS r", f"CAST({truth} AS DOUBLE) AS t", f"CAST({answer} AS DOUBLE) AS a"]
    columns += [f"CAST({quote(name)} AS DOUBLE) AS x{i}" for i, name in enumerate(numeric)]
    step = thinning(predictions)
    parts = [f"isfinite({truth})", f"isfinite({answer})", *([f"{quote(ROW)} % {step} = 0"] if step > 1 else [])]
    sql = f"SELECT {', '.join(columns)} FROM {engine.table(predictions)}{conditions(parts)} ORDER BY r"
    table = engine.arrow(predictions, sql)
    return Quantities(
        row=np.asarray(table.column("r").to_numpy(), dtype=np.int64),
        truth=numbers(table.column("t")),
        predicted=numbers(table.column("a")),
        attributes={name: numbers(table.column(f"x{i}")) for i, name in enumerate(numeric)},
        step=step,
    )


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def answers_in_parts(
    predictions: Predictions, *, cells: int = PART_CELLS, engine: Engine | None = None
) -> Iterator[Answers]:
    """The same rows part by part, with all probabilities, so that a matrix of them is never held whole."""
    width = max(1, len(predictions.roles.probabilities))
    size = max(10_000, cells // width) * thinning(predictions)
    engine = engine or default_engine()
    last = engine.rows(predictions, f"SELECT MAX({quote(ROW)}) FROM {engine.table(predictions)}")[0][0]
    for start in range(0, int(last or 0) + 1, size):
        yield answers(predictions, rows=(start, start + size), engine=engine)


def class_numbers(column: pa.ChunkedArray, labels: Labels) -> IntArray:
    """Class numbers of a raw column, -1 where missing or unknown; only distinct values pass through Python."""
    coded = column.dictionary_encode().combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0) if coded.num_chunks else pa.array([], pa.dictionary(pa.int32(), column.type))
    if not isinstance(coded, pa.DictionaryArray):  # a column of nulls only has no dictionary
        return np.full(len(column), -1, dtype=np.int64)
    known = np.append(labels.codes(coded.dictionary.to_pylist()), -1)
    indices = np.asarray(compute.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    result: IntArray = known[indices]
    return result


def numbers(column: pa.ChunkedArray) -> FloatArray:
    """A numeric column as floats; missing values are NaN."""
    if pa.types.is_boolean(column.type):
        column = compute.cast(column, pa.int8())
    return np.asarray(column.to_numpy(), dtype=np.float64)


def page(
    predictions: Predictions, *, where: str = "", order_by: str | None = None, descending: bool = False,
    offset: int = 0, limit: int = 50, engine: Engine | None = None,
) -> pa.Table:  # fmt: skip
    """Some rows with all their columns, for a list on the screen.

    Parameters
    ----------
    where : str, optional
        SQL condition from `where.clause` or `where.cell`.
    order_by : str, optional
        A column of the table; by position in the file otherwise.
    """
    engine = engine or default_engine()
    order = f"{quote(order_by)} {'DESC' if descending else 'ASC'} NULLS LAST, " if order_by else ""
    sql = (
        f"SELECT * FROM {engine.table(predictions)}{conditions([where] if where else [])} "
        f"ORDER BY {order}{quote(ROW)} LIMIT {int(limit)} OFFSET {int(offset)}"
    )
    return engine.arrow(predictions, sql)


def count(predictions: Predictions, *, where: str = "", engine: Engine | None = None) -> int:
    """How many rows a condition holds for."""
    engine = engine or default_engine()
    sql = f"SELECT COUNT(*) FROM {engine.table(predictions)}{conditions([where] if where else [])}"
    return int(engine.rows(predictions, sql)[0][0])
