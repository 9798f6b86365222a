"""Findings of many runs put together: one card a symptom, the strongest case first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from diagnostics.types import Finding, Report, RuleOutcome, Severity, Status, Subject

FINE = ("healthy_run", "no_issue", "memorizes_small_batch")


@dataclass(frozen=True, kw_only=True)
class Card:
    """Findings with the same id, most important first."""

    id: str
    findings: tuple[Finding, ...]

    @property
    def top(self) -> Finding:
        """The case the card tells in full."""
        return self.findings[0]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The counts of the verdict line."""

    action: int
    watch: int
    clear: int
    unchecked: int


def cards(report: Report) -> tuple[Card, ...]:
    """Return the symptoms of a report, in its order of importance; information comes last."""
    together: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.id not in FINE:
            together.setdefault(finding.id, []).append(finding)
    return tuple(Card(id=id, findings=tuple(found)) for id, found in together.items())


def fine(report: Report) -> tuple[Finding, ...]:
    """Return the findings that say that nothing is wrong."""
    return tuple(finding for finding in report.findings if finding.id in FINE)


def verdict(report: Report) -> Verdict:
    """Count what needs action (high and medium), what to watch (low), rules that are clear and not checked."""
    return Verdict(
        action=sum(f.severity in (Severity.HIGH, Severity.MEDIUM) for f in report.findings),
        watch=sum(f.severity is Severity.LOW for f in report.findings),
        clear=sum(o.status is Status.CLEAR for o in report.outcomes),
        unchecked=len(unchecked(report)),
    )


def unchecked(report: Report) -> tuple[RuleOutcome, ...]:
    """Return the outcomes of rules that could not say anything."""
    return tuple(o for o in report.outcomes if o.status in (Status.SKIPPED, Status.CRASHED))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What some rules said of all subjects they looked at."""

    found: tuple[Finding, ...]
    clear: tuple[Subject, ...]
    skipped: tuple[RuleOutcome, ...]

    @property
    def answered(self) -> bool:
        """Whether the files say anything about it."""
        return bool(self.found or self.clear)


def tally(report: Report, rules: Iterable[str]) -> Tally:
    """Return what a set of rules found; a subject is clear when none of them fired and one could look."""
    wanted = set(rules)
    outcomes = [o for o in report.outcomes if o.rule in wanted]
    found = tuple(f for f in report.findings if f.id in wanted)
    hit = {f.subject for f in found}
    clear = _unique(o.subject for o in outcomes if o.status is Status.CLEAR and o.subject not in hit)
    looked = hit | set(clear)
    skipped = tuple(o for o in outcomes if o.status in (Status.SKIPPED, Status.CRASHED) and o.subject not in looked)
    return Tally(found=found, clear=clear, skipped=skipped)


def _unique(subjects: Iterable[Subject]) -> tuple[Subject, ...]:
    return tuple(dict.fromkeys(subjects))
