"""SQL for the parts every query needs: the answer where only scores are stored, weights, who counts."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.queries.engine import literal, quote
from diagnostics.types import Predictions, Task

HALF = 0.5
"""Threshold a binary score is cut at where the file has no decisions."""


def predicted(predictions: Predictions, threshold: float | None = None) -> str | None:
    """SQL of the answered class: the stored one, the class of the largest probability, or the score cut in two.

    Parameters
    ----------
    predictions : Predictions
    threshold : float, optional
        Cuts the score of a binary set anew, whatever decisions the file has.

    Returns
    -------
    str or None
        None where the set has neither decisions nor scores that make one.
    """
    roles = predictions.roles
    if predictions.task is Task.BINARY and roles.score and roles.score_kind != "confidence" and roles.positive:
        cut = threshold if threshold is not None else natural_threshold(predictions)
        if threshold is not None or (roles.predicted is None and cut is not None):
            other = next((c for c in predictions.classes if c != roles.positive), "")
            score = quote(roles.score)
            return (
                f"CASE WHEN {score} >= {literal(cut)} THEN {literal(roles.positive)} "
                f"WHEN {score} < {literal(cut)} THEN {literal(other)} END"
            )
    if roles.predicted:
        return quote(roles.predicted)
    if roles.probabilities:
        largest = f"GREATEST({', '.join(quote(c) for c in roles.probabilities.values())})"
        whens = " ".join(f"WHEN {quote(c)} = {largest} THEN {literal(k)}" for k, c in roles.probabilities.items())
        return f"CASE {whens} END"
    return None


def natural_threshold(predictions: Predictions) -> float | None:
    """Where a score is cut when nobody said otherwise: 0.5, 50 per cent, 0 for logits; None where unknown."""
    return {"probability": HALF, "percent": 100 * HALF, "logit": 0.0}.get(predictions.roles.score_kind)


def weight(predictions: Predictions) -> str:
    """SQL of a row's weight, 1 without a weight column."""
    return quote(predictions.roles.weight) if predictions.roles.weight else "1"


def outputs(predictions: Predictions) -> tuple[Predictions, ...]:
    """The binary sets of a multilabel set, one a label; the set itself for every other task."""
    if predictions.task is not Task.MULTILABEL:
        return (predictions,)
    roles = predictions.roles
    sets = []
    for label in predictions.classes:
        own = replace(
            roles,
            truth=roles.label_truth[label],
            predicted=roles.label_predicted.get(label),
            score=roles.probabilities.get(label),
            probabilities={},
            label_truth={},
            label_predicted={},
            positive="1",
        )
        digest = f"{predictions.digest}:{label}"
        sets.append(
            replace(
                predictions,
                name=f"{predictions.name} · {label}",
                task=Task.BINARY,
                roles=own,
                classes=("0", "1"),
                digest=digest,
            )
        )
    return tuple(sets)
