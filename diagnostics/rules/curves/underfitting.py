"""Both losses levelled off high up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import certainty
from diagnostics.rules.curves.noise_floor import held_back, learned_something, sign_of_floor
from diagnostics.rules.curves.steadiness import has_levelled
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.held_out_size import HeldOutSize
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.signals.runs.regime import Regime
from diagnostics.signals.runs.skill import Skill
from diagnostics.types import Finding, Hypothesis, Mark, Quantity


class Underfitting(Rule):
    """Training itself levelled off at a poor value, and validation with it."""

    id = "underfitting"
    actions = (
        "increase_capacity",
        "reduce_regularization",
        "add_features",
        "learning_rate_sweep",
        "overfit_small_batch",
    )
    checks = ("memorize_one_batch", "learning_rate_sweep_short", "data_ceiling")
    separates: ClassVar[Separations] = {
        ("too_little_capacity", "too_much_regularization"): "run_without_regularization",
        ("too_little_capacity", "weak_inputs"): "data_ceiling",
        ("too_little_capacity", "optimization_stuck"): "memorize_one_batch",
        ("weak_inputs", "too_much_regularization"): "run_without_regularization",
    }

    # Level of the training loss, of the reference, above which not even half of the way was covered.
    LEVEL = 0.55
    # A classifier with a known accuracy is judged by that: share of the way from chance to perfect that is poor,
    # together with a loss that is not low either.
    SKILL = 0.7
    SKILL_LEVEL = 0.33
    # Share of the progress that validation did not follow, at most: beyond it training has found something that does
    # not hold elsewhere, which is another matter.
    APART = 0.6
    MIN_ROWS = 8
    # Confidence at most where something was learned and nothing shows what holds training back: the same two flat
    # curves may stand on the noise of the data.
    MAY_BE_FLOOR = 0.75
    # What to do then, best first: the two quick tests say whether there is anything to gain.
    TESTS_FIRST = (
        "overfit_small_batch", "learning_rate_sweep", "increase_capacity", "reduce_regularization", "add_features",
    )  # fmt: skip

    def check(
        self, main_progress: Progress, course: Course, scale: Scale, regime: Regime,
        train_progress: Progress | None = None, skill: Skill | None = None, gap: Gap | None = None,
        held_out_size: HeldOutSize | None = None,
    ) -> Finding | None:  # fmt: skip
        """Judge where the training loss is heading, by level or, for a classifier, by accuracy.

        Raises
        ------
        Missing
            Also where a high level is no proof: the log shows a sign that it is the noise of the data.
        """
        if not scale.ratio:
            raise Missing("loss_has_no_zero")
        if main_progress.n < self.MIN_ROWS:
            raise Missing("too_short", n=main_progress.n)
        lead = train_progress or main_progress
        if not has_levelled(main_progress) or lead.start <= lead.end:
            return None
        if gap is not None and gap.behind > self.APART:
            return None
        margin = self._margin(lead, main_progress, skill)
        if margin < 1.0:
            return None
        floor = sign_of_floor(main_progress, skill, gap, held_out_size, regime)
        if floor:
            raise Missing(floor)
        sure = held_back(skill, gap) or not learned_something(main_progress, skill)
        level_from = float(course.x[max(0, 2 * len(course) // 3)])
        above = skill.above_chance if skill is not None else None
        return self.found(
            confidence=certainty(margin) if sure else min(certainty(margin), self.MAY_BE_FLOOR),
            params={
                "level": lead.end, "limit": lead.limit, "end": lead.end * scale.reference,
                "start": lead.start * scale.reference, "ratio": gap.ratio if gap is not None else None,
                "accuracy": skill.accuracy.end if skill is not None and skill.accuracy is not None else None,
            },
            evidence=(
                Quantity(name="end_level", value=lead.end, unit="fraction", n=lead.n),
                Quantity(name="limit_level", value=lead.limit, unit="fraction", n=main_progress.n),
                *([Quantity(name="gap_ratio", value=gap.ratio)] if gap is not None else []),
                *([Quantity(name="above_chance", value=above, unit="fraction")] if above is not None else []),
            ),
            marks=(
                Mark(
                    kind="plateau", metric=course.metric, split=course.split, axis=course.axis, start=level_from,
                    stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(lead, gap, regime)),
            actions=None if sure else self.TESTS_FIRST,
        )  # fmt: skip

    def _margin(self, lead: Progress, main: Progress, skill: Skill | None) -> float:
        by_level = min(lead.end, main.limit) / self.LEVEL
        above = skill.above_chance if skill is not None else None
        if above is None:
            return by_level
        # Both must be poor: a noisy floor keeps the loss up although the answers are right.
        by_skill = min((1 - above) / (1 - self.SKILL), min(lead.end, main.limit) / self.SKILL_LEVEL)
        return max(by_skill, min(by_level, (1 - above) / (1 - self.SKILL)))

    def _causes(self, lead: Progress, gap: Gap | None, regime: Regime) -> Iterator[Hypothesis]:
        together = None if gap is None else gap.behind < 0.2
        schedule = regime.schedule
        faded = None if schedule is None else schedule.left < 0.05
        better = None if gap is None else gap.ahead > 0.1
        yield hypothesis("too_little_capacity", 0.4, losses_together=together)
        yield hypothesis("too_much_regularization", 0.3, validation_is_better=better or None)
        yield hypothesis("weak_inputs", 0.3, levelled_early=(lead.pace or 0.0) < 0.1 or None)
        yield hypothesis("optimization_stuck", 0.25, rate_faded=faded)
