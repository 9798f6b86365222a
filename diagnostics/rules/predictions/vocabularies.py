"""Truth and prediction that do not speak of the same classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.classes import Output
from diagnostics.types import Finding, Quantity, Severity

_LISTED = 6


class DifferentVocabularies(Rule):
    """No class of the truth is ever answered, and no answer is ever true: "cat" against 3."""

    id = "different_vocabularies"
    kind = "predictions"
    severity = Severity.HIGH
    actions = ("check_labels", "check_pipeline")
    avoid = ("train_longer", "tune_threshold", "calibrate")
    checks = ("compare_vocabularies", "label_encoder")
    separates = {("class_numbers_saved", "labels_of_another_task"): "label_encoder"}  # noqa: RUF012

    ROWS = 10  # rows from which no agreement at all is no accident

    def check(self, confusions: tuple[Output, ...]) -> Iterator[Finding]:
        """Report each output whose two columns share no class."""
        for output in confusions:
            confusion = output.confusion
            true, answered = confusion.support > 0, confusion.predicted > 0
            if output.label or confusion.n < self.ROWS or bool((true & answered).any()):
                continue
            names = np.array(confusion.classes, dtype=object)
            truth, answers = names[true].tolist(), names[answered].tolist()
            numbers = _are_numbers(truth) != _are_numbers(answers)
            yield self.found(
                confidence=0.97,
                params={
                    "truths": truth[:_LISTED], "answers": answers[:_LISTED], "true_classes": len(truth),
                    "answered_classes": len(answers), "variant": "numbers" if numbers else "",
                },
                evidence=(
                    Quantity(name="shared_classes", value=0, unit="classes", n=confusion.n),
                    Quantity(name="true_classes", value=len(truth), unit="classes"),
                    Quantity(name="answered_classes", value=len(answers), unit="classes"),
                ),
                hypotheses=(
                    hypothesis("class_numbers_saved", 0.4, one_side_is_numbers=numbers),
                    hypothesis("labels_of_another_task", 0.3, one_side_is_numbers=False if numbers else None),
                    hypothesis("wrong_column_chosen", 0.3 if len(truth) != len(answers) else 0.15),
                ),
            )  # fmt: skip


class ClassNeverTrue(Rule):
    """A class is answered again and again and is true in no row."""

    id = "class_never_true"
    kind = "predictions"
    severity = Severity.LOW
    actions = ("check_labels", "check_split")
    checks = ("class_in_training", "look_at_answers")

    CHANCE = 1e-3  # probability that a class as frequent as its answers has no true row; above it n is just small

    def check(self, confusions: tuple[Output, ...]) -> Iterator[Finding]:
        """Report the classes of each output that n rows should have held."""
        for output in confusions:
            confusion = output.confusion
            total = float(confusion.counts.sum())
            seen = confusion.support > 0
            if output.label or total <= 0 or not bool((seen & (confusion.predicted > 0)).any()):
                continue
            share = np.where(seen, 0.0, confusion.predicted / total)
            limit = 1 - math.exp(math.log(self.CHANCE) / max(confusion.n, 1))
            for number in np.flatnonzero(share > limit):
                yield self._finding(output, int(number), float(share[number]))

    def _finding(self, output: Output, number: int, share: float) -> Finding:
        confusion = output.confusion
        return self.found(
            confidence=0.95,
            params={"class": confusion.classes[number], "answered": int(confusion.predicted[number]), "share": share},
            evidence=(Quantity(name="answered_share", value=share, unit="fraction", n=confusion.n),),
            hypotheses=(
                hypothesis("class_missing_in_split", 0.4),
                hypothesis("spelled_differently", 0.35),
                hypothesis("class_removed_from_labels", 0.25),
            ),
        )


def _are_numbers(names: list[str]) -> bool:
    try:
        return all(math.isfinite(float(name)) for name in names)
    except ValueError:
        return False
