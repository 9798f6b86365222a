"""Which action is wrong for which finding, and what is left when several findings meet on one subject.

The wrong advice is worse than none. The table is the vocabulary's; an action that any finding of a subject forbids is
recommended by none of them, and each finding lists what must not be done because of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from diagnostics.types import Finding

# action -> findings it is wrong for. Why, for each pair, is said in the knowledge files under [avoid.<finding>].
WRONG_FOR: dict[str, tuple[str, ...]] = {
    "lower_learning_rate": ("overfitting", "generalization_gap", "slow_training"),
    "raise_learning_rate": ("unstable_training", "nonfinite_loss", "exploding_gradients"),
    "train_longer": (
        "overfitting", "generalization_gap", "unstable_training", "stuck_at_chance", "nonfinite_loss",
        "loss_metric_mismatch",
    ),
    "early_stopping": ("underfitting", "slow_training", "stuck_at_chance", "still_improving"),
    "add_regularization": ("underfitting", "slow_training", "stuck_at_chance", "still_improving", "validation_easier"),
    "reduce_regularization": ("overfitting", "generalization_gap"),
    "increase_capacity": ("overfitting", "generalization_gap"),
    "reduce_capacity": ("underfitting", "still_improving"),
    "more_data": ("underfitting", "stuck_at_chance"),
}  # fmt: skip


def forbidden_by(finding: str) -> tuple[str, ...]:
    """Actions that are wrong for a finding id, in the order of the table."""
    return tuple(action for action, findings in WRONG_FOR.items() if finding in findings)


def reconciled(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of one subject with advice that none of them contradicts.

    Parameters
    ----------
    findings : iterable of Finding
        All about one subject, arbitration done.

    Returns
    -------
    tuple of Finding
        In the same order; `actions` without anything forbidden by any of them, `avoid` completed from the table.
    """
    together = tuple(findings)
    forbidden = {action for f in together for action in (*forbidden_by(f.id), *f.avoid)}
    return tuple(
        replace(
            f,
            actions=tuple(a for a in f.actions if a not in forbidden),
            avoid=tuple(dict.fromkeys((*f.avoid, *forbidden_by(f.id)))),
        )
        for f in together
    )
