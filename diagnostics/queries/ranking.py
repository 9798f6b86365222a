"""NDCG of every group of a ranking, in one query."""

from __future__ import annotations

import math

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, quote
from diagnostics.types import GroupScores, Predictions, Task


def group_ndcg(
    predictions: Predictions, k: int | None = 10, *, where: str = "", engine: Engine | None = None
) -> GroupScores:
    """NDCG@k of every query: linear gains, log2 discounts, tied scores share their discounts.

    Parameters
    ----------
    k : int or None
        Only the first k places count; None for all.

    Raises
    ------
    NeedsAnswer
        The query, the relevance or the score is not known.
    """
    engine = engine or default_engine()
    roles = predictions.roles
    score = roles.score or roles.predicted
    if predictions.task is not Task.RANKING or roles.query is None or roles.truth is None or score is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    q, rel, s = quote(roles.query), quote(roles.truth), quote(score)
    kept = conditions([f"{q} IS NOT NULL", f"isfinite({rel})", f"isfinite({s})", *([where] if where else [])])
    place, ideal = (f"CASE WHEN {p} <= {int(k)} THEN 1.0 ELSE 0.0 END" if k else "1.0" for p in ("place", "ideal"))
    sql = (
        "SELECT query, SUM(size) AS size, SUM(gain * discount) AS reached, SUM(best) AS best, MIN(least) AS least "
        "FROM (SELECT query, score, COUNT(*) AS size, AVG(rel) AS gain, MIN(rel) AS least, "
        f"SUM({place} / LOG2(place + 1)) AS discount, "
        f"SUM({ideal} * rel / LOG2(ideal + 1)) AS best FROM ("
        f"SELECT {q} AS query, CAST({rel} AS DOUBLE) AS rel, {s} AS score, "
        f"ROW_NUMBER() OVER (PARTITION BY {q} ORDER BY {s} DESC) AS place, "
        f"ROW_NUMBER() OVER (PARTITION BY {q} ORDER BY {rel} DESC) AS ideal "
        f"FROM {engine.table(predictions)}{kept}) AS ranked GROUP BY query, score) AS tied "
        "GROUP BY query ORDER BY query"
    )
    rows = engine.rows(predictions, sql)
    values = [
        float(reached) / float(best) if best and best > 0 and least is not None and least >= 0 else math.nan
        for _, _, reached, best, least in rows
    ]
    return GroupScores(
        groups=tuple(str(row[0]) for row in rows),
        size=np.array([int(row[1]) for row in rows], dtype=np.int64),
        value=np.array(values, dtype=np.float64),
    )
