"""The loss got better and the metric did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import Progress, Scale, base_name
from diagnostics.signals.runs.skill import Metric, Skill
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Split


class LossMetricMismatch(Rule):
    """The loss promises far more right answers than the metric counts, and the metric hardly moved."""

    id = "loss_metric_mismatch"
    actions = ("tune_threshold", "change_metric", "reweight_classes", "check_labels", "resample", "calibrate")
    checks = ("confusion_matrix_at_threshold", "metric_by_hand", "class_counts")
    separates: ClassVar[Separations] = {
        ("threshold_off", "rare_positive"): "confusion_matrix_at_threshold",
        ("threshold_off", "metric_miscomputed"): "metric_by_hand",
        ("rare_positive", "metric_miscomputed"): "metric_by_hand",
    }

    # Share of the reference loss that was learned, at least: below that there is no contradiction.
    LEARNED = 0.4
    # How far the metric stays below exp(-loss), the share of right answers that the loss promises. Unitless.
    SHORT = 0.3
    # Share of what was missing that the metric gained, at most.
    GAIN = 0.45

    def check(self, skill: Skill, main_progress: Progress, course: Course, scale: Scale) -> Finding | None:
        """Compare every logged metric with what the loss promises; the worst one is reported."""
        if skill.promised is None:
            raise Missing("needs_classifier_loss")
        if main_progress.end > 1 - self.LEARNED:
            return None
        stuck = [m for m in skill.metrics if skill.promised - m.end >= self.SHORT and m.gain <= self.GAIN]
        if not stuck:
            return None
        worst = max(stuck, key=lambda m: skill.promised - m.end if skill.promised is not None else 0.0)
        split = Split.VALIDATION if course.validation is not None else None
        others_fine = any(m.end >= skill.promised - self.SHORT for m in skill.metrics if m is not worst)
        return self.found(
            confidence=certainty((skill.promised - worst.end) / self.SHORT, (1 - main_progress.end) / self.LEARNED),
            params={
                "metric": worst.name, "start": worst.start, "end": worst.end, "promised": skill.promised,
                "learned": 1 - main_progress.end, "n": worst.n,
                "accuracy": skill.accuracy.end if skill.accuracy is not None and worst is not skill.accuracy else None,
            },
            evidence=(
                Quantity(name="metric_end", value=worst.end, unit="fraction", n=worst.n),
                Quantity(name="metric_gain", value=worst.gain, unit="fraction", n=worst.n),
                Quantity(name="promised", value=skill.promised, unit="fraction"),
                Quantity(name="loss_learned", value=1 - main_progress.end, unit="fraction", n=main_progress.n),
            ),
            marks=(
                Mark(
                    kind="plateau", metric=worst.name, split=split, axis=course.axis, start=float(course.x[0]),
                    stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(worst, others_fine)),
            actions=self._order(worst, others_fine),
        )  # fmt: skip

    def _order(self, worst: Metric, others_fine: bool) -> tuple[str, ...]:
        if base_name(worst.name) == "accuracy":
            return ("check_labels", "check_pipeline", "change_metric", "tune_threshold")
        if others_fine:
            return ("tune_threshold", "reweight_classes", "resample", "change_metric")
        return ("tune_threshold", "check_labels", "change_metric", "reweight_classes", "calibrate")

    def _causes(self, worst: Metric, others_fine: bool) -> Iterator[Hypothesis]:
        zero = worst.end < 0.05
        is_accuracy = base_name(worst.name) == "accuracy"
        per_class = False if is_accuracy else None
        yield hypothesis("rare_positive", 0.35, accuracy_is_high=others_fine or None, metric_is_per_class=per_class)
        yield hypothesis("threshold_off", 0.35, metric_near_zero=zero or None)
        yield hypothesis(
            "metric_miscomputed", 0.25, metric_is_accuracy=is_accuracy or None,
            other_metrics_low=False if others_fine else None,
        )  # fmt: skip
