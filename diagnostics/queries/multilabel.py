"""Several labels of the same rows: counts a label, sums over rows, and errors that come together."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.confusion import confusion
from diagnostics.queries.engine import Engine, default_engine
from diagnostics.queries.expressions import outputs, predicted, weight
from diagnostics.queries.where import cell
from diagnostics.types import MultilabelCounts, Predictions, Task

FLAGS = 300
"""Sums of one statement; more would make it slow to plan."""

_ROW = ("1", "hit", "truth", "answered", "wrong")


def multilabel_counts(predictions: Predictions, *, engine: Engine | None = None) -> MultilabelCounts:
    """Count every label, and the rows across labels.

    Raises
    ------
    NeedsAnswer
        The set is not multilabel, or a label has no truth or no answer.
    """
    if predictions.task is not Task.MULTILABEL:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    engine = engine or default_engine()
    sets = outputs(predictions)
    if any(predicted(one) is None or one.roles.truth is None for one in sets):
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    flags = _flags(sets, predictions, engine)
    first, second, right, n, total = _rows(flags, predictions, engine, len(sets))
    return MultilabelCounts(
        labels=predictions.classes, confusion=tuple(confusion(one, engine=engine) for one in sets), first=first,
        second=second, right=right, together=_together(flags, predictions, engine, len(sets)), n=n, missing=total - n,
    )  # fmt: skip


def _flags(sets: tuple[Predictions, ...], predictions: Predictions, engine: Engine) -> str:
    """SQL of a table with the weight, and truth and answer of each label as 1, 0 or NULL."""
    columns = [f"{weight(predictions)} AS w"]
    for number, one in enumerate(sets):
        true, false = (cell(one, value, None, engine) for value in ("1", "0"))
        yes, no = (cell(one, None, value, engine) for value in ("1", "0"))
        columns.append(f"CASE WHEN {true} THEN 1 WHEN {false} THEN 0 END AS t{number}")
        columns.append(f"CASE WHEN {yes} THEN 1 WHEN {no} THEN 0 END AS a{number}")
    return f"(SELECT {', '.join(columns)} FROM {engine.table(predictions)})"


def _rows(flags: str, predictions: Predictions, engine: Engine, labels: int) -> tuple[
    np.ndarray, np.ndarray, float, int, int
]:  # fmt: skip
    """First and second moments of the rows, weight of rows all right, complete rows, all rows."""

    def each(term: str) -> str:
        return " + ".join(term.format(i=i) for i in range(labels))

    summed = (
        f"SELECT w, {each('t{i} * a{i}')} AS hit, {each('t{i}')} AS truth, {each('a{i}')} AS answered, "
        f"{each('ABS(t{i} - a{i})')} AS wrong FROM {flags}"
    )
    known = "wrong IS NOT NULL"
    pairs = list(combinations_with_replacement(range(len(_ROW)), 2))
    sums = [f"SUM(CASE WHEN {known} THEN w * {name} END)" for name in _ROW]
    sums += [f"SUM(CASE WHEN {known} THEN w * w * {_ROW[i]} * {_ROW[j]} END)" for i, j in pairs]
    sums += ["SUM(CASE WHEN wrong = 0 THEN w END)", f"COUNT(CASE WHEN {known} THEN 1 END)", "COUNT(*)"]
    found = [float(value or 0) for value in engine.rows(predictions, f"SELECT {', '.join(sums)} FROM ({summed})")[0]]
    second = np.zeros((len(_ROW), len(_ROW)))
    for (i, j), product in zip(pairs, found[len(_ROW) :], strict=False):
        second[i, j] = second[j, i] = product
    right, n, total = found[-3:]
    return np.array(found[: len(_ROW)]), second, right, int(n), int(total)


def _together(flags: str, predictions: Predictions, engine: Engine, labels: int) -> np.ndarray:
    """Weight of complete rows that are wrong in two labels, shape (k, k)."""
    wrong = ", ".join(f"ABS(t{i} - a{i}) AS e{i}" for i in range(labels))
    known = " AND ".join(f"t{i} IS NOT NULL AND a{i} IS NOT NULL" for i in range(labels))
    table = f"(SELECT w, {wrong} FROM {flags} WHERE {known})"
    pairs = [(i, i) for i in range(labels)] + list(combinations(range(labels), 2))
    counted = np.zeros((labels, labels))
    for start in range(0, len(pairs), FLAGS):
        some = pairs[start : start + FLAGS]
        sums = ", ".join(f"SUM(w * e{i} * e{j})" for i, j in some)
        for (i, j), total in zip(some, engine.rows(predictions, f"SELECT {sums} FROM {table}")[0], strict=True):
            counted[i, j] = counted[j, i] = float(total or 0)
    return counted
