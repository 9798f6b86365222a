"""Rows and sums of scores by the codes of several columns: the finest cube, from which every pair is rolled up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from diagnostics.queries.engine import Engine, conditions, default_engine
from diagnostics.types import FloatArray, Predictions


def cube(
    predictions: Predictions, codes: Sequence[str], sizes: Sequence[int], score: str, where: str = "",
    engine: Engine | None = None,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Count rows and sum scores in every cell.

    Parameters
    ----------
    predictions : Predictions
    codes : sequence of str
        SQL of whole numbers from 0; never NULL.
    sizes : sequence of int
        Number of codes of each.
    score : str
        SQL of what is summed; never NULL.
    where : str
        SQL condition of the rows that count.
    engine : Engine, optional

    Returns
    -------
    n, total : ndarray of float, shape `sizes`
    """
    engine = engine or default_engine()
    inner = ", ".join([*(f"{code} AS c{i}" for i, code in enumerate(codes)), f"{score} AS s"])
    key = "c0"
    for place, size in enumerate(sizes[1:], start=1):
        key = f"({key}) * {int(size)} + c{place}"
    held = conditions([where] if where else [])
    table = engine.arrow(
        predictions,
        f"SELECT k, COUNT(*) AS n, SUM(s) AS total FROM (SELECT CAST({key} AS BIGINT) AS k, CAST(s AS DOUBLE) AS s "
        f"FROM (SELECT {inner} FROM {engine.table(predictions)}{held}) AS coded) AS keyed GROUP BY k",
    )
    cells = int(np.prod(sizes))
    place, rows, sums = (table.column(i).to_numpy().astype(np.float64) for i in range(3))
    n, total = np.zeros(cells), np.zeros(cells)
    n[place.astype(np.int64)], total[place.astype(np.int64)] = rows, sums
    return n.reshape(tuple(sizes)), total.reshape(tuple(sizes))


def totals(
    predictions: Predictions, sums: Sequence[str], where: str = "", engine: Engine | None = None
) -> tuple[float, ...]:
    """The number of rows and the sums of some SQL expressions over them (0 over no rows)."""
    engine = engine or default_engine()
    listed = ", ".join(["COUNT(*)", *(f"SUM(CAST({one} AS DOUBLE))" for one in sums)])
    row = engine.rows(
        predictions, f"SELECT {listed} FROM {engine.table(predictions)}{conditions([where] if where else [])}"
    )[0]
    return tuple(float(value or 0.0) for value in row)
