"""Facts about the file itself, as signals."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.queries import quality
from diagnostics.queries.quality import DuplicateFacts, LabelFacts, ScoreFacts
from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.predictions.classes import Output, neglects
from diagnostics.types import Predictions


@signal
def label_facts(predictions: Predictions) -> LabelFacts:
    """Missing truths."""
    if predictions.roles.truth is None and not predictions.roles.label_truth:
        raise Missing("needs_truth")
    return quality.label_facts(predictions)


@signal
def score_facts(predictions: Predictions) -> ScoreFacts:
    """Range and sums of the scores."""
    facts = quality.score_facts(predictions)
    if facts is None:
        raise Missing("needs_probabilities")
    if facts.rows == 0:
        raise Missing("scores_are_missing")
    return facts


@signal
def duplicate_facts(predictions: Predictions) -> DuplicateFacts:
    """Rows that occur more than once; which columns are answers must be known first."""
    if any(q.guess is None and q.code in ("truth", "predicted") for q in predictions.questions):
        raise Missing("needs_truth_and_prediction")
    return quality.duplicate_facts(predictions)


@dataclass(frozen=True, kw_only=True)
class Imbalance:
    """How unequal the classes of one output are.

    Attributes
    ----------
    label : str
        "" or the label of a multilabel set.
    smallest, largest : str
        Class names.
    smallest_share, largest_share : float
    ratio : float
        Largest to smallest support.
    n : int
    """

    label: str
    smallest: str
    largest: str
    smallest_share: float
    largest_share: float
    ratio: float
    n: int


@signal
def imbalances(confusions: tuple[Output, ...]) -> tuple[Imbalance, ...]:
    """Imbalance of every output with at least two classes in the truth."""
    found = []
    for output in confusions:
        ranked = sorted(neglects(output.confusion), key=lambda n: n.support)
        if len(ranked) < 2:
            continue
        names, total = output.confusion.classes, float(output.confusion.counts.sum())
        low, high = ranked[0], ranked[-1]
        found.append(
            Imbalance(
                label=output.label, smallest=names[low.number], largest=names[high.number],
                smallest_share=low.support / total, largest_share=high.support / total,
                ratio=high.support / low.support, n=output.confusion.n,
            )
        )  # fmt: skip
    return tuple(found)
