"""Moments, quantiles and profiles of residuals (truth minus prediction), aggregated by the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.expressions import weight
from diagnostics.types import FloatArray, Predictions, ResidualMoments, Task


def _columns(predictions: Predictions) -> tuple[str, str]:
    roles = predictions.roles
    if predictions.task is not Task.REGRESSION or roles.truth is None or roles.predicted is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    return quote(roles.truth), quote(roles.predicted)


def residual_moments(predictions: Predictions, *, where: str = "", engine: Engine | None = None) -> ResidualMoments:
    """Moments of the residuals in two passes over two columns.

    Raises
    ------
    NeedsAnswer
        The truth or the prediction is not known.
    """
    engine = engine or default_engine()
    truth, answer = _columns(predictions)
    both = conditions([f"isfinite({truth})", f"isfinite({answer})", *([where] if where else [])])
    table, mass = engine.table(predictions), weight(predictions)
    rows = (
        f"SELECT CAST({truth} AS DOUBLE) AS y, CAST({truth} AS DOUBLE) - CAST({answer} AS DOUBLE) AS e, "
        f"CAST({mass} AS DOUBLE) AS w FROM {table}{both}"
    )
    means = "SUM(w * e) / SUM(w) AS mean, SUM(w * y) / SUM(w) AS centre"
    first = f"SELECT COUNT(*) AS n, SUM(w) AS total, {means} FROM ({rows})"
    n, total, mean, centre = engine.rows(predictions, first)[0]
    count = f"SELECT COUNT(*) FROM {table}{conditions([where] if where else [])}"
    missing = int(engine.rows(predictions, count)[0][0]) - int(n)
    nan = math.nan
    if not n or not total:
        return ResidualMoments(
            n=0, weight=0.0, mean=nan, variance=nan, skewness=nan, kurtosis=nan, mean_absolute=nan, mean_square=nan,
            truth_mean=nan, truth_variance=nan, median=nan, median_absolute=nan, missing=missing,
        )  # fmt: skip
    m, c = float(mean), float(centre)
    d = f"(e - ({m!r}))"
    second = (
        f"SELECT SUM(w * {d} * {d}) / SUM(w) AS v, SUM(w * {d} * {d} * {d}) / SUM(w) AS s, "
        f"SUM(w * {d} * {d} * {d} * {d}) / SUM(w) AS k, SUM(w * ABS(e)) / SUM(w) AS a, SUM(w * e * e) / SUM(w) AS q, "
        f"SUM(w * (y - ({c!r})) * (y - ({c!r}))) / SUM(w) AS t, MEDIAN(e) AS h, MEDIAN(ABS(e)) AS b FROM ({rows})"
    )
    v, s, k, a, q, t, h, b = (float(value) for value in engine.rows(predictions, second)[0])
    return ResidualMoments(
        n=int(n), weight=float(total), mean=m, variance=v, skewness=s / v**1.5 if v > 0 else nan,
        kurtosis=k / v**2 if v > 0 else nan, mean_absolute=a, mean_square=q, truth_mean=c, truth_variance=t, median=h,
        median_absolute=b, missing=missing,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class ResidualProfile:
    """Residuals by ranges of a column; arrays of shape (b,).

    Attributes
    ----------
    low, high : ndarray of float
        Smallest and largest value of the column in the range.
    count : ndarray of int
    mean, deviation, mean_absolute : ndarray of float
        Of the residuals in the range.
    """

    low: FloatArray
    high: FloatArray
    count: FloatArray
    mean: FloatArray
    deviation: FloatArray
    mean_absolute: FloatArray


def residual_profile(
    predictions: Predictions,
    column: str | None = None,
    *,
    ranges: int = 20,
    where: str = "",
    engine: Engine | None = None,
) -> ResidualProfile:
    """Residuals by ranges with about as many rows each, of the prediction or of another numeric column."""
    engine = engine or default_engine()
    truth, answer = _columns(predictions)
    along = answer if column is None else quote(column)
    kept = [f"isfinite({truth})", f"isfinite({answer})", f"isfinite({along})", *([where] if where else [])]
    sql = (
        f"SELECT part, MIN(x), MAX(x), COUNT(*), AVG(e), STDDEV_SAMP(e), AVG(ABS(e)) FROM ("
        f"SELECT {along} AS x, {truth} - {answer} AS e, NTILE({int(ranges)}) OVER (ORDER BY {along}) AS part "
        f"FROM {engine.table(predictions)}{conditions(kept)}) GROUP BY part ORDER BY part"
    )
    found = engine.rows(predictions, sql)
    columns = [np.array([nan_for(row[i]) for row in found], dtype=np.float64) for i in range(1, 7)]
    low, high, count, mean, deviation, absolute = columns
    return ResidualProfile(low=low, high=high, count=count, mean=mean, deviation=deviation, mean_absolute=absolute)


def nan_for(value: float | None) -> float:
    """A number, NaN where the engine has NULL."""
    return math.nan if value is None else float(value)


def residual_histogram(
    predictions: Predictions, *, bins: int = 120, where: str = "", engine: Engine | None = None
) -> tuple[FloatArray, FloatArray]:
    """Left edges and counts of the residuals, shape (b,) each, equal widths over their whole range."""
    engine = engine or default_engine()
    truth, answer = _columns(predictions)
    kept = conditions([f"isfinite({truth})", f"isfinite({answer})", *([where] if where else [])])
    rows = f"SELECT CAST({truth} - {answer} AS DOUBLE) AS e FROM {engine.table(predictions)}{kept}"
    low, high = engine.rows(predictions, f"SELECT MIN(e), MAX(e) FROM ({rows})")[0]
    if low is None:
        return np.zeros(0), np.zeros(0)
    width = (float(high) - float(low)) / bins or 1.0
    bin = f"CAST(LEAST(FLOOR((e - ({float(low)!r})) / {width!r}), {bins - 1}) AS INTEGER)"
    sql = f"SELECT {bin}, COUNT(*) FROM ({rows}) GROUP BY 1"
    counts = np.zeros(bins)
    for place, count in engine.rows(predictions, sql):
        counts[max(0, int(place))] += count
    return float(low) + width * np.arange(bins, dtype=np.float64), counts
