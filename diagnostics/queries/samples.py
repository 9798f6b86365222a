"""Evenly spread samples of rows, for fits and pictures that need values and not counts."""

from __future__ import annotations

import numpy as np

from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.rows import ROW, class_numbers, numbers
from diagnostics.types import FloatArray, IntArray, Labels, Predictions

FIT_ROWS = 20_000
"""Rows a fit of one or two parameters uses; its standard error there is far below what anybody would act on."""


def spread(predictions: Predictions, limit: int) -> str:
    """SQL condition that keeps about `limit` rows, every k-th of the file; TRUE where all fit."""
    step = max(1, -(-predictions.n_rows // limit))
    return f"{quote(ROW)} % {step} = 0" if step > 1 else "TRUE"


def probability_sample(
    predictions: Predictions, *, limit: int = FIT_ROWS, engine: Engine | None = None
) -> tuple[FloatArray, IntArray] | None:
    """Probabilities of all classes, shape (n, k), and true class numbers, shape (n,).

    Returns
    -------
    tuple or None
        None where the set has no truth or not a probability for every class.
    """
    roles, labels = predictions.roles, Labels(predictions.classes)
    if roles.truth is None or set(roles.probabilities) != set(labels.classes):
        return None
    engine = engine or default_engine()
    columns = [f"CAST({quote(roles.probabilities[name])} AS DOUBLE) AS p{i}" for i, name in enumerate(labels.classes)]
    where = conditions([f"{quote(roles.truth)} IS NOT NULL", spread(predictions, limit)])
    sql = f"SELECT {quote(roles.truth)} AS t, {', '.join(columns)} FROM {engine.table(predictions)}{where}"
    table = engine.arrow(predictions, sql)
    scale = 100.0 if roles.score_kind == "percent" else 1.0
    probability = np.stack([numbers(table.column(f"p{i}")) for i in range(len(labels.classes))], axis=1) / scale
    return probability, class_numbers(table.column("t"), labels)
