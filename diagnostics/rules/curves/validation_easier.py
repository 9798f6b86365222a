"""Validation lastingly better than training."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.progress import Scale
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity, Split


class ValidationEasier(Rule):
    """Validation loss below training loss, by more than half an epoch of training explains."""

    id = "validation_easier"
    severity = Severity.LOW
    actions = ("check_split", "reduce_regularization")
    checks = ("evaluate_on_training_set", "duplicates_across_split", "compare_loss_functions")
    separates: ClassVar[Separations] = {
        ("training_only_regularization", "leakage"): "evaluate_on_training_set",
        ("training_only_regularization", "loss_defined_differently"): "compare_loss_functions",
        ("leakage", "easier_validation_set"): "duplicates_across_split",
    }

    # Share of the progress in log loss that training is behind validation; half of what makes a gap the other way,
    # since the half-epoch shift was already taken off.
    AHEAD = 0.13
    # Training over validation, at least.
    RATIO = 1.12
    # Share of the rows of the last half on which it is so.
    ROWS = 0.9
    # Beyond this ratio training-only regularisation is no longer the likely reason: it would have to cost more than
    # three quarters of the training loss.
    SUSPICIOUS = 4.0

    def check(self, gap: Gap, course: Course, scale: Scale) -> Finding | None:
        """Compare validation with the training loss half an epoch later."""
        if gap.ahead < self.AHEAD or gap.ahead_rows < self.ROWS or (scale.ratio and gap.ahead_ratio < self.RATIO):
            return None
        suspicious = gap.ahead_ratio >= self.SUSPICIOUS
        return self.found(
            confidence=certainty(gap.ahead / self.AHEAD, math.log(gap.ahead_ratio) / math.log(self.RATIO)),
            severity=Severity.MEDIUM if suspicious else Severity.LOW,
            params={
                "ratio": gap.ahead_ratio, "train": gap.train_end, "validation": gap.validation_end,
                "share": gap.ahead_rows, "variant": "suspicious" if suspicious else "",
            },
            evidence=(
                Quantity(name="ahead_ratio", value=gap.ahead_ratio, n=len(course) // 2),
                Quantity(name="ahead_share", value=gap.ahead, unit="fraction", n=len(course) // 2),
                Quantity(name="ahead_rows", value=gap.ahead_rows, unit="fraction", n=len(course) // 2),
            ),
            marks=(
                Mark(
                    kind="gap", metric=course.metric, split=Split.VALIDATION, axis=course.axis,
                    start=float(course.x[len(course) // 2]), stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(gap, scale, suspicious)),
            actions=("check_split",),
        )  # fmt: skip

    def _causes(self, gap: Gap, scale: Scale, suspicious: bool) -> Iterator[Hypothesis]:
        perfect = gap.validation_end < 0.01 * scale.reference
        yield hypothesis("training_only_regularization", 0.5, within_reach=False if suspicious else None)
        yield hypothesis("leakage", 0.25, far_apart=suspicious or None, nearly_perfect=perfect or None)
        yield hypothesis("loss_defined_differently", 0.2)
        yield hypothesis("easier_validation_set", 0.15)
