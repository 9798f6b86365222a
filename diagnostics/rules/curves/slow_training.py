"""A loss that falls all the time and gets nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import below, certainty
from diagnostics.rules.curves.steadiness import is_steady
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gradients import GradientNorms
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.signals.runs.regime import Regime
from diagnostics.types import Finding, Hypothesis, Mark, Quantity


class SlowTraining(Rule):
    """Steady progress that is far too small for the length of the run."""

    id = "slow_training"
    actions = (
        "raise_learning_rate",
        "learning_rate_sweep",
        "change_schedule",
        "change_optimizer",
        "change_initialization",
    )
    checks = ("learning_rate_sweep_short", "learning_rate_log", "gradient_norm_log")
    separates: ClassVar[Separations] = {
        ("rate_too_low", "schedule_stifles"): "learning_rate_log",
        ("rate_too_low", "poor_conditioning"): "learning_rate_sweep_short",
        ("rate_too_low", "vanishing_signal"): "gradient_norm_log",
    }

    # After a run of this many rows less than two fifths of the way from the reference to zero were covered.
    LEVEL = 0.6
    # Rows (epochs or evaluations) before which "slow" cannot be told from "stopped early".
    MIN_ROWS = 20

    def check(
        self, main_progress: Progress, course: Course, scale: Scale, regime: Regime,
        gradient_norms: GradientNorms | None = None,
    ) -> Finding | None:  # fmt: skip
        """Ask for a straight way down, a long run, and a level that is still high."""
        if not scale.ratio:
            raise Missing("loss_has_no_zero")
        if main_progress.n < self.MIN_ROWS:
            raise Missing("too_short_for_speed", n=main_progress.n, needed=self.MIN_ROWS)
        if not is_steady(main_progress) or main_progress.end < self.LEVEL:
            return None
        last_third = max(-main_progress.slope, 1e-9)
        return self.found(
            confidence=certainty(main_progress.end / self.LEVEL, below(1 - main_progress.end, 1 - self.LEVEL)),
            params={
                "gained": main_progress.gained, "n": main_progress.n, "end": main_progress.end * scale.reference,
                "start": main_progress.start * scale.reference, "more_runs": main_progress.end / 2 / last_third,
            },
            evidence=(
                Quantity(name="loss_gained", value=main_progress.gained, unit="fraction", n=main_progress.n),
                Quantity(name="pace", value=main_progress.pace),
                Quantity(
                    name="late_slope", value=main_progress.slope, unit="per_run_length", low=main_progress.slope_low,
                    high=main_progress.slope_high,
                ),
            ),
            marks=(
                Mark(
                    kind="region", metric=course.metric, split=course.split, axis=course.axis,
                    start=float(course.x[0]), stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(main_progress, regime, gradient_norms)),
        )  # fmt: skip

    def _causes(self, progress: Progress, regime: Regime, norms: GradientNorms | None) -> Iterator[Hypothesis]:
        schedule = regime.schedule
        accelerating = progress.pace is not None and progress.pace > 1.1
        rising = None if schedule is None else (schedule.rises_at or 0.0) > 0.5
        faded = None if schedule is None else schedule.left < 0.1
        yield hypothesis("rate_too_low", 0.5, straight_line=not accelerating or None)
        yield hypothesis(
            "schedule_stifles", 0.25, warm_up_lasts=rising, rate_faded=faded, speeding_up=accelerating or None
        )
        yield hypothesis("vanishing_signal", 0.15, gradients_fade=None if norms is None else norms.late < 0.1)
        yield hypothesis("poor_conditioning", 0.2)
