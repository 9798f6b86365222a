"""A report as Markdown, for a terminal, a pull request or a notebook."""

from __future__ import annotations

from collections.abc import Iterable

from diagnostics.exceptions import UnreadableFile
from diagnostics.knowledge import action_title, entry, error_text, explain, fill, label, reason, title
from diagnostics.types import Finding, Report, RuleOutcome, Severity, Status, Subject

_SIGNS = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "●", Severity.INFO: "✓"}


def to_markdown(report: Report, language: str = "en", *, failures: Iterable[UnreadableFile] = ()) -> str:
    """The report in words.

    Parameters
    ----------
    report : Report
    language : str
    failures : iterable of UnreadableFile
        Files that could not be read.
    """
    blocks: list[str] = []
    for subject in report.subjects:
        blocks.extend(_subject(report, subject, language))
    if report.interventions:
        blocks.append(f"## {_say('interventions', language)}")
        blocks.append("\n".join(
            f"{n}. {action_title(i.action, language)} ({', '.join(title(f, language) for f in i.findings)}; "
            f"{i.subject.name})"
            for n, i in enumerate(report.interventions, start=1)
        ))  # fmt: skip
    errors = [f"- {error_text(e, language)}" for e in failures]
    if errors:
        blocks += [f"## {_say('unread', language)}", "\n".join(errors)]
    return "\n\n".join(blocks) + "\n"


def _say(code: str, language: str) -> str:
    return str(entry(language, "report", code) or label(code, language))


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _subject(report: Report, subject: Subject, language: str) -> list[str]:
    findings = report.of(subject)
    outcomes = [o for o in report.outcomes if o.subject == subject]
    skipped = [o for o in outcomes if o.status in (Status.SKIPPED, Status.CRASHED)]
    counts = {
        "action": sum(f.severity in (Severity.HIGH, Severity.MEDIUM) for f in findings),
        "watch": sum(f.severity is Severity.LOW for f in findings),
        "clear": sum(o.status is Status.CLEAR for o in outcomes),
        "skipped": len(skipped),
    }
    blocks = [f"# {subject.name}", fill(_say("verdict", language), counts, language)]
    for finding in findings:
        blocks.extend(_finding(finding, language))
    if skipped:
        blocks.append(f"### {_say('skipped', language)}\n\n" + "\n".join(_skipped(skipped, language)))
    return blocks


def _skipped(outcomes: Iterable[RuleOutcome], language: str) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for outcome in outcomes:
        by_reason.setdefault(reason(outcome, language), []).append(title(outcome.rule, language))
    return [f"- {', '.join(rules)}: {why}" for why, rules in by_reason.items()]


def _finding(finding: Finding, language: str) -> list[str]:
    told = explain(finding, language)
    blocks = [f"## {_SIGNS[finding.severity]} {told.title}", f"{told.summary} ({told.confidence})"]
    if told.evidence:
        blocks.append("\n".join(f"- {line}" for line in told.evidence))
    if told.hypotheses:
        causes = [f"{n}. {c.text} ({c.weight})" for n, c in enumerate(told.hypotheses, start=1)]
        blocks.append(f"**{_say('causes', language)}**\n\n" + "\n".join(causes))
    if told.check:
        blocks.append(f"**{_say('check', language)}** {_sentence(told.check.title)} {told.check.what}")
    if told.actions:
        steps = [f"{n}. {a.title}: {a.what}" for n, a in enumerate(told.actions, start=1)]
        blocks.append(f"**{_say('actions', language)}**\n\n" + "\n".join(steps))
    if told.avoid:
        cautions = [f"- {c.title}{': ' + c.why if c.why else ''}" for c in told.avoid]
        blocks.append(f"**{_say('avoid', language)}**\n\n" + "\n".join(cautions))
    return blocks
