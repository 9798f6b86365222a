"""A rule: one class, one finding. It asks for its inputs by parameter name and answers with findings or nothing.

::

    class NonfiniteLoss(Rule):
        id = "nonfinite_loss"
        severity = Severity.HIGH
        actions = ("lower_learning_rate", "clip_gradients")

        def check(self, losses: Losses) -> Finding | None:
            ...
            return self.found(confidence=0.97, params={"at": 12.0, "axis": "epoch"})

A missing input makes the outcome `skipped`, with the reason; an exception makes it `crashed`; neither stops another
rule. Thresholds are class attributes with a comment that gives unit and source.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from diagnostics.signals import Inputs, Missing
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, RuleOutcome, Severity, Status, Subject

_log = logging.getLogger(__name__)
_NOBODY = Subject(kind="", name="")

Answer = Finding | Iterable[Finding] | None
Separations = Mapping[tuple[str, str], str]


class Rule:
    """Base of all rules; a subclass with an `id` in a rules package is registered by being there.

    Attributes
    ----------
    id : str
        The finding it reports, from the vocabulary.
    kind : str
        What it looks at: "run", "run_group" or "predictions".
    severity : Severity
        Unless the finding says otherwise.
    actions, avoid : tuple of str
        Action ids, best first, and those that must not be taken; both unless the finding says otherwise.
    checks : tuple of str
        Check ids, cheapest first.
    separates : mapping of (hypothesis, hypothesis) to check
        The one check that tells two rival hypotheses apart, in either order; else the first of `checks`.
    """

    id: ClassVar[str] = ""
    kind: ClassVar[str] = "run"
    severity: ClassVar[Severity] = Severity.MEDIUM
    actions: ClassVar[tuple[str, ...]] = ()
    avoid: ClassVar[tuple[str, ...]] = ()
    checks: ClassVar[tuple[str, ...]] = ()
    separates: ClassVar[Separations] = {}

    # Each rule names its own inputs, so there is no common signature: `def check(self, loss_trend, gap): ...`.
    check: Callable[..., Answer]

    def found(
        self,
        *,
        confidence: float,
        params: Mapping[str, Any] | None = None,
        evidence: Iterable[Quantity] = (),
        marks: Iterable[Mark] = (),
        hypotheses: Iterable[Hypothesis] = (),
        severity: Severity | None = None,
        actions: Iterable[str] | None = None,
        avoid: Iterable[str] | None = None,
        checks: Iterable[str] | None = None,
    ) -> Finding:
        """A finding of this rule; what is not given comes from the class, the subject from the runner.

        Parameters
        ----------
        confidence : float
            0 to 1; clipped.
        hypotheses : iterable of Hypothesis
            Sorted by weight here; the check that separates the first two is looked up.
        """
        ranked = tuple(sorted(hypotheses, key=lambda h: -h.weight))
        steps = tuple(self.checks if checks is None else checks)
        return Finding(
            id=self.id,
            subject=_NOBODY,
            severity=self.severity if severity is None else severity,
            confidence=round(min(1.0, max(0.0, float(confidence))), 3),
            params=dict(params or {}),
            evidence=tuple(evidence),
            marks=tuple(marks),
            hypotheses=ranked,
            check=self._separating(ranked, steps),
            checks=steps,
            actions=tuple(dict.fromkeys(self.actions if actions is None else actions)),
            avoid=tuple(dict.fromkeys(self.avoid if avoid is None else avoid)),
        )

    def ranked(self, finding: Finding, hypotheses: Iterable[Hypothesis]) -> Finding:
        """A finding of this rule with its causes weighed anew, and the check that separates the first two now."""
        ranked = tuple(sorted(hypotheses, key=lambda h: -h.weight))
        return replace(finding, hypotheses=ranked, check=self._separating(ranked, finding.checks))

    def _separating(self, ranked: tuple[Hypothesis, ...], checks: tuple[str, ...]) -> str:
        if len(ranked) >= 2:
            first, second = ranked[0].id, ranked[1].id
            named = self.separates.get((first, second)) or self.separates.get((second, first))
            if named:
                return named
        return checks[0] if checks else ""

    def run(self, subject: Subject, inputs: Inputs) -> RuleOutcome:
        """Check one subject; never raises."""
        try:
            answer = inputs.call(self.check)
        except Missing as reason:
            return RuleOutcome(
                rule=self.id, subject=subject, status=Status.SKIPPED, reason=reason.code, params=reason.params
            )
        except Exception as error:  # one broken rule must not cost the user the others; the log keeps the trace
            _log.exception("rule %s crashed", self.id)
            return RuleOutcome(
                rule=self.id, subject=subject, status=Status.CRASHED, reason="rule_crashed",
                params={"error": type(error).__name__},
            )  # fmt: skip
        found = [] if answer is None else [answer] if isinstance(answer, Finding) else list(answer)
        status = Status.FOUND if found else Status.CLEAR
        findings = tuple(replace(f, subject=subject) if f.subject == _NOBODY else f for f in found)
        return RuleOutcome(rule=self.id, subject=subject, status=status, findings=findings)


def hypothesis(id: str, weight: float, **evidence: bool | None) -> Hypothesis:
    """A hypothesis whose weight follows from evidence: each True doubles it, each False halves it, None is unknown.

    Parameters
    ----------
    id : str
    weight : float
        Prior weight; only the order among the hypotheses of one finding matters.
    **evidence : bool or None
        Evidence codes of the knowledge files.

    Examples
    --------
    >>> hypothesis("rate_too_high", 0.4, rises_after_warmup=True, large_batch=False, spikes=None)
    Hypothesis(id='rate_too_high', weight=0.4, support=('rises_after_warmup',), against=('large_batch',))
    """
    support = tuple(code for code, seen in evidence.items() if seen is True)
    against = tuple(code for code, seen in evidence.items() if seen is False)
    return Hypothesis(
        id=id, weight=round(min(1.0, weight * 2.0 ** (len(support) - len(against))), 3),
        support=support, against=against,
    )  # fmt: skip
