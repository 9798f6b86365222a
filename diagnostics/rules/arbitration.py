"""Who has the last word when two findings about one subject contradict each other.

One principle, in three steps; every entry below follows from it.

1. *What makes the other unreadable wins.* After a NaN or while the loss jumps about, levels and slopes say nothing.
2. *The earlier stage of training wins.* A model that has not learned anything cannot be judged for how it
   generalises; one that has not finished cannot be judged for where it ends.
3. *The more specific wins.* Overfitting is a generalisation gap with a turning point: the gap says nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from diagnostics.types import Finding, RuleOutcome, Severity, Status

_FIT = ("overfitting", "generalization_gap", "underfitting", "slow_training", "still_improving", "validation_easier")

# finding -> findings it silences on the same subject.
OVERRULES: Mapping[str, tuple[str, ...]] = {
    # 1. the curve cannot be read any more
    "nonfinite_loss": ("unstable_training", "stuck_at_chance", "loss_metric_mismatch", "checkpoint_missed", *_FIT),
    "unstable_training": ("stuck_at_chance", "loss_metric_mismatch", "checkpoint_missed", *_FIT),
    "different_vocabularies": (
        "sink_class", "confused_pair", "rare_class_low_recall", "class_imbalance", "class_never_true",
        "miscalibration", "suspected_label_errors", "threshold_misplaced", "weak_slice", "inconsistent_labels_slice",
    ),
    # 2. the earlier stage
    "stuck_at_chance": ("loss_metric_mismatch", "checkpoint_missed", *_FIT),
    "slow_training": (
        "underfitting", "still_improving", "generalization_gap", "validation_easier", "loss_metric_mismatch",
    ),
    "underfitting": ("still_improving", "validation_easier", "generalization_gap"),
    # 3. the more specific
    "overfitting": (
        "generalization_gap", "still_improving", "underfitting", "slow_training", "validation_easier",
        "loss_metric_mismatch", "checkpoint_missed",
    ),
    "loss_metric_mismatch": ("underfitting", "still_improving", "generalization_gap"),
    "generalization_gap": ("still_improving",),
}  # fmt: skip

# Said only when nothing that asks for action was found.
FALLBACKS = ("healthy_run", "no_issue")
_COMPATIBLE_WITH_FALLBACK = ("restarted_log", "checkpoint_missed")


def arbitrated(outcomes: Sequence[RuleOutcome]) -> tuple[RuleOutcome, ...]:
    """Outcomes of one subject without contradictions; a silenced rule is `clear`, with `overruled` as its reason."""
    findings = [f for outcome in outcomes for f in outcome.findings]
    present = {f.id for f in findings}
    standing: list[str] = []
    silenced: dict[str, str] = {}
    # A finding that is itself silenced silences nobody: settle in the order of the table, strongest first.
    for strong in (*OVERRULES, *sorted(present - OVERRULES.keys())):
        if strong not in present or strong in silenced:
            continue
        standing.append(strong)
        for weak in OVERRULES.get(strong, ()):
            if weak in present:
                silenced.setdefault(weak, strong)
    alarm = next((f for f in findings if f.id not in silenced and _is_alarm(f)), None)
    if alarm is not None:
        silenced.update({f.id: alarm.id for f in findings if f.id in FALLBACKS})
    return tuple(_without(outcome, silenced) for outcome in outcomes)


def _is_alarm(finding: Finding) -> bool:
    if finding.id in FALLBACKS or finding.id in _COMPATIBLE_WITH_FALLBACK:
        return False
    if finding.id == "validation_easier":
        # Ordinary for dropout and augmentation: it is only an alarm where it looks like leakage.
        return finding.severity is not Severity.LOW
    return finding.severity is not Severity.INFO


def _without(outcome: RuleOutcome, silenced: Mapping[str, str]) -> RuleOutcome:
    kept = tuple(f for f in outcome.findings if f.id not in silenced)
    if len(kept) == len(outcome.findings):
        return outcome
    if kept:
        return replace(outcome, findings=kept)
    by = silenced[outcome.findings[0].id]
    return replace(outcome, findings=(), status=Status.CLEAR, reason="overruled", params={"by": by})
