"""Facts about confusion counts: who is mistaken for whom, who takes in everything, who is overlooked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from diagnostics import queries
from diagnostics.exceptions import NeedsAnswer
from diagnostics.metrics.intervals import newcombe, wilson
from diagnostics.queries import Answers
from diagnostics.signals.inputs import Missing, signal
from diagnostics.types import ConfusionCounts, FloatArray, Predictions, Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Output:
    """One output of a classifier: the set itself, or one label of a multilabel set.

    Attributes
    ----------
    label : str
        "" for the set itself.
    predictions : Predictions
        Binary or multiclass.
    """

    label: str
    predictions: Predictions

    @cached_property
    def confusion(self) -> ConfusionCounts:
        """Confusion counts.

        Raises
        ------
        Missing
            Without a truth or an answer.
        """
        try:
            return queries.confusion(self.predictions)
        except NeedsAnswer as error:
            raise Missing("needs_truth_and_prediction") from error

    @cached_property
    def answers(self) -> Answers:
        """Rows as arrays (thinned for very large sets), without the matrix of probabilities."""
        return queries.answers(self.predictions, classes=())

    @property
    def has_scores(self) -> bool:
        """Whether a score or probabilities are stored."""
        return bool(self.predictions.roles.score or self.predictions.roles.probabilities)


@signal
def outputs(predictions: Predictions) -> tuple[Output, ...]:
    """The outputs of a classification set."""
    if predictions.task not in (Task.BINARY, Task.MULTICLASS, Task.MULTILABEL):
        raise Missing("needs_classes", task=str(predictions.task))
    sets = queries.outputs(predictions)
    if any(one.roles.truth is None for one in sets):
        raise Missing("needs_truth")
    several = predictions.task is Task.MULTILABEL
    labels = predictions.classes if several else ("",)
    return tuple(Output(label=label, predictions=one) for label, one in zip(labels, sets, strict=True))


@signal
def confusions(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """The outputs, when truth and answer can be counted against each other."""
    for output in outputs:
        if output.confusion.n == 0:
            raise Missing("needs_truth_and_prediction")
    return outputs


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two classes and how often they are taken for each other.

    Attributes
    ----------
    first, second : int
        Class numbers.
    errors, rows : float
        Confusions in either direction, and true rows of both classes.
    rate, low : float
        Share of the rows, and its lower bound at the level adjusted for all pairs.
    others : float
        Third quartile of the rates of the other pairs.
    share : float
        Part of all errors.
    forward, backward : float
        Share of the first class answered as the second, and the reverse.
    """

    first: int
    second: int
    errors: float
    rows: float
    rate: float
    low: float
    others: float
    share: float
    forward: float
    backward: float


def pairs(confusion: ConfusionCounts) -> tuple[Pair, ...]:
    """All pairs of classes that occur, most confused first."""
    present = np.flatnonzero(confusion.support > 0)
    size = len(present)
    tested = size * (size - 1) // 2
    if size < 3:  # of two classes every error is between them
        return ()
    off = confusion.counts[np.ix_(present, present)].copy()
    np.fill_diagonal(off, 0)
    support = confusion.support[present]
    upper = np.triu_indices(size, 1)
    errors = (off + off.T)[upper]
    rows = (support[:, None] + support[None, :])[upper]
    rates = errors / rows
    total = max(1.0, float(off.sum()))
    z = one_sided(0.025 / tested)
    found = []
    for place in np.argsort(-rates, kind="stable")[:50]:
        i, j = int(upper[0][place]), int(upper[1][place])
        bounds = wilson(float(errors[place]), float(rows[place]), z)
        rest = np.delete(rates, place)
        found.append(
            Pair(
                first=int(present[i]), second=int(present[j]), errors=float(errors[place]), rows=float(rows[place]),
                rate=float(rates[place]), low=bounds[0] if bounds else 0.0,
                others=float(np.quantile(rest, 0.75)) if len(rest) else 0.0, share=float(errors[place]) / total,
                forward=float(off[i, j] / support[i]), backward=float(off[j, i] / support[j]),
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Inflow:
    """What a class takes in from the others.

    Attributes
    ----------
    number : int
    taken, lost : float
        Rows of other classes answered as this one, and rows of this one answered otherwise.
    share, share_low : float
        Part of all errors that end here, and its lower bound adjusted for all classes.
    balance_low : float
        Lower bound of taken / (taken + lost): above one half the class is answered too often.
    sources : float
        Effective number of classes it takes from (inverse Simpson index of the rates).
    breadth : float
        Part of the other classes that lose most of their errors to it, 0 to 1.
    pull_low : float
        Lower bound of the share of the other classes' errors that end here.
    expected : float
        The share that would end here if errors went to classes as often as these occur.
    """

    number: int
    taken: float
    lost: float
    share: float
    share_low: float
    balance_low: float
    sources: float
    breadth: float
    pull_low: float
    expected: float


def inflows(confusion: ConfusionCounts) -> tuple[Inflow, ...]:
    """Inflow of every class, largest share of the errors first."""
    off = confusion.counts.copy()
    np.fill_diagonal(off, 0)
    support, size = confusion.support, len(confusion.classes)
    total = float(off.sum())
    if total == 0 or size < 3:
        return ()
    z = one_sided(0.025 / size)
    found = []
    for number in range(size):
        taken, lost = float(off[:, number].sum()), float(off[number].sum())
        share, balance = wilson(taken, total, z), wilson(taken, taken + lost, z)
        rates = off[:, number] / np.maximum(support, 1)
        losing = (off.sum(axis=1) > 0) & (np.arange(size) != number)
        most = off[losing, number] >= 0.5 * off[losing].sum(axis=1)
        errors = off[losing].sum(axis=1)
        elsewhere = float(support.sum()) - support[losing]
        drawn = float((errors * support[number] / np.maximum(elsewhere, 1)).sum())
        pull = wilson(taken, float(errors.sum()), z)
        found.append(
            Inflow(
                number=number, taken=taken, lost=lost, share=taken / total, share_low=share[0] if share else 0.0,
                balance_low=balance[0] if balance else 0.0, sources=effective_number(rates),
                breadth=float(most.mean()) if losing.any() else 0.0,
                pull_low=pull[0] if pull else 0.0, expected=drawn / float(errors.sum()) if len(errors) else 0.0,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda f: -f.share))


@dataclass(frozen=True, kw_only=True)
class Neglect:
    """A class against the rest: how rare it is and how much worse it is found.

    Attributes
    ----------
    number : int
    support, predicted : float
    rarity, rarity_high : float
        Prevalence times the number of classes (1 = as frequent as the average class), and its upper bound.
    recall, recall_low, recall_high : float
    rest : float
        Recall of all other rows.
    gap_high : float
        Upper bound of recall minus rest, adjusted for all classes.
    """

    number: int
    support: float
    predicted: float
    rarity: float
    rarity_high: float
    recall: float
    recall_low: float
    recall_high: float
    rest: float
    gap_high: float


def neglects(confusion: ConfusionCounts) -> tuple[Neglect, ...]:
    """Every class that occurs and has others beside it, worst recall first."""
    support, hit, total = confusion.support, confusion.correct, float(confusion.counts.sum())
    size = int((support > 0).sum())
    z = one_sided(0.025 / max(1, size))
    found = []
    for number in np.flatnonzero(support > 0):
        rest = total - float(support[number])
        if rest <= 0:
            continue
        own = float(hit[number])
        rest_hit = float(hit.sum()) - own
        prevalence, bounds = wilson(float(support[number]), total), wilson(own, float(support[number]))
        gap = newcombe(own, float(support[number]), rest_hit, rest, z)
        assert prevalence and bounds and gap
        found.append(
            Neglect(
                number=int(number), support=float(support[number]), predicted=float(confusion.predicted[number]),
                rarity=float(support[number]) / total * size, rarity_high=prevalence[1] * size,
                recall=own / float(support[number]), recall_low=bounds[0], recall_high=bounds[1],
                rest=rest_hit / rest, gap_high=gap[1],
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda f: f.recall))


def one_sided(p: float) -> float:
    """Normal quantile above which a share `p` of the distribution lies."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(1 - p)


def effective_number(rates: FloatArray) -> float:
    """Inverse Simpson index: how many equal parts the rates amount to, 0 where all are 0."""
    squares = float(np.square(rates).sum())
    return float(rates.sum()) ** 2 / squares if squares > 0 else 0.0
