"""What the clinic says: measured quantities, findings, outcomes of rules and the whole report.

Nothing here is a sentence: texts live in the knowledge files, by id and language, and are filled with the numbers
these types carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from diagnostics.types.predictions import Slice
from diagnostics.types.runs import Axis, Split


class Severity(StrEnum):
    """How much a finding asks for action; the order of definition is the order of display."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Status(StrEnum):
    """What became of a rule on a subject."""

    FOUND = "found"
    CLEAR = "clear"
    SKIPPED = "skipped"
    CRASHED = "crashed"


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number a rule relied on.

    Attributes
    ----------
    name : str
        Code; its label is in the knowledge files.
    value : float, str or None
    unit : str
        "fraction", "percent", "epochs", "steps", "nats", "points", "rows", "p" (a p-value), "" ...
    low, high : float or None
        95 % interval where there is one.
    n : int or None
        Points or rows behind it.
    of : str
        Name of what it was measured on, where that is not the subject of the finding.
    """

    name: str
    value: float | str | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place on a curve that a chart should point at.

    `kind` is "turning_point", "best", "plateau", "spike", "restart", "nonfinite", "gap" or "region"; `stop` is None
    for a point. `axis` says what `start` and `stop` count.
    """

    kind: str
    metric: str
    split: Split | None
    axis: Axis
    start: float
    stop: float | None = None


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """A possible cause, ranked: `weight` in (0, 1], `support` and `against` are evidence codes."""

    id: str
    weight: float
    support: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a finding is about: kind is "run", "run_group", "predictions" or "slice"; key is its content digest."""

    kind: str
    name: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One symptom with its evidence; see docs for the meaning of each id.

    Attributes
    ----------
    id : str
        From the vocabulary; stable.
    subject : Subject
    severity : Severity
    confidence : float
        0 to 1, calibrated on the benchmark.
    params : mapping
        Numbers and names that fill the texts.
    evidence : tuple of Quantity
    marks : tuple of Mark
    hypotheses : tuple of Hypothesis
        Most likely first.
    check : str
        Id of the one check that separates the top two hypotheses.
    checks : tuple of str
        All check ids, cheapest first.
    actions, avoid : tuple of str
        Action ids, best first; what must not be done here.
    joined : tuple of str
        Ids of findings from other files that this one was read together with.
    """

    id: str
    subject: Subject
    severity: Severity
    confidence: float
    params: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Quantity, ...] = ()
    marks: tuple[Mark, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    check: str = ""
    checks: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RuleOutcome:
    """What one rule said of one subject; `reason` is a code with `params` when it was skipped or crashed."""

    rule: str
    subject: Subject
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """One of the two changes a report proposes: an action, and the findings that ask for it."""

    action: str
    findings: tuple[str, ...]
    subject: Subject


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything the rules said about some runs and prediction sets, in order of importance."""

    subjects: tuple[Subject, ...]
    outcomes: tuple[RuleOutcome, ...]
    findings: tuple[Finding, ...]
    interventions: tuple[Intervention, ...] = ()
    slices: tuple[Slice, ...] = ()

    def of(self, subject: Subject) -> tuple[Finding, ...]:
        """Findings of one subject, in order."""
        return tuple(f for f in self.findings if f.subject == subject)
