"""The two changes a report proposes: most expected effect for least effort, and never against another finding."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.knowledge import entry
from diagnostics.types import Finding, Intervention, Severity

# Cost of an effort class, relative; a check that takes minutes may come before a change that takes days.
_COST = {"minutes": 1.0, "run": 1.6, "hours": 2.0, "days": 4.0}
_WEIGHT = {Severity.HIGH: 3.0, Severity.MEDIUM: 2.0, Severity.LOW: 1.0, Severity.INFO: 0.0}
HOW_MANY = 2


def proposed(findings: Sequence[Finding]) -> tuple[Intervention, ...]:
    """Choose two different actions.

    Parameters
    ----------
    findings : sequence of Finding
        All of a report. An action's worth is the sum, over the findings of one subject that ask for it, of severity
        times confidence, halved with each place further down in a finding's list, divided by its cost.

    Returns
    -------
    tuple of Intervention
        At most two, best first.
    """
    worth: dict[tuple[str, str, str], float] = {}
    asked: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        for place, action in enumerate(finding.actions):
            key = (action, finding.subject.kind, finding.subject.key or finding.subject.name)
            gain = _WEIGHT[finding.severity] * finding.confidence * 0.5**place
            worth[key] = worth.get(key, 0.0) + gain / _COST.get(str(entry("en", "actions", action, "effort")), 2.0)
            asked.setdefault(key, []).append(finding)
    chosen: list[Intervention] = []
    for key in sorted(worth, key=lambda k: (-worth[k], k)):
        if worth[key] <= 0 or any(i.action == key[0] for i in chosen):
            continue
        chosen.append(
            Intervention(action=key[0], findings=tuple(f.id for f in asked[key]), subject=asked[key][0].subject)
        )
        if len(chosen) == HOW_MANY:
            break
    return tuple(chosen)
