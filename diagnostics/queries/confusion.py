"""Confusion counts: one pass over two columns."""

from __future__ import annotations

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.queries.expressions import predicted, weight
from diagnostics.types import ConfusionCounts, Labels, Predictions, Task

CLASS_TASKS = (Task.BINARY, Task.MULTICLASS)


def confusion(
    predictions: Predictions, *, where: str = "", threshold: float | None = None, engine: Engine | None = None
) -> ConfusionCounts:
    """Count every pair of true and predicted class.

    Parameters
    ----------
    predictions : Predictions
        Binary or multiclass; for multilabel take the sets of `outputs` first.
    where : str, optional
        SQL condition that restricts the rows (from `where.clause`).
    threshold : float, optional
        Cuts the binary score anew.

    Raises
    ------
    NeedsAnswer
        Where the truth or the prediction is not known yet, or the task has no classes.
    """
    answer = predicted(predictions, threshold)
    truth = predictions.roles.truth
    if predictions.task not in CLASS_TASKS or truth is None or answer is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    engine = engine or default_engine()
    sql = (
        f"SELECT {quote(truth)} AS truth, {answer} AS answer, SUM({weight(predictions)}) AS weight, COUNT(*) AS n "
        f"FROM {engine.table(predictions)}{conditions([where] if where else [])} GROUP BY 1, 2"
    )
    labels = Labels(predictions.classes)
    size = len(labels.classes)
    counts, n, missing = np.zeros((size, size)), 0, 0
    for true, answered, total, rows in engine.rows(predictions, sql):
        row, column = labels.code(true), labels.code(answered)
        if row < 0 or column < 0:
            missing += rows
        else:
            counts[row, column] += float(total or 0)
            n += rows
    return ConfusionCounts(classes=labels.classes, counts=counts, n=n, missing=missing)
