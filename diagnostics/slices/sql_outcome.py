"""What each row costs, as SQL: the loss that is averaged and the score that is tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.coding import sample, steps
from diagnostics.queries.cubes import cube, totals
from diagnostics.queries.engine import Engine, literal, quote
from diagnostics.queries.expressions import natural_threshold
from diagnostics.slices.cuts import SAMPLE, quantile_cuts
from diagnostics.slices.table import numbers
from diagnostics.types import FloatArray, Labels, Predictions, Task

SCORE_BINS = 256
"""Ranks of losses are told apart in as many steps; with no more distinct losses than that exactly."""

TASKS = (Task.BINARY, Task.MULTICLASS, Task.REGRESSION)


@dataclass(frozen=True, kw_only=True)
class SqlOutcome:
    """The outcome of a prediction set, to be computed by an engine.

    Attributes
    ----------
    loss, score : str
        SQL numbers, never NULL where `where` holds.
    where : str
        SQL condition of the rows that count.
    binary : bool
        Whether the scores are 0 and 1.
    weight : str
        SQL number; "" for none.
    n : int
        Rows that count.
    truth, answer : str
        SQL of class numbers, or of quantities.
    kinds : int
        Number of classes, 0 for quantities.
    metric, sign, offset, unit
        As of `Outcome`.
    """

    loss: str
    score: str
    where: str
    binary: bool
    weight: str
    n: int
    truth: str
    answer: str
    kinds: int
    metric: str
    sign: float
    offset: float
    unit: str

    @property
    def greater_is_better(self) -> bool:
        """Direction of the metric."""
        return self.sign < 0


def sql_outcome(predictions: Predictions, engine: Engine, *, positives: bool = False) -> SqlOutcome:
    """What each row of a prediction set costs, as `losses.outcome_of` says in memory.

    Parameters
    ----------
    predictions : Predictions
        With classes or quantities.
    engine : Engine
    positives : bool
        Count rows of the positive class only, so that the mean is recall.

    Raises
    ------
    NeedsAnswer
        Roles that the task needs are missing.
    """
    if predictions.roles.truth is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    if predictions.task is Task.REGRESSION:
        return _numbers(predictions, engine)
    return _classes(predictions, engine, positives)


def _classes(predictions: Predictions, engine: Engine, positives: bool) -> SqlOutcome:
    roles, labels = predictions.roles, Labels(predictions.classes)
    truth = _class(predictions, engine, quote(roles.truth or ""), labels)
    if roles.predicted is not None:
        answer = _class(predictions, engine, quote(roles.predicted), labels)
    else:
        answer = _answer(predictions, labels)
    where = f"{truth} >= 0 AND {answer} >= 0"
    if positives:
        where += f" AND {truth} = {labels.code(roles.positive)}"
    wrong = f"CASE WHEN {truth} = {answer} THEN 0 ELSE 1 END"
    found = SqlOutcome(
        loss=wrong, score=wrong, where=where, binary=True, weight=_weight(predictions), n=0, truth=truth,
        answer=answer, kinds=len(labels.classes), metric="accuracy", sign=-1.0, offset=1.0, unit="fraction",
    )  # fmt: skip
    return _counted(predictions, found, engine)


def _class(predictions: Predictions, engine: Engine, value: str, labels: Labels) -> str:
    """SQL of the class number of a raw value, -1 where it is missing or unknown; every spelling counts."""
    rows = engine.rows(predictions, f"SELECT DISTINCT {value} AS v FROM {engine.table(predictions)}")
    spelled: dict[int, list[str]] = {}
    for (raw,) in rows:
        code = labels.code(raw) if raw is not None else -1
        if code >= 0:
            spelled.setdefault(code, []).append(literal(raw))
    whens = " ".join(f"WHEN {value} IN ({', '.join(raw)}) THEN {code}" for code, raw in sorted(spelled.items()))
    return f"(CASE {whens} ELSE -1 END)" if whens else "(-1)"


def _answer(predictions: Predictions, labels: Labels) -> str:
    """SQL of the class with the largest probability, the first of equal ones; -1 where one is missing."""
    roles, classes = predictions.roles, predictions.classes
    named = [roles.probabilities.get(c) for c in classes]
    kind = roles.score_kind
    if all(named) and kind in ("probability", "percent", ""):
        values = [f"CAST({quote(str(c))} AS DOUBLE)" for c in named]
        largest = f"GREATEST({', '.join(values)})"
        whens = " ".join(f"WHEN {v} = {largest} THEN {i}" for i, v in enumerate(values))
        known = " AND ".join(f"{v} IS NOT NULL AND isfinite({v})" for v in values)
        return f"(CASE WHEN NOT ({known}) THEN -1 {whens} ELSE -1 END)"
    cut = natural_threshold(predictions)
    if predictions.task is not Task.BINARY or roles.score is None or roles.positive is None or cut is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    score, positive = f"CAST({quote(roles.score)} AS DOUBLE)", labels.code(roles.positive)
    # In memory two probabilities are compared; at a half the first class is taken.
    above = ">" if kind in ("probability", "percent") and positive == 1 else ">="
    unknown = f"{score} IS NULL OR NOT isfinite({score})"
    return f"(CASE WHEN {unknown} THEN -1 WHEN {score} {above} {literal(cut)} THEN {positive} ELSE {1 - positive} END)"


def _numbers(predictions: Predictions, engine: Engine) -> SqlOutcome:
    roles = predictions.roles
    if roles.predicted is None:
        raise NeedsAnswer("needs_truth_and_prediction", task=str(predictions.task))
    truth, answer = (f"CAST({quote(name or '')} AS DOUBLE)" for name in (roles.truth, roles.predicted))
    loss = f"ABS({truth} - {answer})"
    found = SqlOutcome(
        loss=loss, score="0", where=f"isfinite({truth}) AND isfinite({answer})", binary=False,
        weight=_weight(predictions), n=0, truth=truth, answer=answer, kinds=0, metric="mae", sign=1.0, offset=0.0,
        unit="",
    )  # fmt: skip
    n = int(totals(predictions, [], found.where, engine)[0])
    names = [str(roles.truth), str(roles.predicted)]
    part = sample(predictions, names, found.where, n, SAMPLE, engine)
    own, theirs = (numbers(part.column(name)) for name in names)
    score = _normal_score(predictions, found, np.abs(own - theirs), engine)
    return _counted(predictions, replace(found, score=score), engine)


def _normal_score(predictions: Predictions, of: SqlOutcome, losses: FloatArray, engine: Engine) -> str:
    """SQL of the normal quantile of a loss's mid-rank, in steps."""
    from scipy.special import ndtri

    cuts = quantile_cuts(losses, SCORE_BINS)
    place = steps(of.loss, cuts, range(len(cuts) + 1))
    counts, _ = cube(predictions, [place], [len(cuts) + 1], "0", of.where, engine)
    rank = np.cumsum(counts) - counts / 2 + 0.5
    scores = ndtri((rank - 0.5) / max(1.0, counts.sum()))
    return steps(of.loss, cuts, [float(s) for s in np.nan_to_num(scores)])


def _weight(predictions: Predictions) -> str:
    name = predictions.roles.weight
    if name is None:
        return ""
    weight = f"CAST({quote(name)} AS DOUBLE)"
    return f"(CASE WHEN isfinite({weight}) THEN {weight} ELSE 0 END)"


def _counted(predictions: Predictions, of: SqlOutcome, engine: Engine) -> SqlOutcome:
    """The outcome with its number of rows; weighted scores become weighted deviations from their mean."""
    if not of.weight:
        return replace(of, n=int(totals(predictions, [], of.where, engine)[0]))
    n, weights, scores = totals(predictions, [of.weight, f"{of.weight} * ({of.score})"], of.where, engine)
    mean = scores / weights if weights > 0 else 0.0
    return replace(of, n=int(n), binary=False, score=f"{of.weight} * (({of.score}) - {literal(mean)})")


def sums_of(of: SqlOutcome) -> Sequence[str]:
    """SQL of what `sql_counting` needs to tell the losses of a slice: weight, its square, loss, its square."""
    weight = of.weight or "1"
    return (weight, f"{weight} * {weight}", f"{weight} * ({of.loss})", f"{weight} * ({of.loss}) * ({of.loss})")
