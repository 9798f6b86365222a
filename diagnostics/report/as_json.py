"""A report as JSON: stable ids and numbers, NaN and infinity as null."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.knowledge import error_text
from diagnostics.types import Condition, Finding, MetricValue, Report, RuleOutcome, Slice, Status, Subject


def to_json(report: Report, *, failures: Iterable[UnreadableFile] = (), indent: int | None = None) -> str:
    """The report as one JSON object.

    Parameters
    ----------
    report : Report
    failures : iterable of UnreadableFile
        Files that could not be read, listed under "errors".
    indent : int, optional

    Returns
    -------
    str
        Keys: "findings", "slices", "outcomes", "skipped", "interventions", "subjects", "errors".
    """
    return json.dumps(to_dict(report, failures=failures), ensure_ascii=False, allow_nan=False, indent=indent)


def to_dict(report: Report, *, failures: Iterable[UnreadableFile] = ()) -> dict[str, Any]:
    """What `to_json` writes, as plain containers."""
    return {
        "findings": [_finding(f) for f in report.findings],
        "slices": [_slice(s) for s in report.slices],
        "interventions": [
            {"action": i.action, "findings": list(i.findings), "subject": _subject(i.subject)}
            for i in report.interventions
        ],
        "outcomes": [_outcome(o) for o in report.outcomes],
        "skipped": [_outcome(o) for o in report.outcomes if o.status is Status.SKIPPED],
        "subjects": [_subject(s) for s in report.subjects],
        "errors": [
            {"file": e.file, "code": e.code, "message": error_text(e), "refusals": dict(e.refusals)} for e in failures
        ],
    }


def _subject(subject: Subject) -> dict[str, str]:
    return {"kind": subject.kind, "name": subject.name, "key": subject.key}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "subject": _subject(finding.subject),
        "severity": finding.severity.value,
        "confidence": plain(finding.confidence),
        "params": plain(finding.params),
        "evidence": [
            {
                "name": q.name, "value": plain(q.value), "unit": q.unit,
                "low": plain(q.low), "high": plain(q.high), "n": q.n,
                **({"of": q.of} if q.of else {}),
            }
            for q in finding.evidence
        ],
        "marks": [
            {
                "kind": m.kind, "metric": m.metric, "split": m.split, "axis": m.axis.value,
                "start": plain(m.start), "stop": plain(m.stop),
            }
            for m in finding.marks
        ],
        "hypotheses": [
            {"id": h.id, "weight": h.weight, "support": list(h.support), "against": list(h.against)}
            for h in finding.hypotheses
        ],
        "check": finding.check,
        "checks": list(finding.checks),
        "actions": list(finding.actions),
        "avoid": list(finding.avoid),
        "joined": list(finding.joined),
    }  # fmt: skip


def _metric(value: MetricValue) -> dict[str, Any]:
    return {
        "name": value.name, "value": plain(value.value), "reason": value.reason, "low": plain(value.low),
        "high": plain(value.high), "n": value.n, "unit": value.unit,
    }  # fmt: skip


def _condition(condition: Condition) -> dict[str, Any]:
    return {"column": condition.column, "op": condition.op, "value": plain(condition.value)}


def _slice(item: Slice) -> dict[str, Any]:
    return {
        "predicate": [_condition(c) for c in item.predicate],
        "n": item.n,
        "metric": _metric(item.metric),
        "rest": _metric(item.rest),
        "delta": plain(item.delta),
        "delta_low": plain(item.delta_low),
        "delta_high": plain(item.delta_high),
        "adjusted_p": plain(item.adjusted_p),
        "share_of_loss": plain(item.share_of_loss),
        "params": plain(item.params),
    }


def _outcome(outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "rule": outcome.rule, "subject": outcome.subject.name, "status": outcome.status.value,
        "reason": outcome.reason, "params": plain(outcome.params),
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A value of params as JSON has it: arrays as lists, conditions as objects, NaN and infinity as null."""
    if value is None or isinstance(value, bool | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value
    if isinstance(value, Condition):
        return _condition(value)
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)
