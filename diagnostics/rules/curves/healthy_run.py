"""Nothing to mend."""

from __future__ import annotations

from diagnostics.rules.base import Rule
from diagnostics.signals.inputs import Missing
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.gap import Gap
from diagnostics.signals.runs.progress import Progress, Scale
from diagnostics.types import Finding, Quantity, Severity


class HealthyRun(Rule):
    """The loss fell or was low, and no rule that asks for action found anything; arbitration has the last word."""

    id = "healthy_run"
    severity = Severity.INFO

    MIN_ROWS = 5
    # Level of the reference below which a loss that no longer falls is no worry: the model was trained before.
    LOW = 0.5

    def check(self, main_progress: Progress, course: Course, scale: Scale, gap: Gap | None = None) -> Finding | None:
        """Stand by; any alarm about the same run silences this."""
        if main_progress.n < self.MIN_ROWS:
            raise Missing("too_short", n=main_progress.n)
        if main_progress.end >= main_progress.start and main_progress.end > self.LOW:
            return None
        return self.found(
            confidence=0.9 if course.validation is not None else 0.75,
            params={
                "end": main_progress.end * scale.reference, "split": course.split.value, "n": main_progress.n,
                "gained": 1 - main_progress.end, "ratio": gap.ratio if gap is not None else None,
            },
            evidence=(
                Quantity(name="end_level", value=main_progress.end, unit="fraction", n=main_progress.n),
                Quantity(name="late_gain", value=main_progress.late, unit="fraction", n=main_progress.n),
                *([Quantity(name="gap_ratio", value=gap.ratio)] if gap is not None else []),
            ),
        )  # fmt: skip
