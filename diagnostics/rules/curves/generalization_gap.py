"""Training much better than validation, without a turning point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.held_out_size import HeldOutSize
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.signals.runs.skill import Skill
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Split


class GeneralizationGap(Rule):
    """Validation did not follow a large part of the progress that training made."""

    id = "generalization_gap"
    actions = ("add_regularization", "more_data", "check_split", "reduce_capacity", "unify_preprocessing")
    checks = ("duplicates_across_split", "gap_from_first_epoch", "data_size_curve_short")
    separates: ClassVar[Separations] = {
        ("too_little_data", "shifted_validation"): "gap_from_first_epoch",
        ("too_much_capacity", "shifted_validation"): "gap_from_first_epoch",
        ("too_little_data", "too_much_capacity"): "data_size_curve_short",
    }

    # Share of the progress in log loss that validation did not follow. Unitless, 0 to 1.
    BEHIND = 0.28
    # The same distance as a share of the reference: a loss of 0.02 beside one of 0.001 after starting at 2.3 is rest.
    SHARE = 0.05
    # Share of right validation answers from which there is hardly anything left to generalise better.
    RIGHT = 0.98
    # The same distance in standard errors of the validation loss, where the size of the set is known; p = 0.05.
    ERRORS = 1.64
    # Fall of the training loss, of its own start, at least: two curves that differ from the start and never move are
    # no matter of generalisation.
    LEARNED = 0.1
    # Level of the training loss, of the reference, above which training itself is poor.
    POOR = 0.5
    # Validation over training, at least: below that the share is one of hardly any progress.
    RATIO = 1.1
    # Share of the rows of the last half on which validation is above training.
    ROWS = 0.9

    def check(
        self, gap: Gap, course: Course, scale: Scale, train_progress: Progress, skill: Skill | None = None,
        held_out_size: HeldOutSize | None = None,
    ) -> Finding | None:  # fmt: skip
        """Compare the two losses over the last half of the run."""
        if train_progress.gained < self.LEARNED * train_progress.start:
            return None
        if gap.behind < self.BEHIND or gap.behind_rows < self.ROWS or (scale.ratio and gap.ratio < self.RATIO):
            return None
        if scale.ratio and not self._matters(gap, scale, skill, held_out_size):
            return None
        return self.found(
            confidence=certainty(gap.behind / self.BEHIND),
            params={
                "ratio": gap.ratio, "train": gap.train_end, "validation": gap.validation_end, "behind": gap.behind,
            },
            evidence=(
                Quantity(name="gap_ratio", value=gap.ratio),
                Quantity(name="gap_share", value=gap.behind, unit="fraction", n=len(course) // 2),
                Quantity(name="train_end", value=gap.train_end),
                Quantity(name="validation_end", value=gap.validation_end),
            ),
            marks=(
                Mark(
                    kind="gap", metric=course.metric, split=Split.VALIDATION, axis=course.axis,
                    start=float(course.x[len(course) // 2]), stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(gap, course, scale, train_progress)),
            # Where training itself is still poor, holding it back further would be the wrong end to start from.
            actions=("check_split", "unify_preprocessing") if train_progress.end > self.POOR else None,
        )  # fmt: skip

    def _matters(self, gap: Gap, scale: Scale, skill: Skill | None, size: HeldOutSize | None) -> bool:
        """Whether the distance is worth closing and more than a small validation set brings about."""
        distance = gap.validation_end - gap.train_end
        solved = skill is not None and skill.accuracy is not None and skill.accuracy.end >= self.RIGHT
        by_chance = 0.0 if size is None else self.ERRORS * size.relative_error * gap.validation_end
        return not solved and distance >= max(self.SHARE * scale.reference, by_chance)

    def _causes(self, gap: Gap, course: Course, scale: Scale, train: Progress) -> Iterator[Hypothesis]:
        assert course.train is not None and course.validation is not None
        few = max(1, len(course) // 10)
        at_once = bool((course.validation[:few] > 1.1 * course.train[:few]).all())
        memorized = gap.train_end < 0.05 * scale.reference
        yield hypothesis("too_little_data", 0.4, training_near_zero=memorized, gap_opened_later=not at_once)
        yield hypothesis("too_much_capacity", 0.3, training_near_zero=memorized)
        yield hypothesis("shifted_validation", 0.3, gap_from_start=at_once)
