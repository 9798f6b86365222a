"""What each row costs, as SQL: the loss that fits the task and the scores, its terms, and how it is spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.engine import Engine, conditions, default_engine, literal, quote
from diagnostics.queries.expressions import predicted
from diagnostics.queries.residuals import nan_for
from diagnostics.queries.scores import _spellings
from diagnostics.types import FloatArray, Predictions, Task

EPS = 1e-15
"""Probabilities below it count as it, so that a sure mistake has a finite loss (34.5 nats)."""

HUNDREDTHS = 100


@dataclass(frozen=True, kw_only=True)
class RowLoss:
    """The loss of a row.

    Attributes
    ----------
    kind : str
        "log_loss", "confidence_loss", "zero_one", "squared" or "asymmetric_squared".
    value : str
        SQL of the loss; NULL where it is undefined.
    terms : mapping of code to SQL
        What the loss is made of, in reading order.
    alpha : float or None
        Of the asymmetric loss.
    """

    kind: str
    value: str
    terms: Mapping[str, str] = field(default_factory=dict)
    alpha: float | None = None


def row_loss(predictions: Predictions, *, alpha: float | None = None, engine: Engine | None = None) -> RowLoss:
    """The loss of a row by task and stored scores: log loss where there are probabilities or logits.

    Parameters
    ----------
    predictions : Predictions
        Binary, multiclass or regression; of a multilabel set take one of `outputs`.
    alpha : float, optional
        Asymmetric squared loss for a regression.

    Raises
    ------
    NeedsAnswer
        The truth or the prediction is not known, or the task has no loss a row.
    """
    engine = engine or default_engine()
    roles = predictions.roles
    if predictions.task is Task.REGRESSION and roles.truth and roles.predicted:
        return _quantity(predictions, alpha)
    if predictions.task not in (Task.BINARY, Task.MULTICLASS) or roles.truth is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    spellings = _spellings(predictions, roles.truth, engine)
    if set(predictions.classes) <= set(roles.probabilities) and roles.score_kind in ("probability", "percent", "logit"):
        return _classes(predictions, spellings)
    if roles.score and roles.positive and roles.score_kind in ("probability", "percent", "logit"):
        return _one_score(predictions, spellings)
    return _decision(predictions, spellings, engine)


def _quantity(predictions: Predictions, alpha: float | None) -> RowLoss:
    truth, answer = quote(predictions.roles.truth or ""), quote(predictions.roles.predicted or "")
    residual = f"(CAST({truth} AS DOUBLE) - CAST({answer} AS DOUBLE))"
    known = f"isfinite({truth}) AND isfinite({answer})"
    if alpha is None:
        value = f"CASE WHEN {known} THEN {residual} * {residual} END"
        return RowLoss(kind="squared", value=value, terms={"residual": f"CASE WHEN {known} THEN {residual} END"})
    # Written numbers are decimals to an engine, of another type than what is computed.
    weight = f"CAST(CASE WHEN {residual} > 0 THEN {alpha!r} ELSE {1 - alpha!r} END AS DOUBLE)"
    value = f"CASE WHEN {known} THEN ({weight}) * {residual} * {residual} END"
    terms = {"residual": f"CASE WHEN {known} THEN {residual} END", "side_weight": weight}
    return RowLoss(kind="asymmetric_squared", value=value, terms=terms, alpha=alpha)


def _is(expression: str, values: list[object]) -> str:
    return f"{expression} IN ({', '.join(literal(v) for v in values)})" if values else "FALSE"


def _classes(predictions: Predictions, spellings: dict[str, list[object]]) -> RowLoss:
    roles = predictions.roles
    truth = quote(roles.truth or "")
    columns = {name: quote(roles.probabilities[name]) for name in predictions.classes}
    whens = " ".join(f"WHEN {_is(truth, spellings.get(n, []))} THEN {c}" for n, c in columns.items())
    own, best = f"(CASE {whens} END)", f"GREATEST({', '.join(columns.values())})"
    if roles.score_kind == "logit":
        total = " + ".join(f"EXP({c} - {best})" for c in columns.values())
        value, answered = f"({best} - {own} + LN({total}))", f"(1 / ({total}))"
        true = f"EXP(-{value})"
    else:
        total = f"({' + '.join(columns.values())})"
        # A row of zeros has no probabilities; its loss is undefined, not infinite.
        true, answered = f"({own} / NULLIF({total}, 0))", f"({best} / NULLIF({total}, 0))"
        value = f"(-LN(GREATEST({true}, {EPS!r})))"
    # GREATEST passes over what is missing: without the first condition a row without a truth would cost 34.5.
    shown = f"CASE WHEN {true} IS NOT NULL AND isfinite({value}) THEN {value} END"
    terms = {"probability_of_truth": true, "probability_of_answer": answered, "behind": f"({answered} - {true})"}
    return RowLoss(kind="log_loss", value=shown, terms=terms)


def _one_score(predictions: Predictions, spellings: dict[str, list[object]]) -> RowLoss:
    roles = predictions.roles
    truth, score = quote(roles.truth or ""), quote(roles.score or "")
    own = _is(truth, spellings.get(roles.positive or "", []))
    if roles.score_kind == "logit":
        signed = f"(CASE WHEN {own} THEN {score} ELSE -{score} END)"
        # Two forms of ln(1 + exp(-z)), neither of which overflows on its side.
        value = (
            f"(CASE WHEN {signed} > 0 THEN LN(1 + EXP(-{signed})) ELSE LN(1 + EXP({signed})) - {signed} END)"
        )  # fmt: skip
        true = f"(CASE WHEN {truth} IS NOT NULL THEN EXP(-{value}) END)"
    else:
        scale = 100.0 if roles.score_kind == "percent" else 1.0
        true = (
            f"(CASE WHEN {own} THEN {score} / {scale!r} WHEN {truth} IS NOT NULL THEN 1 - {score} / {scale!r} END)"
        )  # fmt: skip
        value = f"(-LN(GREATEST({true}, {EPS!r})))"
    shown = f"CASE WHEN {truth} IS NOT NULL AND isfinite({score}) AND isfinite({value}) THEN {value} END"
    answered = f"(CASE WHEN {true} IS NOT NULL THEN GREATEST({true}, 1 - {true}) END)"
    terms = {"probability_of_truth": true, "probability_of_answer": answered, "behind": f"({answered} - {true})"}
    return RowLoss(kind="log_loss", value=shown, terms=terms)


def _decision(predictions: Predictions, spellings: dict[str, list[object]], engine: Engine) -> RowLoss:
    """Right or wrong; with a confidence, the log loss of whether the answer is right."""
    roles = predictions.roles
    answer = predicted(predictions)
    if answer is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    truth = quote(roles.truth or "")
    given = _answers(predictions, answer, engine)
    right = " OR ".join(
        f"({_is(truth, spellings.get(n, []))} AND {_is(answer, given.get(n, []))})" for n in predictions.classes
    )  # fmt: skip
    known = f"{truth} IS NOT NULL AND {answer} IS NOT NULL"
    if roles.score and roles.score_kind == "confidence":
        score = quote(roles.score)
        happened = f"(CASE WHEN {right} THEN {score} ELSE 1 - {score} END)"
        value = f"CASE WHEN {known} AND isfinite({score}) THEN -LN(GREATEST({happened}, {EPS!r})) END"
        return RowLoss(kind="confidence_loss", value=value, terms={"confidence": score})
    value = f"CASE WHEN {known} THEN CAST(CASE WHEN {right} THEN 0 ELSE 1 END AS DOUBLE) END"
    return RowLoss(kind="zero_one", value=value)


def _answers(predictions: Predictions, answer: str, engine: Engine) -> dict[str, list[object]]:
    from diagnostics.types import Labels

    labels = Labels(predictions.classes)
    found: dict[str, list[object]] = {}
    for (value,) in engine.rows(predictions, f"SELECT DISTINCT {answer} AS v FROM {engine.table(predictions)}"):
        number = labels.code(value)
        if number >= 0:
            found.setdefault(labels.classes[number], []).append(value)
    return found


@dataclass(frozen=True, kw_only=True, eq=False)
class LossSpread:
    """How the loss is spread over the rows.

    Attributes
    ----------
    n, undefined : int
        Rows with and without a loss.
    total, mean, deviation, largest : float
    share : ndarray of float, shape (h + 1,)
        Part of the total loss in the first h hundredths of rows, costliest first; starts with 0. NaN for total 0.
    rows : ndarray of float, shape (h + 1,)
        Part of the rows at each place.
    least : ndarray of float, shape (h,)
        Smallest loss in each hundredth.
    edges, counts : ndarray of float, shape (b + 1,) and (b,)
        Histogram.
    """

    n: int
    undefined: int
    total: float
    mean: float
    deviation: float
    largest: float
    share: FloatArray
    rows: FloatArray
    least: FloatArray
    edges: FloatArray
    counts: FloatArray


def loss_spread(
    predictions: Predictions, loss: RowLoss, *, bins: int = 50, where: str = "", engine: Engine | None = None
) -> LossSpread:
    """Sum, histogram and concentration of the loss."""
    engine = engine or default_engine()
    kept = conditions([where] if where else [])
    source = f"SELECT {loss.value} AS l FROM {engine.table(predictions)}{kept}"
    sql = f"SELECT COUNT(l), COUNT(*) - COUNT(l), SUM(l), AVG(l), STDDEV_SAMP(l), MAX(l) FROM ({source})"
    n, undefined, total, mean, deviation, largest = engine.rows(predictions, sql)[0]
    parts = engine.rows(
        predictions,
        f"SELECT part, COUNT(*), SUM(l), MIN(l) FROM (SELECT l, NTILE({HUNDREDTHS}) OVER (ORDER BY l DESC) AS part "
        f"FROM ({source}) WHERE l IS NOT NULL) GROUP BY part ORDER BY part",
    )
    top = float(largest or 0.0) or 1.0
    place = f"CAST(LEAST(FLOOR(l / {literal(top)} * {bins}), {bins - 1}) AS INTEGER)"
    counts = np.zeros(bins)
    histogram = f"SELECT {place}, COUNT(*) FROM ({source}) WHERE l IS NOT NULL GROUP BY 1"
    for at, rows in engine.rows(predictions, histogram):
        counts[max(0, int(at))] += rows
    sums = np.array([float(part[2]) for part in parts])
    sizes = np.array([float(part[1]) for part in parts])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.append(0.0, np.cumsum(sums)) / (float(total) if total else np.nan)
    return LossSpread(
        n=int(n), undefined=int(undefined), total=float(total or 0.0), mean=nan_for(mean),
        deviation=nan_for(deviation), largest=nan_for(largest), share=share,
        rows=np.append(0.0, np.cumsum(sizes)) / max(float(n), 1.0),
        least=np.array([float(part[3]) for part in parts]), edges=np.linspace(0.0, top, bins + 1), counts=counts,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class LossGroups:
    """The loss by the values of a column, largest part of the total first; arrays of shape (g,)."""

    names: tuple[str, ...]
    count: FloatArray
    mean: FloatArray
    deviation: FloatArray
    total: FloatArray


def loss_groups(
    predictions: Predictions, loss: RowLoss, column: str, *, limit: int = 40, engine: Engine | None = None
) -> LossGroups:
    """The loss by the values of a column."""
    engine = engine or default_engine()
    sql = (
        f"SELECT CAST(g AS VARCHAR), COUNT(l), AVG(l), STDDEV_SAMP(l), SUM(l) FROM (SELECT {quote(column)} AS g, "
        f"{loss.value} AS l FROM {engine.table(predictions)}) WHERE l IS NOT NULL GROUP BY 1 "
        f"ORDER BY 5 DESC, 1 LIMIT {int(limit)}"
    )
    rows = engine.rows(predictions, sql)
    count, mean, deviation, total = (np.array([nan_for(r[i]) for r in rows], dtype=np.float64) for i in range(1, 5))
    names = tuple("" if row[0] is None else str(row[0]) for row in rows)
    return LossGroups(names=names, count=count, mean=mean, deviation=deviation, total=total)
