"""The outcome of a stored prediction set: which loss fits its task, and what else is known of each row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from diagnostics.exceptions import NeedsAnswer
from diagnostics.metrics.ranking import group_ndcg
from diagnostics.queries.expressions import natural_threshold
from diagnostics.slices.outcome import Outcome, errors, losses
from diagnostics.slices.table import Table, numbers
from diagnostics.types import FloatArray, IntArray, Labels, Predictions, Task

FLOOR = 1e-15
"""Probabilities are held off 0 by this much before their logarithm is taken, as scikit-learn does."""


def outcome_of(predictions: Predictions, table: Table | None = None) -> Outcome:
    """What each row of a prediction set costs.

    Right-or-wrong for classes, the share of wrong labels for several labels, the absolute error for numbers, and
    1 - NDCG of each query for rankings.

    Parameters
    ----------
    predictions : Predictions
    table : Table, optional
        Where it is open already.

    Raises
    ------
    NeedsAnswer
        The roles that the task needs are not known.
    """
    table = table or Table(predictions)
    if predictions.task in (Task.BINARY, Task.MULTICLASS):
        return _classes(predictions, table)
    if predictions.task is Task.MULTILABEL:
        return _labels(predictions, table)
    if predictions.task is Task.RANKING:
        return _queries(predictions, table)
    return _numbers(predictions, table)


def class_codes(column: pa.ChunkedArray, labels: Labels) -> IntArray:
    """Class number of each row, -1 where it is missing or unknown."""
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    codes = np.append(labels.codes(encoded.dictionary.to_pylist()), -1)
    indices = pc.fill_null(encoded.indices, len(codes) - 1).to_numpy(zero_copy_only=False)
    result: IntArray = codes[indices]
    return result


def _weight(predictions: Predictions, table: Table) -> FloatArray | None:
    name = predictions.roles.weight
    return None if name is None else np.nan_to_num(numbers(table.column(name)), nan=0.0)


def _known(weight: FloatArray | None, known: np.ndarray) -> FloatArray | None:
    return None if weight is None else weight[known]


def _classes(predictions: Predictions, table: Table) -> Outcome:
    roles = predictions.roles
    labels = Labels(predictions.classes)
    if roles.truth is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    truth = class_codes(table.column(roles.truth), labels)
    probability = probabilities_of(predictions, table)
    if roles.predicted is not None:
        answer = class_codes(table.column(roles.predicted), labels)
    elif probability is not None and probability.shape[1] == len(labels.classes):
        answer = np.where(np.isnan(probability).any(axis=1), -1, np.nan_to_num(probability).argmax(axis=1))
    else:
        answer = _cut(predictions, table, labels)
    known = (truth >= 0) & (answer >= 0)
    rows = np.flatnonzero(known)
    found = errors(truth[rows] != answer[rows], rows=rows, weight=_known(_weight(predictions, table), known))
    more: dict[str, np.ndarray] = {"truth": truth[rows].astype(np.int16), "answer": answer[rows].astype(np.int16)}
    confidence = _confidence(predictions, table, probability, answer)
    if confidence is not None:
        more["confidence"] = confidence[rows]
    if probability is not None and probability.shape[1] == len(labels.classes):
        own = probability[rows, truth[rows]]
        more["log_loss"] = -np.log(np.clip(own, FLOOR, 1.0))
    return replace(found, more=more)


def probabilities_of(predictions: Predictions, table: Table) -> FloatArray | None:
    """Shape (n, k) in class order; from the positive score where a binary file has only that."""
    roles = predictions.roles
    scale = 0.01 if roles.score_kind == "percent" else 1.0
    named = roles.probabilities
    if named and roles.score_kind in ("probability", "percent", "") and all(c in named for c in predictions.classes):
        return scale * np.column_stack([numbers(table.column(named[c])) for c in predictions.classes])
    if (
        predictions.task is Task.BINARY
        and roles.score
        and roles.positive
        and roles.score_kind in ("probability", "percent")
    ):
        if roles.positive not in predictions.classes or len(predictions.classes) != 2:
            return None
        positive = scale * numbers(table.column(roles.score))
        both = np.column_stack([1 - positive, positive])
        return both if predictions.classes.index(roles.positive) == 1 else both[:, ::-1]
    return None


def _cut(predictions: Predictions, table: Table, labels: Labels) -> IntArray:
    roles, cut = predictions.roles, natural_threshold(predictions)
    if predictions.task is not Task.BINARY or roles.score is None or roles.positive is None or cut is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    score = numbers(table.column(roles.score))
    positive = labels.code(roles.positive)
    answer = np.where(score >= cut, positive, 1 - positive)
    answer[np.isnan(score)] = -1
    return answer.astype(np.int64)


def _confidence(
    predictions: Predictions, table: Table, probability: FloatArray | None, answer: IntArray
) -> FloatArray | None:
    """Probability of the class that was answered, NaN where unknown; None where the file has none."""
    if probability is not None and probability.shape[1] == len(predictions.classes):
        value: FloatArray = probability[np.arange(len(answer)), np.maximum(answer, 0)]
        return value
    roles = predictions.roles
    if roles.score is not None and roles.score_kind == "confidence":
        return numbers(table.column(roles.score))
    return None


def _labels(predictions: Predictions, table: Table) -> Outcome:
    roles = predictions.roles
    wrong, known = [], None
    for label in predictions.classes:
        truth = numbers(table.column(roles.label_truth[label]))
        if label in roles.label_predicted:
            answer = numbers(table.column(roles.label_predicted[label]))
        elif label in roles.probabilities:
            score = numbers(table.column(roles.probabilities[label]))
            cut = natural_threshold(predictions)
            answer = np.where(np.isnan(score), np.nan, score >= (0.5 if cut is None else cut))
        else:
            raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
        wrong.append((truth > 0.5) != (answer > 0.5))
        here = ~np.isnan(truth) & ~np.isnan(answer)
        known = here if known is None else known & here
    if known is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    rows = np.flatnonzero(known)
    return losses(
        np.mean(wrong, axis=0)[rows], "label_accuracy", sign=-1.0, offset=1.0, unit="fraction", rows=rows,
        weight=_known(_weight(predictions, table), known),
    )  # fmt: skip


def _numbers(predictions: Predictions, table: Table) -> Outcome:
    roles = predictions.roles
    if roles.truth is None or roles.predicted is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    truth, answer = numbers(table.column(roles.truth)), numbers(table.column(roles.predicted))
    known = np.isfinite(truth) & np.isfinite(answer)
    rows = np.flatnonzero(known)
    residual = truth[rows] - answer[rows]
    found = losses(np.abs(residual), "mae", rows=rows, weight=_known(_weight(predictions, table), known))
    return replace(found, more={"residual": residual, "predicted": answer[rows], "truth": truth[rows]})


def _queries(predictions: Predictions, table: Table) -> Outcome:
    """Each query is one unit: its rows stand or fall together."""
    roles = predictions.roles
    if roles.truth is None or roles.score is None or roles.query is None:
        raise NeedsAnswer("needs_query_truth_and_score", task=str(predictions.task))
    relevance, score = numbers(table.column(roles.truth)), numbers(table.column(roles.score))
    query = pc.dictionary_encode(table.column(roles.query)).combine_chunks()
    if isinstance(query, pa.ChunkedArray):
        query = query.chunk(0)
    codes = pc.fill_null(query.indices, -1).to_numpy(zero_copy_only=False)
    usable = (codes >= 0) & np.isfinite(relevance) & np.isfinite(score)
    places = np.flatnonzero(usable)
    places = places[np.argsort(codes[places], kind="stable")]
    starts = np.flatnonzero(np.append(True, np.diff(codes[places]) != 0)) if len(places) else np.zeros(0, int)
    parts = np.split(places, starts[1:])
    value = np.array([group_ndcg(relevance[p], score[p]) for p in parts if len(p)])
    defined = np.flatnonzero(np.isfinite(value))
    first = np.array([parts[i][0] for i in defined], dtype=np.int64)
    of_unit = np.full(len(codes), -1, dtype=np.int64)
    for unit, i in enumerate(defined):
        of_unit[parts[i]] = unit
    found = losses(1 - value[defined], "ndcg", sign=-1.0, offset=1.0, rows=first)
    return replace(found, size=np.array([len(parts[i]) for i in defined]), of_unit=of_unit)
