"""The last epoch is not the best one."""

from __future__ import annotations

from diagnostics.rules.base import Rule
from diagnostics.rules.certainty import certainty
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.turning import TurningPoint
from diagnostics.types import Finding, Mark, Quantity, Severity, Split


class CheckpointMissed(Rule):
    """Whoever keeps the last weights keeps worse ones; stopping earlier would have saved time."""

    id = "checkpoint_missed"
    severity = Severity.LOW
    actions = ("early_stopping",)
    checks = ("which_checkpoint_was_kept",)

    # How much worse the end is than the best, unitless: two percent is visible in use, less is not.
    LOST = 0.02
    # The same in standard deviations of the noise: the best of many noisy rows is a lucky one.
    SCORE = 4.0
    # Share of the run that came after the best row, at least.
    AFTER = 0.1

    def check(self, turning_point: TurningPoint, course: Course) -> Finding | None:
        """Compare the end with the lowest smoothed value."""
        turn = turning_point
        after = turn.rows_after / max(len(course) - 1, 1)
        margins = (turn.rise / self.LOST, turn.score / self.SCORE, after / self.AFTER)
        if min(margins) < 1.0:
            return None
        return self.found(
            confidence=certainty(*margins),
            params={
                "at": turn.at, "axis": course.axis.value, "best": turn.best, "end": turn.end, "lost": turn.rise,
                "saved": turn.rows_after, "share": after, "lowest": turn.single_best, "lowest_at": turn.single_best_at,
            },
            evidence=(
                Quantity(name="lost_since_best", value=turn.rise, unit="fraction", n=turn.rows_after),
                Quantity(name="rows_after_best", value=turn.rows_after, unit="rows"),
            ),
            marks=(
                Mark(
                    kind="best", metric=course.metric, split=Split.VALIDATION, axis=course.axis,
                    start=turn.single_best_at,
                ),
            ),
        )  # fmt: skip
