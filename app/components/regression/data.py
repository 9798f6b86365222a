"""What the regression page reads of a prediction set; each function is computed once for a file's content."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.types as kinds

from diagnostics import queries
from diagnostics.metrics.asymmetry import normal_levels, normal_scores
from diagnostics.queries.residual_parts import (
    ResidualCloud,
    ResidualGroups,
    ResidualSides,
    residual_cloud,
    residual_groups,
    residual_quantiles,
    residual_sides,
)
from diagnostics.queries.residuals import ResidualProfile
from diagnostics.types import FloatArray, Predictions, ResidualMoments

RANGES = 12
EVEN = 400
"""Quantiles a best shift is computed from."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """The distribution of the residuals.

    Attributes
    ----------
    edges, counts : ndarray of float, shape (b + 1,) and (b,)
    normal, found : ndarray of float, shape (m,)
        Normal quantiles and those of the residuals at the same levels.
    even : ndarray of float, shape (EVEN,)
        Residuals at evenly spaced levels.
    """

    edges: FloatArray
    counts: FloatArray
    normal: FloatArray
    found: FloatArray
    even: FloatArray


def moments(predictions: Predictions) -> ResidualMoments:
    """Moments of the residuals."""
    return queries.residual_moments(predictions)


def sides(predictions: Predictions) -> ResidualSides:
    """Sums on either side of zero."""
    return residual_sides(predictions)


def spread(predictions: Predictions) -> Spread:
    """Histogram and quantiles of the residuals."""
    left, counts = queries.residual_histogram(predictions, bins=60)
    edges = np.append(left, left[-1] + (left[1] - left[0])) if len(left) > 1 else np.zeros(0)
    levels = normal_levels(int(counts.sum()))
    # Above the end of the levels a normal sample of this size has no row.
    even = (np.arange(EVEN) + 0.5) / EVEN
    return Spread(
        edges=edges, counts=counts, normal=normal_scores(levels) if len(levels) else levels,
        found=residual_quantiles(predictions, levels.tolist()) if len(levels) else levels,
        even=residual_quantiles(predictions, even.tolist()),
    )  # fmt: skip


def profile(predictions: Predictions, column: str | None) -> ResidualProfile:
    """Residuals by ranges of the prediction or of a numeric column."""
    return queries.residual_profile(predictions, column, ranges=RANGES)


def cloud(predictions: Predictions, column: str | None) -> ResidualCloud:
    """Residuals against the prediction or a numeric column."""
    return residual_cloud(predictions, column)


def groups(predictions: Predictions, column: str) -> ResidualGroups:
    """Residuals by the values of a column."""
    return residual_groups(predictions, column)


def numeric(predictions: Predictions) -> frozenset[str]:
    """Attributes that are quantities: numbers with more than a handful of values."""
    engine = queries.default_engine()
    schema = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0").schema
    names = [
        name for name in predictions.roles.attributes
        if kinds.is_integer(schema.field(name).type) or kinds.is_floating(schema.field(name).type)
        or kinds.is_decimal(schema.field(name).type)
    ]  # fmt: skip
    if not names:
        return frozenset()
    counted = ", ".join(f"COUNT(DISTINCT {queries.engine.quote(name)})" for name in names)
    row = engine.rows(predictions, f"SELECT {counted} FROM {engine.table(predictions)}")[0]
    return frozenset(name for name, distinct in zip(names, row, strict=True) if distinct > FEW)


FEW = 8
"""Up to so many distinct numbers a column is read as groups."""
