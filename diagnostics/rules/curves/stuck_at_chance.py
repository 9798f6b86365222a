"""A training loss that never left the level of guessing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import below, certainty
from diagnostics.rules.curves.steadiness import is_steady
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gradients import GradientNorms
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.signals.runs.skill import Skill
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity


class StuckAtChance(Rule):
    """Nothing was learned: the loss ends where a model that knows nothing stands, and is not on its way down."""

    id = "stuck_at_chance"
    severity = Severity.HIGH
    actions = (
        "check_pipeline",
        "overfit_small_batch",
        "check_labels",
        "learning_rate_sweep",
        "change_initialization",
    )
    checks = ("look_at_batches", "memorize_one_batch", "gradient_norm_log")
    separates: ClassVar[Separations] = {
        ("labels_detached", "no_gradient"): "gradient_norm_log",
        ("labels_detached", "rate_unsuitable"): "memorize_one_batch",
        ("labels_detached", "inputs_uninformative"): "memorize_one_batch",
        ("no_gradient", "rate_unsuitable"): "gradient_norm_log",
    }

    # Largest fall of either loss that still counts as none, of the reference loss. Guessing the class frequencies
    # instead of a uniform guess already gains a few percent.
    LEARNED = 0.055
    # The same where the metric is no better than guessing: an untrained network is confidently wrong and has to come
    # down to an even guess first, which is worth up to a tenth of its loss and teaches it nothing.
    LEARNED_BLIND = 0.12
    # A metric closer to chance than this (0 chance, 1 perfect) is guessing.
    BLIND = 0.1
    # A loss this high is that of a guess: exp(-loss) at most, a little above one in two.
    EVEN = 0.52
    # Right answers beyond exp(-loss), at most. A guess among K classes is right once in K and costs ln K; whoever knows
    # something is right more often than the loss says, since the loss averages logarithms.
    EXCESS = 0.06
    # The same as a part of exp(-loss): among a hundred classes a share of 0.06 is six times a guess. Equal to the above
    # for a guess among ten.
    TIMES = 0.6
    # Share of what accuracy was missing that was gained, at most.
    GAIN = 0.15
    # Training over validation loss, at least: where training falls alone, something is learned, if only by heart.
    TOGETHER = 0.8
    # The training loss must end above this share of where it began (a classifier: at ln 2 at least, since a model that
    # was trained before starts lower).
    LEVEL = 0.9
    # A metric this far above chance (0 chance, 1 perfect) proves that something was learned.
    ABOVE_CHANCE = 0.25
    # Kendall's tau of the training loss against time: a validation loss that creeps down while training does not is
    # no progress.
    FALLING = -0.1
    MIN_ROWS = 5

    def check(
        self, main_progress: Progress, course: Course, scale: Scale, train_progress: Progress | None = None,
        skill: Skill | None = None, gradient_norms: GradientNorms | None = None,
    ) -> Finding | None:  # fmt: skip
        """Compare both losses with where they started."""
        if main_progress.n < self.MIN_ROWS:
            raise Missing("too_short", n=main_progress.n)
        if not scale.ratio:
            raise Missing("loss_has_no_zero")
        lead = train_progress or main_progress
        above = skill.above_chance if skill is not None else None
        learned = max(p.start - p.end for p in (lead, main_progress))
        blind = above is not None and above < self.BLIND
        most = self.LEARNED_BLIND if blind else self.LEARNED
        flat = learned < most and self._level(lead, scale) >= (1 - most if blind else self.LEVEL)
        guessing = self._guesses(skill, lead, main_progress)
        if not flat and not guessing:
            return None
        if is_steady(main_progress) and lead.tau < self.FALLING:
            return None
        if above is not None and above > self.ABOVE_CHANCE:
            return None
        classes = self._classes(lead.end * scale.reference) if scale.classifier else None
        return self.found(
            confidence=certainty(below(max(learned, 0.0), most) if flat else 1.5),
            params={
                "variant": "" if flat else "guessing",
                "learned": max(learned, 0.0), "loss": lead.end * scale.reference, "classes": classes,
                "accuracy": skill.accuracy.end if skill is not None and skill.accuracy is not None else None,
            },
            evidence=(
                Quantity(name="loss_gained", value=max(learned, 0.0), unit="fraction", n=lead.n),
                Quantity(name="end_level", value=lead.end, unit="fraction", n=lead.n),
                *([Quantity(name="above_chance", value=above, unit="fraction")] if above is not None else []),
            ),
            marks=(
                Mark(
                    kind="plateau", metric=course.metric, split=course.split, axis=course.axis,
                    start=float(course.x[0]), stop=float(course.x[-1]),
                ),
            ),
            hypotheses=tuple(self._causes(lead, main_progress, gradient_norms)),
        )  # fmt: skip

    def _guesses(self, skill: Skill | None, lead: Progress, main: Progress) -> bool:
        """Whether the answers are no better than an even guess of the same loss, and never were."""
        if skill is None or skill.accuracy is None or skill.promised is None or lead.end < self.TOGETHER * main.end:
            return False
        excess = skill.accuracy.end - skill.promised
        return (
            skill.promised <= self.EVEN
            and excess < min(self.EXCESS, self.TIMES * skill.promised)
            and skill.accuracy.gain < self.GAIN
        )

    def _level(self, lead: Progress, scale: Scale) -> float:
        least = math.log(2) / scale.reference if scale.classifier else 0.0
        return lead.end / max(lead.start, least, 1e-12)

    def _classes(self, loss: float) -> int | None:
        """K where the loss is within 2 % of ln K, for the few K where that is no coincidence."""
        k = round(math.exp(min(loss, 20.0)))
        return k if 2 <= k <= 20 and abs(loss - math.log(k)) < 0.02 * loss else None

    def _causes(self, lead: Progress, main: Progress, norms: GradientNorms | None) -> Iterator[Hypothesis]:
        dead = None if norms is None else norms.zero > 0.5 or norms.typical < 1e-8
        memorizes = lead is not main and lead.tau < -0.5 and main.tau > -0.2
        yield hypothesis("labels_detached", 0.4, training_creeps_alone=memorizes or None)
        flat = abs(lead.start - lead.end) < 1e-4
        yield hypothesis("no_gradient", 0.3, gradients_are_zero=dead, perfectly_flat=flat or None)
        yield hypothesis("rate_unsuitable", 0.25)
        yield hypothesis("inputs_uninformative", 0.2)
