"""Read the findings of a run and of its predictions together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from diagnostics.rules.advice import reconciled
from diagnostics.rules.base import Rule
from diagnostics.rules.joined.belonging import Pair
from diagnostics.rules.joined.links import LINKS, Link
from diagnostics.rules.registry import rules
from diagnostics.types import Finding, Hypothesis, RuleOutcome, Status, Subject

_FIGURES = 2  # figures taken over from the other finding; the rest stand with it


def read_together(outcomes: Sequence[RuleOutcome], pairs: Iterable[Pair]) -> tuple[RuleOutcome, ...]:
    """Link the findings of subjects that belong together.

    Parameters
    ----------
    outcomes : sequence of RuleOutcome
        Of all subjects, each examined by itself.
    pairs : iterable of (run, predictions)

    Returns
    -------
    tuple of RuleOutcome
        In the same order. A linked finding names the other in `joined`, has its figures behind its own, its causes
        weighed again, actions of both, and none that either forbids.
    """
    partners: dict[Subject, list[Subject]] = {}
    for run, predictions in pairs:
        partners.setdefault(run, []).append(predictions)
        partners.setdefault(predictions, []).append(run)
    said: dict[Subject, dict[str, list[RuleOutcome]]] = {}
    for outcome in outcomes:
        said.setdefault(outcome.subject, {}).setdefault(outcome.rule, []).append(outcome)
    return tuple(_linked(outcome, [said.get(p, {}) for p in partners.get(outcome.subject, ())]) for outcome in outcomes)


def _linked(outcome: RuleOutcome, others: Sequence[Mapping[str, list[RuleOutcome]]]) -> RuleOutcome:
    links = [link for link in LINKS if link.finding == outcome.rule]
    if not (outcome.findings and links and others):
        return outcome
    rule = next(r for r in rules(outcome.subject.kind) if r.id == outcome.rule)
    return replace(outcome, findings=tuple(_told(finding, rule, links, others) for finding in outcome.findings))


def _told(
    finding: Finding, rule: Rule, links: Sequence[Link], others: Sequence[Mapping[str, list[RuleOutcome]]]
) -> Finding:
    partners: list[Finding] = []
    for link in links:
        answers = [outcome for other in others for outcome in other.get(link.other, ())]
        shown = [f for outcome in answers for f in outcome.findings]
        if shown:
            strongest = max(shown, key=lambda f: f.confidence)
            partners.append(strongest)
            finding = _joined(_weighed(finding, rule, link, True), link, strongest)
        elif link.refutes and answers and all(_looked(outcome) for outcome in answers):
            finding = _weighed(finding, rule, link, False)
    return reconciled((finding, *partners))[0] if partners else finding


def _looked(outcome: RuleOutcome) -> bool:
    """Whether a rule looked and found nothing; one that another finding overruled says neither yes nor no."""
    return outcome.status is Status.CLEAR and not outcome.reason


def _weighed(finding: Finding, rule: Rule, link: Link, holds: bool) -> Finding:
    causes = {cause.id: cause for cause in finding.hypotheses}
    for id, prior in link.causes.items():
        if id not in causes and not holds:
            continue
        causes[id] = _with_fact(causes.get(id) or Hypothesis(id=id, weight=prior), link.fact, holds)
    return rule.ranked(finding, causes.values())


def _with_fact(cause: Hypothesis, fact: str, holds: bool) -> Hypothesis:
    if fact in cause.support or fact in cause.against:
        return cause
    if holds:
        return replace(cause, weight=min(1.0, round(cause.weight * 2, 3)), support=(*cause.support, fact))
    return replace(cause, weight=round(cause.weight / 2, 3), against=(*cause.against, fact))


def _joined(finding: Finding, link: Link, other: Finding) -> Finding:
    figures = [replace(q, of=other.subject.name) for q in other.evidence[:_FIGURES]]
    together = (*finding.params.get("together", ()), {"id": other.id, "subject": other.subject.name})
    return replace(
        finding,
        params={**finding.params, "together": together},
        evidence=(*finding.evidence, *figures),
        actions=tuple(dict.fromkeys((*finding.actions, *link.actions))),
        avoid=tuple(dict.fromkeys((*finding.avoid, *link.avoid))),
        joined=tuple(dict.fromkeys((*finding.joined, other.id))),
    )
