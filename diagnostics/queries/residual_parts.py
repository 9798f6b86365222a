"""More of residuals (truth minus prediction): both sides' squares, quantiles, groups of a column, a picture of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.expressions import weight
from diagnostics.queries.residuals import _columns, nan_for
from diagnostics.queries.samples import spread
from diagnostics.types import FloatArray, Predictions

CELLS = (60, 48)
"""Columns and rows of the picture of many rows."""

DOTS = 3000
"""Up to so many rows are drawn as dots."""


def _source(predictions: Predictions, where: str, engine: Engine, *more: str, limit: int = 0) -> str:
    """Rows with a truth and a prediction as y, q, e = y - q and w."""
    truth, answer = _columns(predictions)
    kept = [f"isfinite({truth})", f"isfinite({answer})", *([where] if where else [])]
    if limit:
        kept.append(spread(predictions, limit))
    extra = "".join(f", {one}" for one in more)
    return (
        f"SELECT CAST({truth} AS DOUBLE) AS y, CAST({answer} AS DOUBLE) AS q, "
        f"CAST({truth} AS DOUBLE) - CAST({answer} AS DOUBLE) AS e, CAST({weight(predictions)} AS DOUBLE) AS w{extra} "
        f"FROM {engine.table(predictions)}{conditions(kept)}"
    )


@dataclass(frozen=True, kw_only=True)
class ResidualSides:
    """Sums from which the asymmetric squared loss of any alpha follows, and the relative error.

    Attributes
    ----------
    n : int
    weight : float
    under, over : float
        Sums of w e² where the model answered too low (e > 0), and too high or right.
    under_rows, over_rows : int
        Rows with e > 0 and with e < 0.
    under_squares, over_squares : float
        Sums of w² e⁴ of the same rows: for intervals.
    under_cross, over_cross : float
        Sums of w² e².
    weight_squares : float
        Sum of w².
    zero_truth : int
        Rows whose truth is 0: the relative error is undefined there.
    relative, relative_squares : float
        Sums of w |e / y| and of w² (e / y)² over rows whose truth is not 0.
    """

    n: int
    weight: float
    under: float
    over: float
    under_rows: int
    over_rows: int
    under_squares: float
    over_squares: float
    under_cross: float
    over_cross: float
    weight_squares: float
    zero_truth: int
    relative: float
    relative_squares: float


def residual_sides(predictions: Predictions, *, where: str = "", engine: Engine | None = None) -> ResidualSides:
    """Sums of either side of zero in one pass.

    Raises
    ------
    NeedsAnswer
        The truth or the prediction is not known.
    """
    engine = engine or default_engine()
    measures = [
        "COUNT(*)", "SUM(w)", *(f"SUM(CASE WHEN e {side} 0 THEN w * e * e ELSE 0 END)" for side in (">", "<=")),
        *(f"COUNT(CASE WHEN e {side} 0 THEN 1 END)" for side in (">", "<")),
        *(f"SUM(CASE WHEN e {side} 0 THEN w * w * e * e * e * e ELSE 0 END)" for side in (">", "<=")),
        *(f"SUM(CASE WHEN e {side} 0 THEN w * w * e * e ELSE 0 END)" for side in (">", "<=")),
        "SUM(w * w)", "COUNT(CASE WHEN y = 0 THEN 1 END)",
        "SUM(CASE WHEN y <> 0 THEN w * ABS(e / y) END)", "SUM(CASE WHEN y <> 0 THEN w * w * (e / y) * (e / y) END)",
    ]  # fmt: skip
    source = _source(predictions, where, engine)
    row = [float(v or 0) for v in engine.rows(predictions, f"SELECT {', '.join(measures)} FROM ({source})")[0]]
    return ResidualSides(
        n=int(row[0]), weight=row[1], under=row[2], over=row[3], under_rows=int(row[4]), over_rows=int(row[5]),
        under_squares=row[6], over_squares=row[7], under_cross=row[8], over_cross=row[9], weight_squares=row[10],
        zero_truth=int(row[11]), relative=row[12], relative_squares=row[13],
    )  # fmt: skip


def residual_quantiles(
    predictions: Predictions, levels: Sequence[float], *, where: str = "", engine: Engine | None = None
) -> FloatArray:
    """Residuals at some levels in (0, 1), shape (m,), interpolated; empty without rows."""
    engine = engine or default_engine()
    listed = "[" + ", ".join(repr(float(level)) for level in levels) + "]"
    sql = f"SELECT QUANTILE_CONT(e, {listed}) FROM ({_source(predictions, where, engine)})"
    found = engine.rows(predictions, sql)[0][0]
    return np.zeros(0) if found is None else np.array(found, dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class ResidualGroups:
    """Residuals by the values of a column, largest groups first; arrays of shape (g,)."""

    names: tuple[str, ...]
    count: FloatArray
    mean: FloatArray
    deviation: FloatArray
    mean_absolute: FloatArray


def residual_groups(
    predictions: Predictions, column: str, *, limit: int = 30, where: str = "", engine: Engine | None = None
) -> ResidualGroups:
    """Residuals by the values of a column of any type; missing values are a group of their own ("")."""
    engine = engine or default_engine()
    source = _source(predictions, where, engine, f"{quote(column)} AS g")
    sql = (
        f"SELECT CAST(g AS VARCHAR), COUNT(*), AVG(e), STDDEV_SAMP(e), AVG(ABS(e)) FROM ({source}) GROUP BY 1 "
        f"ORDER BY 2 DESC, 1 LIMIT {int(limit)}"
    )
    rows = engine.rows(predictions, sql)
    columns = [np.array([nan_for(row[i]) for row in rows], dtype=np.float64) for i in range(1, 5)]
    return ResidualGroups(
        names=tuple("" if row[0] is None else str(row[0]) for row in rows), count=columns[0], mean=columns[1],
        deviation=columns[2], mean_absolute=columns[3],
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ResidualCloud:
    """Residuals against a quantity: the rows themselves where they are few, else counts on a grid.

    Attributes
    ----------
    x, y : ndarray of float
        With `count`: middles of the columns, shape (a,), and of the rows, shape (b,), of the grid; else one value a
        row, shape (n,).
    row : ndarray of int, shape (n,)
        Places in the file; empty with a grid.
    count : ndarray of float, shape (b, a), or None
    """

    x: FloatArray
    y: FloatArray
    row: FloatArray
    count: FloatArray | None


def residual_cloud(
    predictions: Predictions, column: str | None = None, *, where: str = "", engine: Engine | None = None
) -> ResidualCloud:
    """Residuals against the prediction, or against another numeric column."""
    engine = engine or default_engine()
    along = "q" if column is None else "x"
    more = ['"__row__" AS r', *([] if column is None else [f"CAST({quote(column)} AS DOUBLE) AS x"])]
    source = f"SELECT * FROM ({_source(predictions, where, engine, *more)}) WHERE isfinite({along})"
    n, *ends = engine.rows(predictions, f"SELECT COUNT(*), MIN({along}), MAX({along}), MIN(e), MAX(e) FROM ({source})")[
        0
    ]
    if n <= DOTS:
        rows = engine.rows(predictions, f"SELECT {along}, e, r FROM ({source}) ORDER BY r")
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return ResidualCloud(x=table[:, 0], y=table[:, 1], row=table[:, 2], count=None)
    low, high, bottom, top = (float(end) for end in ends)
    across, up = ((high - low) / CELLS[0] or 1.0), ((top - bottom) / CELLS[1] or 1.0)
    place = f"CAST(LEAST(FLOOR(({along} - ({literal(low)})) / {literal(across)}), {CELLS[0] - 1}) AS INTEGER)"
    level = f"CAST(LEAST(FLOOR((e - ({literal(bottom)})) / {literal(up)}), {CELLS[1] - 1}) AS INTEGER)"
    count = np.zeros((CELLS[1], CELLS[0]))
    for i, j, rows_there in engine.rows(
        predictions, f"SELECT {place}, {level}, COUNT(*) FROM ({source}) GROUP BY 1, 2"
    ):
        count[max(0, int(j)), max(0, int(i))] += rows_there
    x, y = low + across * (np.arange(CELLS[0]) + 0.5), bottom + up * (np.arange(CELLS[1]) + 0.5)
    return ResidualCloud(x=x.astype(np.float64), y=y.astype(np.float64), row=np.zeros(0), count=count)
