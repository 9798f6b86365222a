"""All rules on one subject: run, arbitrate, reconcile the advice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from diagnostics.rules.advice import reconciled
from diagnostics.rules.arbitration import arbitrated
from diagnostics.rules.registry import rules
from diagnostics.signals import Inputs
from diagnostics.types import RuleOutcome, Subject


def examine(subject: Subject, inputs: Inputs) -> tuple[RuleOutcome, ...]:
    """What every rule for this kind of subject says.

    Parameters
    ----------
    subject : Subject
        Its `kind` chooses the rules.
    inputs : Inputs
        Holds the subject itself under the name its rules ask for.

    Returns
    -------
    tuple of RuleOutcome
        One a rule, sorted by rule id.
    """
    # Numbers near the ends of what a float holds overflow to infinity, which compares as it should.
    with np.errstate(over="ignore", invalid="ignore"):
        outcomes = arbitrated([rule.run(subject, inputs) for rule in rules(subject.kind)])
    advised = iter(reconciled(f for outcome in outcomes for f in outcome.findings))
    return tuple(replace(o, findings=tuple(next(advised) for _ in o.findings)) for o in outcomes)
