"""A subgroup whose labels contradict confident answers."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.rules.slices.evidence import slice_evidence, slice_params, sureness
from diagnostics.rules.slices.found import Suspect
from diagnostics.slices.telling import SearchResult
from diagnostics.types import Finding, Quantity, Severity


class InconsistentLabelsSlice(Rule):
    """Low metric and high loss where the model is as sure of itself as ever: probably the labels, not the model."""

    id = "inconsistent_labels_slice"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_labels", "robust_loss")
    avoid = ("increase_capacity", "train_longer")
    checks = ("relabel_slice_sample", "look_at_slice_errors", "compare_annotators")
    separates = {("labels_inconsistent", "inputs_misleading"): "relabel_slice_sample"}  # noqa: RUF012

    SHARE = 0.75  # of the way from ordinary errors to right answers in confidence; wrong labels alone give 1
    SHIFT = 0.05  # chance of being answered more confidently than the rest, off 1/2; the model's answers moved
    SHIFT_Z = 3.0  # the same in standard errors; both are needed before the answers count as moved

    def check(self, slice_suspects: tuple[Suspect, ...], slice_search: SearchResult) -> Iterator[Finding]:
        """Report found slices whose extra errors are as confident as right answers."""
        for suspect in slice_suspects:
            signs = suspect.disagreement
            if signs is None or not self.matches(suspect):
                continue
            item = suspect.slice
            yield self.found(
                confidence=sureness(item) * (0.95 if signs.low > self.SHARE / 2 else 0.8),
                severity=Severity.HIGH if (item.share_of_loss or 0) >= 0.3 else self.severity,  # fraction of all errors
                params={
                    **slice_params(item, slice_search), "confidence_errors": signs.confidence_errors,
                    "confidence_right": signs.confidence_right, "errors": signs.errors, "extra": signs.extra,
                },
                evidence=(
                    *slice_evidence(item),
                    Quantity(name="confident_share", value=signs.share, low=signs.low, high=signs.high, n=signs.errors),
                    Quantity(
                        name="confidence_of_errors", value=signs.confidence_errors, unit="fraction", n=signs.errors
                    ),
                ),
                hypotheses=(
                    hypothesis("labels_inconsistent", 0.5, errors_as_sure_as_right=True, answers_unchanged=True),
                    hypothesis("inputs_misleading", 0.3, answers_unchanged=False),
                    hypothesis("definition_differs", 0.3, errors_as_sure_as_right=True),
                ),
            )  # fmt: skip

    @classmethod
    def matches(cls, suspect: Suspect) -> bool:
        """Whether a found slice is a matter of labels; without confidences nobody can say so."""
        signs = suspect.disagreement
        if signs is None or signs.share < cls.SHARE:
            return False
        moved = abs(signs.shift) > cls.SHIFT and abs(signs.shift_z) > cls.SHIFT_Z
        return not moved
