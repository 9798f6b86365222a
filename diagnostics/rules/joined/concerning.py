"""The part of a report that one prediction set is about, with what its run says of the same symptoms."""

from __future__ import annotations

from dataclasses import replace

from diagnostics.types import Report, Subject


def concerning(report: Report, subject: Subject) -> Report:
    """Narrow a report to a subject and to the findings of others that were read together with one of its own.

    Parameters
    ----------
    report : Report
        Of the subject and of what belongs to it.

    Returns
    -------
    Report
        Findings in the same order; rules that are clear or could not look are the subject's own.
    """
    own = {finding.id for finding in report.of(subject)}
    findings = tuple(f for f in report.findings if f.subject == subject or own & set(f.joined))
    outcomes = tuple(outcome for outcome in report.outcomes if outcome.subject == subject)
    return replace(report, subjects=(subject,), findings=findings, outcomes=outcomes)
