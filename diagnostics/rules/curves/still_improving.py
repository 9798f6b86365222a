"""The run ended while it was still getting better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.signals.runs.regime import Regime
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity


class StillImproving(Rule):
    """The last fifth of the run still brought a useful part of all progress, beyond noise."""

    id = "still_improving"
    actions = ("train_longer", "change_schedule", "raise_learning_rate")
    checks = ("continue_training", "learning_rate_log")
    separates: ClassVar[Separations] = {
        ("stopped_early", "rate_too_low"): "continue_training",
    }

    # Improvement over the last fifth of the run as a fraction of all progress made. A curve that decays
    # exponentially and has reached 99 % of its way gains less.
    LATE = 0.01
    # The same, from which going on is worth acting on: a seventh of what an even pace would bring.
    USEFUL = 0.03
    # All progress since the first row, of the reference, at least: a part of next to nothing is nothing.
    GAINED = 0.02
    # A schedule below this share of its peak has run out: more epochs need a new schedule.
    SCHEDULE_LEFT = 0.05
    # Pace (last third over middle third) from which a curve is too straight to be extrapolated.
    STRAIGHT = 0.75
    MIN_ROWS = 5

    def check(self, main_progress: Progress, course: Course, scale: Scale, regime: Regime) -> Finding | None:
        """Look at the last fifth of validation, or of training where nothing was held out."""
        if main_progress.n < self.MIN_ROWS:
            raise Missing("too_short", n=main_progress.n)
        if main_progress.gained < self.GAINED:
            return None
        if main_progress.fresh < self.LATE or not main_progress.late_is_real:
            return None
        exhausted = regime.schedule is not None and regime.schedule.left < self.SCHEDULE_LEFT
        return self.found(
            confidence=certainty(main_progress.fresh / self.LATE),
            severity=Severity.MEDIUM if main_progress.fresh >= self.USEFUL else Severity.LOW,
            params={
                "late": main_progress.fresh, "end": main_progress.end * scale.reference,
                "limit": self._limit(main_progress, scale), "variant": "schedule_over" if exhausted else "",
                "n": main_progress.n, "split": course.split.value,
            },
            evidence=(
                Quantity(name="late_gain", value=main_progress.fresh, unit="fraction", n=main_progress.n),
                Quantity(
                    name="late_slope", value=main_progress.slope, unit="per_run_length", low=main_progress.slope_low,
                    high=main_progress.slope_high,
                ),
                Quantity(name="limit_level", value=main_progress.limit, unit="fraction"),
            ),
            marks=(
                Mark(
                    kind="region", metric=course.metric, split=course.split, axis=course.axis,
                    start=float(course.x[int(0.8 * (len(course) - 1))]), stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(main_progress, exhausted)),
            actions=("change_schedule", "train_longer") if exhausted else None,
        )  # fmt: skip

    def _limit(self, progress: Progress, scale: Scale) -> float | None:
        """The level it is heading for, where the curve bends enough to say."""
        bends = progress.pace is not None and progress.pace < self.STRAIGHT
        return progress.limit * scale.reference if bends else None

    def _causes(self, progress: Progress, exhausted: bool) -> Iterator[Hypothesis]:
        yield hypothesis("stopped_early", 0.5, rate_left=False if exhausted else None)
        yield hypothesis("rate_too_low", 0.3, straight_line=progress.pace is not None and progress.pace > 0.62)
