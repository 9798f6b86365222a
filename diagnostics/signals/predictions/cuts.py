"""Facts about decisions made by cutting a score: where it is cut, and what another cut would gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.scores import histogram
from diagnostics.metrics.thresholds import GOALS, BestThreshold, best_threshold
from diagnostics.queries.expressions import natural_threshold
from diagnostics.signals.inputs import Missing, signal
from diagnostics.signals.predictions.classes import Output

CLEAN_CUT = 0.98
"""Share of rows that one threshold must reproduce before the decisions count as a cut of the score."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Cut:
    """The threshold behind the decisions of one output.

    Attributes
    ----------
    output : Output
    used : float
        Reconstructed from the decisions: the cut that reproduces them best.
    natural : float or None
        Where the score would be cut when nobody said otherwise.
    best : BestThreshold
        For F1 of the positive class, with the honest gain over `used`.
    prevalence : float
    n : int
    """

    output: Output
    used: float
    natural: float | None
    best: BestThreshold
    prevalence: float
    n: int

    @property
    def off_natural(self) -> bool:
        """Whether somebody (or something) moved the threshold away from its natural place."""
        return self.natural is not None and abs(self.used - self.natural) > 0.02 * max(1.0, abs(2 * self.natural))


@signal
def cuts(outputs: tuple[Output, ...]) -> tuple[Cut, ...]:
    """The cut of every output that has a score and decisions for two classes."""
    found = [one for output in outputs if (one := _cut(output, len(outputs))) is not None]
    if not found:
        raise Missing("needs_score_and_decisions")
    return tuple(found)


def _cut(output: Output, tried: int) -> Cut | None:
    roles, classes = output.predictions.roles, output.predictions.classes
    answers = output.answers
    if len(classes) != 2 or roles.positive is None or roles.predicted is None or answers.score is None:
        return None
    if roles.score_kind == "confidence":
        return None
    number = classes.index(roles.positive) if roles.positive in classes else 1
    keep = np.isfinite(answers.score)
    score, truth, decided = answers.score[keep], answers.truth[keep] == number, answers.answer[keep] == number
    if not 0 < truth.sum() < len(truth):
        return None
    used = _threshold(score, decided)
    if used is None:
        return None
    counted = histogram(score, truth)
    best = best_threshold(counted, GOALS["f1"], used=used, level=1 - 0.05 / tried)
    if best is None:
        return None
    return Cut(
        output=output, used=used, natural=natural_threshold(output.predictions), best=best,
        prevalence=float(truth.mean()), n=len(truth),
    )  # fmt: skip


def _threshold(score: np.ndarray, decided: np.ndarray) -> float | None:
    """The cut that reproduces the decisions, halfway between the scores on its sides; None where none does."""
    if not 0 < decided.sum() < len(decided):
        return None
    order = np.argsort(score, kind="stable")
    ordered, yes = score[order], decided[order]
    # Cutting before position i answers yes from i on: right are the no's before and the yes's after.
    right = np.append(0, np.cumsum(~yes)) + np.append(np.cumsum(yes[::-1])[::-1], 0)
    place = int(right.argmax())
    if right[place] < CLEAN_CUT * len(score) or not 0 < place < len(score):
        return None
    return float((ordered[place - 1] + ordered[place]) / 2)
