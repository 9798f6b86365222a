"""Many classes fall into one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from diagnostics import queries
from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.classes import Inflow, Output, inflows
from diagnostics.types import ConfusionCounts, Finding, Quantity, Severity


class SinkClass(Rule):
    """One class takes in most errors of most other classes and is answered too often."""

    id = "sink_class"
    kind = "predictions"
    severity = Severity.HIGH
    actions = ("check_pipeline", "check_labels", "reweight_classes", "change_loss", "calibrate")
    avoid = ("train_longer",)
    checks = ("look_at_sink_rows", "empty_inputs", "split_sink")
    separates = {("empty_inputs", "prior_bias"): "empty_inputs"}  # noqa: RUF012

    SHARE = 0.4  # fraction of all errors that end in the class, lower bound adjusted for all classes
    BALANCE = 0.6  # taken / (taken + lost), lower bound: one half would be even exchange
    BREADTH = 0.6  # fraction of the other classes that lose most of their errors to it
    PULL = 1.25  # times the share of errors that the class's own frequency explains; a frequent class draws errors
    SOURCES = 0.5  # effective sources as a fraction of the other classes; one rare class is no sink

    @classmethod
    def candidates(cls, confusion: ConfusionCounts) -> tuple[Inflow, ...]:
        """Classes of a confusion matrix that are sinks."""
        others = int((confusion.support > 0).sum()) - 1
        return tuple(
            f
            for f in inflows(confusion)
            if others >= 2
            and f.share_low >= cls.SHARE
            and f.balance_low >= cls.BALANCE
            and f.breadth >= cls.BREADTH
            and f.pull_low >= min(0.95, cls.PULL * f.expected)
            and f.sources >= max(1.5, cls.SOURCES * others)
        )

    def check(self, confusions: tuple[Output, ...]) -> Iterator[Finding]:
        """Report the sink of every output that has one."""
        for output in confusions:
            for found in self.candidates(output.confusion):
                yield self._finding(output, found)

    def _finding(self, output: Output, found: Inflow) -> Finding:
        confusion = output.confusion
        name, n = confusion.classes[found.number], float(confusion.counts.sum())
        support, answered = float(confusion.support[found.number]), float(confusion.predicted[found.number])
        largest = support >= float(confusion.support.max())
        sure = _sure_errors(output, found.number)
        return self.found(
            confidence=0.8 + 0.15 * min(1.0, (found.share_low - self.SHARE) / 0.4),
            params={
                "class": name, "share": found.share, "taken": int(found.taken), "lost": int(found.lost),
                "answered": answered / n, "support": support / n, "times": answered / support if support else None,
                "sources": round(found.sources, 1),
            },
            evidence=(
                Quantity(name="share_of_errors", value=found.share, unit="fraction", low=found.share_low, n=int(n)),
                Quantity(name="answered_share", value=answered / n, unit="fraction"),
                Quantity(name="true_share", value=support / n, unit="fraction"),
                Quantity(name="effective_sources", value=found.sources, unit="classes"),
            ),
            hypotheses=(
                hypothesis("empty_inputs", 0.4, errors_are_alike=sure),
                hypothesis("prior_bias", 0.3, sink_is_largest_class=largest),
                hypothesis("heterogeneous_class", 0.3),
            ),
        )  # fmt: skip


def _sure_errors(output: Output, number: int) -> bool | None:
    """Whether the scores of the rows that fell in are nearly all the same, as for empty inputs; None without scores."""
    if not output.has_scores:
        return None
    name = output.predictions.classes[number]
    answers = queries.answers(output.predictions, classes=(name,))
    scores = answers.probability[:, number] if answers.probability is not None else answers.score
    if scores is None:
        return None
    fell = (answers.answer == number) & (answers.truth != number)
    if fell.sum() < 5:
        return None
    low, high = np.quantile(scores[fell], [0.25, 0.75])
    whole = float(scores.std())
    return bool(high - low < 0.25 * whole) if whole > 0 else None
