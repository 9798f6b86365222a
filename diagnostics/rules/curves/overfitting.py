"""Validation turns and rises while training goes on falling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.progress import Scale
from diagnostics.signals.runs.skill import Skill
from diagnostics.signals.runs.turning import TurningPoint
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity, Split


class Overfitting(Rule):
    """The validation loss has a turning point: it rises from there by more than noise, training keeps falling."""

    id = "overfitting"
    severity = Severity.HIGH
    actions = (
        "early_stopping",
        "add_regularization",
        "more_data",
        "reduce_capacity",
        "check_split",
        "check_labels",
    )
    checks = ("metric_at_turning_point", "data_size_curve_short", "duplicates_across_split", "inspect_hard_examples")
    separates: ClassVar[Separations] = {
        ("too_much_capacity", "noisy_labels"): "inspect_hard_examples",
        ("too_little_data", "noisy_labels"): "inspect_hard_examples",
        ("too_little_data", "too_much_capacity"): "data_size_curve_short",
        ("too_little_data", "shifted_validation"): "duplicates_across_split",
        ("overconfidence", "too_little_data"): "metric_at_turning_point",
        ("overconfidence", "noisy_labels"): "metric_at_turning_point",
    }

    # Rise of the validation loss over its lowest value. Unitless; below a tenth the choice of the epoch matters less
    # than the choice of the seed.
    RISE = 0.08
    # The same rise as a share of the whole way down: a loss of 0.02 that becomes 0.03 after starting at 2.3 is rest.
    SHARE = 0.03
    # Rise in standard deviations of the noise around the curve.
    SCORE = 3.5
    # Further fall of the training loss after the turning point, of its level there.
    TRAINING = 0.05

    def check(
        self, turning_point: TurningPoint, course: Course, scale: Scale, gap: Gap | None = None,
        skill: Skill | None = None,
    ) -> Finding | None:  # fmt: skip
        """Ask for a rise that is large, lasting and not shared by training."""
        if course.train is None:
            raise Missing("needs_training_loss")
        turn = turning_point
        margins = (turn.rise / self.RISE, turn.share / self.SHARE, turn.score / self.SCORE)
        if min(margins) < 1.0 or turn.training_fell < self.TRAINING:
            return None
        kept = self._kept_improving(skill, turn)
        return self.found(
            confidence=certainty(*margins),
            params={
                "at": turn.at, "axis": course.axis.value, "rise": turn.rise, "best": turn.best, "end": turn.end,
                "training_fell": turn.training_fell, "rows_after": turn.rows_after, "span": len(course),
                "after": turn.rows_after / max(len(course) - 1, 1), "low_at": turn.low_at, "high_at": turn.high_at,
                "ratio": gap.ratio if gap is not None else None, "lowest": turn.single_best,
                "lowest_at": turn.single_best_at,
            },
            evidence=(
                Quantity(
                    name="turning_point", value=turn.at, unit=course.axis.value, low=turn.low_at, high=turn.high_at
                ),
                Quantity(name="rise", value=turn.rise, unit="fraction", n=turn.rows_after),
                Quantity(name="rise_score", value=turn.score, unit="deviations"),
                Quantity(name="training_fell", value=turn.training_fell, unit="fraction"),
            ),
            marks=(
                Mark(
                    kind="turning_point", metric=course.metric, split=Split.VALIDATION, axis=course.axis, start=turn.at
                ),
                Mark(
                    kind="best", metric=course.metric, split=Split.VALIDATION, axis=course.axis,
                    start=turn.single_best_at,
                ),
                Mark(
                    kind="gap", metric=course.metric, split=Split.VALIDATION, axis=course.axis, start=turn.at,
                    stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(turn, gap, kept, scale)),
        )  # fmt: skip

    def _kept_improving(self, skill: Skill | None, turn: TurningPoint) -> bool | None:
        """Whether the accuracy held while the loss rose: then it is confidence that overshoots."""
        if skill is None or skill.accuracy is None:
            return None
        return skill.accuracy.best - skill.accuracy.end < 0.02

    def _causes(self, turn: TurningPoint, gap: Gap | None, kept: bool | None, scale: Scale) -> Iterator[Hypothesis]:
        memorized = None if gap is None else gap.train_end < 0.05 * scale.reference
        early = turn.row <= 1
        yield hypothesis("too_little_data", 0.4, training_near_zero=memorized)
        yield hypothesis("too_much_capacity", 0.35, training_near_zero=memorized)
        yield hypothesis("noisy_labels", 0.2, metric_fell_too=None if kept is None else not kept)
        yield hypothesis("shifted_validation", 0.1, turned_at_once=early or None)
        yield hypothesis("overconfidence", 0.2, metric_held=kept)
