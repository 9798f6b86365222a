"""A subgroup that is clearly worse than the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.rules.slices.evidence import loss_ratio, slice_evidence, slice_params, sureness
from diagnostics.rules.slices.found import Suspect
from diagnostics.rules.slices.inconsistent_labels_slice import InconsistentLabelsSlice
from diagnostics.slices.nature import pattern
from diagnostics.slices.telling import SearchResult
from diagnostics.types import Finding, Hypothesis, Severity, Slice


class WeakSlice(Rule):
    """A subgroup with enough rows fails more often than chance explains, counting everything that was tried."""

    id = "weak_slice"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("collect_slice_data", "check_pipeline", "slice_augmentation")
    checks = ("look_at_slice_errors", "count_slice_in_training", "train_on_slice_share")
    separates = {  # noqa: RUF012
        ("pipeline_differs", "slice_rare_in_training"): "look_at_slice_inputs",
        ("inputs_truncated", "long_inputs_rare"): "count_truncated",
        ("inputs_degraded", "slice_rare_in_training"): "degrade_good_inputs",
        ("imputed_value_misleads", "missing_marks_a_group"): "look_at_missing_handling",
        ("slice_rare_in_training", "slice_is_harder"): "count_slice_in_training",
    }

    HIGH_SHARE = 0.3  # fraction of the whole loss in one slice; mending it is then the next thing to do
    HIGH_RATIO = 2.0  # times the rest's loss (for errors and means of losses), shrunk; with it the slice fails badly

    # Actions and checks by pattern, best first; from the source's table of typical patterns.
    ACTIONS = {  # noqa: RUF012
        "domain": ("unify_preprocessing", "collect_slice_data", "reweight_classes", "slice_augmentation"),
        "length": ("longer_context", "collect_slice_data", "add_features", "slice_augmentation"),
        "quality": ("slice_augmentation", "unify_preprocessing", "collect_slice_data"),
        "missing": ("check_pipeline", "add_features", "collect_slice_data"),
        "general": actions,
    }
    CHECKS = {  # noqa: RUF012
        "domain": ("look_at_slice_inputs", "count_slice_in_training", "look_at_slice_errors"),
        "length": ("count_truncated", "look_at_slice_errors", "count_slice_in_training"),
        "quality": ("degrade_good_inputs", "look_at_slice_inputs", "count_slice_in_training"),
        "missing": ("look_at_missing_handling", "look_at_slice_errors"),
        "general": checks,
    }

    def check(self, slice_suspects: tuple[Suspect, ...], slice_search: SearchResult) -> Iterator[Finding]:
        """Report every found slice that is not rather a matter of labels."""
        for suspect in slice_suspects:
            if not InconsistentLabelsSlice.matches(suspect):
                yield self._finding(suspect.slice, slice_search)

    def _finding(self, item: Slice, result: SearchResult) -> Finding:
        kind, column = pattern(item.predicate)
        return self.found(
            confidence=sureness(item),
            severity=self._severity(item),
            params={**slice_params(item, result), "variant": kind, "pattern": kind, "column": column},
            evidence=slice_evidence(item),
            hypotheses=_hypotheses(kind),
            actions=self.ACTIONS[kind],
            checks=self.CHECKS[kind],
        )

    def _severity(self, item: Slice) -> Severity:
        ratio = loss_ratio(item)
        badly = ratio is None or ratio >= self.HIGH_RATIO
        return Severity.HIGH if (item.share_of_loss or 0) >= self.HIGH_SHARE and badly else self.severity


def _hypotheses(kind: str) -> tuple[Hypothesis, ...]:
    """Causes by pattern; the file alone cannot rank them further, the checks can."""
    found: dict[str, Iterable[Hypothesis]] = {
        "domain": (
            hypothesis("pipeline_differs", 0.45, column_names_a_source=True),
            hypothesis("slice_rare_in_training", 0.35),
            hypothesis("slice_is_harder", 0.2),
        ),
        "length": (
            hypothesis("inputs_truncated", 0.4, long_inputs_worse=True),
            hypothesis("long_inputs_rare", 0.35),
            hypothesis("slice_is_harder", 0.25),
        ),
        "quality": (
            hypothesis("inputs_degraded", 0.45, poor_inputs_worse=True),
            hypothesis("slice_rare_in_training", 0.35),
            hypothesis("pipeline_differs", 0.2),
        ),
        "missing": (
            hypothesis("imputed_value_misleads", 0.5, value_is_missing=True),
            hypothesis("missing_marks_a_group", 0.35),
            hypothesis("slice_is_harder", 0.15),
        ),
        "general": (
            hypothesis("slice_rare_in_training", 0.4),
            hypothesis("slice_is_harder", 0.3),
            hypothesis("pipeline_differs", 0.3),
        ),
    }
    return tuple(found[kind])
