"""A rare class is almost never predicted."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.classes import Neglect, Output, neglects
from diagnostics.signals.predictions.cuts import Cut
from diagnostics.types import Finding, Quantity, Severity, Task


class RareClassLowRecall(Rule):
    """A class rarer than most is missed far more often than the others, and answered less often than it occurs."""

    id = "rare_class_low_recall"
    kind = "predictions"
    severity = Severity.HIGH
    actions = ("reweight_classes", "resample", "change_loss", "more_data", "change_metric")
    avoid = ("train_longer",)
    checks = ("scores_of_missed_rows", "rare_class_in_training", "stratified_split")
    separates = {("never_learned", "prior_too_strong"): "scores_of_missed_rows"}  # noqa: RUF012

    RARITY = 0.5  # prevalence times number of classes, upper bound; 1 is the average class
    GAP = -0.2  # recall minus the rest's recall, upper bound adjusted for all classes
    RECALL = 0.7  # upper bound of the recall: a class found more often than this is not neglected
    RARITY_OF_TWO = 0.3  # of two classes one is always rarer, so it must be rarer still

    def check(self, confusions: tuple[Output, ...], cuts: tuple[Cut, ...] = ()) -> Iterator[Finding]:
        """Report each rare class whose recall is clearly worse at the file's own n."""
        moved = {cut.output.label for cut in cuts if cut.off_natural}
        for output in confusions:
            two = output.predictions.task is Task.BINARY
            if two and output.label in moved:
                continue  # the threshold explains it, and its own rule says so
            limit = self.RARITY_OF_TWO if two else self.RARITY
            for found in neglects(output.confusion):
                negative = output.label and output.confusion.classes[found.number] != output.predictions.roles.positive
                if negative or found.rarity_high >= limit or found.recall_high >= self.RECALL:
                    continue
                if found.gap_high <= self.GAP and found.predicted < found.support:
                    yield self._finding(output, found)

    def _finding(self, output: Output, found: Neglect) -> Finding:
        confusion = output.confusion
        name = output.label or confusion.classes[found.number]
        row = confusion.counts[found.number].copy()
        row[found.number] = 0
        instead = confusion.classes[int(row.argmax())]
        n = int(confusion.counts.sum())
        return self.found(
            confidence=0.75 + 0.2 * min(1.0, max(0.0, self.GAP - found.gap_high) / 0.4),
            params={
                "class": name, "recall": found.recall, "recall_low": found.recall_low,
                "recall_high": found.recall_high, "support": int(found.support), "share": found.support / n,
                "rest": found.rest, "predicted": int(found.predicted), "instead": "" if output.label else instead,
            },
            evidence=(
                Quantity(
                    name="recall", value=found.recall, unit="fraction", low=found.recall_low, high=found.recall_high,
                    n=int(found.support),
                ),
                Quantity(name="recall_of_the_rest", value=found.rest, unit="fraction", n=n - int(found.support)),
                Quantity(name="true_share", value=found.support / n, unit="fraction", n=n),
                Quantity(name="answered_share", value=found.predicted / n, unit="fraction"),
            ),
            hypotheses=(
                hypothesis("never_learned", 0.35, almost_never_predicted=found.predicted < 0.3 * found.support),
                hypothesis("prior_too_strong", 0.35, very_rare=found.rarity_high < 0.25),
                hypothesis("too_few_examples", 0.3, few_rows=found.support < 50),
            ),
        )  # fmt: skip
