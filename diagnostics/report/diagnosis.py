"""diagnose(): every rule on every run and prediction set, in order of importance, with two interventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from diagnostics.report.interventions import proposed
from diagnostics.rules import examine
from diagnostics.rules.joined import Pair, belonging, read_together
from diagnostics.signals import Inputs
from diagnostics.types import Finding, Predictions, Report, RuleOutcome, Run, Severity, Slice, Subject

_ORDER = {severity: position for position, severity in enumerate(Severity)}


def subject_of(item: Run | Predictions) -> Subject:
    """The subject of findings about a run or a prediction set."""
    kind = "run" if isinstance(item, Run) else "predictions"
    return Subject(kind=kind, name=item.name, key=item.digest)


def diagnose(
    runs: Iterable[Run] = (), predictions: Iterable[Predictions] = (), *, given: Mapping[str, Any] | None = None
) -> Report:
    """Say what is wrong with some runs and prediction sets.

    Parameters
    ----------
    runs, predictions : iterables
        As `diagnostics.readers.read` returns them.
    given : mapping, optional
        Further inputs by name, for rules that ask for them.

    Returns
    -------
    Report
        Findings sorted by severity, then confidence; every rule's outcome; the two interventions proposed.
    """
    subjects: list[Subject] = []
    outcomes: list[RuleOutcome] = []
    slices: list[Slice] = []
    all_runs, all_sets = tuple(runs), tuple(predictions)
    named: tuple[tuple[str, Sequence[Run | Predictions]], ...] = (("run", all_runs), ("predictions", all_sets))
    for name, items in named:
        for item in items:
            subject = subject_of(item)
            inputs = Inputs(**{name: item, **(given or {})})
            subjects.append(subject)
            outcomes.extend(examine(subject, inputs))
            slices.extend(inputs.measured("found_slices") or ())
    pairs = belonging(
        [(subject_of(run), [source.name for source in run.sources]) for run in all_runs],
        [(subject_of(found), found.source.name) for found in all_sets],
    )
    return report_of(subjects, outcomes, slices, pairs)


def report_of(
    subjects: Iterable[Subject], outcomes: Iterable[RuleOutcome], slices: Iterable[Slice] = (),
    pairs: Iterable[Pair] = (),
) -> Report:  # fmt: skip
    """Put outcomes that were worked out one subject at a time (and cached) together into one report.

    Parameters
    ----------
    pairs : iterable of (run, predictions)
        Subjects that belong together (`rules.joined.belonging`): their findings are read together.
    """
    told = read_together(tuple(outcomes), pairs)
    findings = tuple(sorted((f for o in told for f in o.findings), key=_importance))
    return Report(
        subjects=tuple(subjects), outcomes=told, findings=findings,
        interventions=proposed(findings), slices=tuple(slices),
    )  # fmt: skip


def _importance(finding: Finding) -> tuple[int, float, str]:
    return (_ORDER[finding.severity], -finding.confidence, finding.id)
