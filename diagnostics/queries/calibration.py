"""Confidence against what happened, counted in fine bins by the engine and merged here."""

from __future__ import annotations

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.expressions import weight
from diagnostics.queries.scores import score_histogram
from diagnostics.types import CalibrationBins, FloatArray, Labels, Predictions

FINE = 1000
"""Bins of equal width the engine counts in; merged into fewer of about equal size."""


def class_calibration(
    predictions: Predictions, name: str | None = None, *, bins: int = 15, where: str = "", engine: Engine | None = None
) -> CalibrationBins:
    """Calibration of the probability of one class (of the positive one by default)."""
    counted = score_histogram(predictions, name, where=where, engine=engine)
    scale = 100.0 if predictions.roles.score_kind == "percent" else 1.0
    count = counted.positive + counted.negative
    return merged(count, counted.edges / scale * count, counted.positive, bins)


def answer_calibration(
    predictions: Predictions, *, bins: int = 15, where: str = "", engine: Engine | None = None
) -> CalibrationBins:
    """Calibration of the confidence of the most probable class (or of the stored confidence of the answer).

    Raises
    ------
    NeedsAnswer
        Neither all probabilities nor a confidence is stored.
    """
    engine = engine or default_engine()
    roles, labels = predictions.roles, Labels(predictions.classes)
    if roles.truth is None or not (roles.probabilities or roles.score_kind == "confidence"):
        raise NeedsAnswer("needs_probabilities", label="")
    if roles.probabilities:
        columns = [quote(c) for c in roles.probabilities.values()]
        best = f"GREATEST({', '.join(columns)})"
        whens = " ".join(f"WHEN {quote(c)} = {best} THEN {literal(k)}" for k, c in roles.probabilities.items())
        answer = f"CASE {whens} END"
    else:
        best, answer = quote(roles.score or ""), quote(roles.predicted or "")
    scale = 100.0 if roles.score_kind == "percent" else 1.0
    mass = weight(predictions)
    sql = (
        f"SELECT {quote(roles.truth)} AS truth, {answer} AS answer, "
        f"CAST(LEAST(FLOOR({best} / {scale} * {FINE}), {FINE - 1}) AS INTEGER) AS place, SUM({mass}) AS n, "
        f"SUM({mass} * {best} / {scale}) AS confidence FROM {engine.table(predictions)}"
        f"{conditions([f'isfinite({best})', *([where] if where else [])])} GROUP BY 1, 2, 3"
    )
    count, total, right = np.zeros(FINE), np.zeros(FINE), np.zeros(FINE)
    for truth, given, place, n, confidence in engine.rows(predictions, sql):
        if (code := labels.code(truth)) < 0 or not 0 <= place < FINE:
            continue
        count[place] += float(n)
        total[place] += float(confidence)
        right[place] += float(n) if labels.code(given) == code else 0.0
    return merged(count, total, right, bins)


def merged(count: FloatArray, total: FloatArray, right: FloatArray, bins: int) -> CalibrationBins:
    """Fine bins (rows, sum of confidence, sum of what happened) merged into at most `bins` of about equal size."""
    used = count > 0
    count, total, right = count[used], total[used], right[used]
    if not len(count):
        empty = np.zeros(0)
        return CalibrationBins(count=empty, confidence=empty, observed=empty, low=empty, high=empty)
    share = (np.cumsum(count) - count / 2) / count.sum()
    starts = np.flatnonzero(np.diff(np.floor(share * bins), prepend=-1))
    mean = total / count
    stops = np.append(starts[1:], len(count)) - 1
    summed = np.add.reduceat(count, starts)
    return CalibrationBins(
        count=summed,
        confidence=np.add.reduceat(total, starts) / summed,
        observed=np.add.reduceat(right, starts) / summed,
        low=mean[starts],
        high=mean[stops],
    )
