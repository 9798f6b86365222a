"""A loss that jumps up and stays there, or swings back and forth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gradients import GradientNorms
from diagnostics.signals.runs.progress import Progress
from diagnostics.signals.runs.regime import Regime
from diagnostics.signals.runs.stability import Stability
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity, Split


class UnstableTraining(Rule):
    """The loss diverges, jumps or oscillates by more than batches explain; a sudden fall never counts."""

    id = "unstable_training"
    severity = Severity.HIGH
    actions = ("lower_learning_rate", "clip_gradients", "change_schedule", "larger_batch", "normalize_inputs")
    checks = ("learning_rate_log", "gradient_norm_log", "rerun_other_seed")
    separates: ClassVar[Separations] = {
        ("rate_too_high", "bad_batch"): "gradient_norm_log",
        ("rate_too_high", "small_batch"): "learning_rate_log",
        ("rate_too_high", "missing_normalization"): "learning_rate_log",
    }

    # Lasting rise of the training loss, as a fraction of the loss of a model that knows nothing: a fifth of
    # everything there is to learn was lost again. Unitless.
    CLIMB = 0.2
    # A smaller climb, same unit, counts where it was never made good: the training loss ended at this many times its
    # lowest lasting value.
    DRIFT = 0.1
    REBOUND = 2.0
    # Share of all that was learned that was lost again and never made good, from which the smaller climb counts too,
    # however little was learned before.
    LOST = 0.8
    # The same of validation, which shows whether the weights were thrown off or only a hard stretch of batches came.
    HELD_OUT_CLIMB = 0.05
    # The same, from which "it diverged" is the plain word: ten times the loss of knowing nothing.
    DIVERGED = 10.0
    # Largest number of single precision. A network whose loss is beyond it was thrown out of every range that data
    # have, however steadily the loss comes down from there.
    BEYOND = 3.4e38
    # Back and forth from row to row, same unit: training beyond what its batches explain, and validation. Both must
    # move, each by half of its threshold at least: training alone is augmentation or mixing. More on one side makes up
    # for less on the other, since the same weights move both (geometric mean).
    EITHER = 0.5
    SWING = 0.02
    HELD_OUT_SWING = 0.04
    LEARNED_ALONE = 0.9
    # Share of rows where the direction changes, at least: a curve that bends once has no swings.
    REVERSALS = 0.35
    # Standard errors of the rank correlation of the steps of both losses, below which they swing against each other:
    # p = 0.005. Validation that falls whenever training rises is relieved of its overconfidence, not thrown about.
    OPPOSED = -2.58
    # Times the thresholds of both swings from which they ask for action whatever was learned.
    WILD = 2.0
    # Level of the reference below which most was learned all the same.
    LEARNED = 0.5
    # Without validation the training loss has to swing this much by itself.
    LONE_SWING = 0.08

    def check(
        self, stability: Stability, course: Course, regime: Regime, main_progress: Progress,
        gradient_norms: GradientNorms | None = None,
    ) -> Finding | None:  # fmt: skip
        """Report a lasting climb, else a loss beyond all numbers that data have, else an oscillation of both losses."""
        variant = self._variant(stability, main_progress)
        if not variant:
            return None
        climbing = variant in ("diverged", "climb")
        margin = self._margin(variant, stability)
        marks = [
            Mark(kind="spike", metric=course.metric, split=course.split, axis=course.axis, start=at)
            for at in stability.spikes[:20]
        ]
        if climbing:
            split = Split.TRAIN if course.train is not None else course.split
            at = stability.climb_at
            marks.insert(0, Mark(kind="spike", metric=course.train_metric, split=split, axis=course.axis, start=at))
        return self.found(
            confidence=certainty(margin),
            severity=self._severity(variant, margin, main_progress),
            params={
                "variant": variant, "axis": course.axis.value, "climb": stability.climb, "highest": stability.highest,
                "at": stability.highest_at if variant == "beyond" else stability.climb_at,
                "swing": max(stability.swing, stability.held_out_swing or 0.0), "spikes": len(stability.spikes),
                "returned": stability.returned if climbing and stability.returned >= 0.05 else None,
            },
            evidence=(
                Quantity(name="lasting_climb", value=stability.climb, unit="fraction", n=stability.n),
                Quantity(name="train_swing", value=stability.swing, unit="fraction", n=stability.n),
                Quantity(name="validation_swing", value=stability.held_out_swing, unit="fraction", n=stability.n),
                Quantity(name="spikes", value=len(stability.spikes), unit="rows"),
            ),
            marks=marks,
            hypotheses=tuple(self._causes(stability, regime, gradient_norms)),
        )  # fmt: skip

    def _variant(self, stability: Stability, progress: Progress) -> str:
        if self._climbs(stability):
            return "diverged" if stability.climb >= self.DIVERGED else "climb"
        if stability.highest > self.BEYOND:
            return "beyond"
        return "swing" if self._swings(stability, progress) else ""

    def _margin(self, variant: str, stability: Stability) -> float:
        if variant == "swing":
            return self._swing_margin(stability)
        if variant == "beyond":
            return math.log10(stability.highest) / math.log10(self.BEYOND)
        return max(1.0, stability.climb / self.CLIMB)

    def _climbs(self, stability: Stability) -> bool:
        """Validation must climb too; alone, a training loss must climb by more than its own noise brings about."""
        least = self.DRIFT if (stability.lost or 0.0) >= self.LOST else self.CLIMB
        if stability.held_out_climb is None:
            return stability.climb >= max(least, 3 * stability.swing)
        if (stability.rebound or 0.0) >= self.REBOUND:
            least = self.DRIFT
        return stability.climb >= least and stability.held_out_climb >= self.HELD_OUT_CLIMB

    def _swings(self, stability: Stability, progress: Progress) -> bool:
        """Alone, a training loss must have learned something first: noise about the start is another matter."""
        if stability.held_out_swing is None and progress.best > self.LEARNED_ALONE:
            return False
        if (stability.together or 0.0) < self.OPPOSED:
            return False
        return self._swing_margin(stability) >= 1.0 and stability.reversals >= self.REVERSALS

    def _severity(self, variant: str, margin: float, progress: Progress) -> Severity:
        """A run that learned in spite of moderate swings is only worth watching."""
        if variant != "swing":
            return Severity.HIGH
        return Severity.MEDIUM if progress.end > self.LEARNED or margin >= self.WILD else Severity.LOW

    def _swing_margin(self, stability: Stability) -> float:
        if stability.held_out_swing is None:
            return stability.swing / self.LONE_SWING
        both = stability.swing / self.SWING, stability.held_out_swing / self.HELD_OUT_SWING
        return math.sqrt(both[0] * both[1]) if min(both) >= self.EITHER else min(both)

    def _causes(self, stability: Stability, regime: Regime, norms: GradientNorms | None) -> Iterator[Hypothesis]:
        schedule = regime.schedule
        warmed = None if schedule is None or schedule.rises_at is None else schedule.rises_at > 0
        burst = None if norms is None else norms.largest > 10
        yield hypothesis(
            "rate_too_high", 0.5, did_not_recover=stability.returned < 0.5, gradients_burst=burst,
            rate_was_rising=warmed or None,
        )  # fmt: skip
        yield hypothesis("bad_batch", 0.25, isolated=0 < len(stability.spikes) <= 3 and stability.returned > 0.8)
        yield hypothesis("small_batch", 0.25, swings_all_along=self._swing_margin(stability) >= 1.0)
        yield hypothesis("missing_normalization", 0.2, gradients_burst=burst)
