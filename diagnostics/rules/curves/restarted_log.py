"""Counters that go back: a resumed run, or several runs in one file."""

from __future__ import annotations

from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.signals.runs.course import Course
from diagnostics.signals.runs.restarts import Restarts
from diagnostics.types import Finding, Mark, Quantity, Severity


class RestartedLog(Rule):
    """Steps or epochs go back, or are logged twice; says which stretch the other findings are about."""

    id = "restarted_log"
    severity = Severity.LOW
    checks = ("compare_config_of_stretches", "optimizer_state_restored")
    separates: ClassVar[Separations] = {
        ("resumed_run", "several_runs"): "compare_config_of_stretches",
    }

    def check(self, restarts: Restarts, course: Course | None = None) -> Finding | None:
        """Report every place where the log begins anew."""
        if not restarts.count:
            return None
        metric, split = (course.metric, course.split) if course is not None else ("loss", None)
        fresh = restarts.kind == "fresh"
        return self.found(
            confidence=0.97,
            params={
                "at": restarts.at[0], "before": restarts.before[0], "axis": restarts.axis.value,
                "count": restarts.count, "repeated": restarts.repeated,
                "variant": "mixed" if restarts.kind == "mixed" else "fresh" if fresh else "",
            },
            evidence=(
                Quantity(name="restarts", value=restarts.count),
                Quantity(name="repeated", value=restarts.repeated, unit=f"{restarts.axis.value}s"),
            ),
            marks=[
                Mark(kind="restart", metric=metric, split=split, axis=restarts.axis, start=at)
                for at in restarts.at[:50]
            ],
            hypotheses=(
                hypothesis("resumed_run", 0.5, loss_continues=restarts.kind == "resumed"),
                hypothesis("several_runs", 0.5, loss_starts_over=fresh),
            ),
        )  # fmt: skip
