"""Findings about the file itself: what must be mended before anything else is believed."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.queries.quality import DuplicateFacts, LabelFacts, ScoreFacts
from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.quality import Imbalance
from diagnostics.types import Finding, Predictions, Quantity, Severity, Task


class MissingLabels(Rule):
    """Rows have a prediction and no truth."""

    id = "missing_labels"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_labels", "check_pipeline")
    checks = ("join_by_id", "rows_without_labels")

    HIGH = 0.05  # fraction of the rows; above it the rest may no longer stand for the whole

    def check(self, label_facts: LabelFacts) -> Finding | None:
        """Report missing truths with their rows."""
        if not label_facts.missing:
            return None
        share = label_facts.missing / label_facts.rows
        return self.found(
            confidence=0.99,
            severity=Severity.HIGH if share > self.HIGH else Severity.LOW,
            params={
                "column": label_facts.column, "missing": label_facts.missing, "share": share,
                "rows": list(label_facts.rows_listed),
            },
            evidence=(Quantity(name="missing_labels", value=label_facts.missing, unit="rows", n=label_facts.rows),),
            hypotheses=(hypothesis("join_failed", 0.5), hypothesis("not_labelled_yet", 0.5)),
        )  # fmt: skip


class DuplicateRows(Rule):
    """The same row occurs several times."""

    id = "duplicate_rows"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_split", "check_pipeline")
    checks = ("look_at_duplicates", "count_without_duplicates")

    SHARE = 0.005  # fraction of the rows; below it the numbers do not change

    def check(self, duplicate_facts: DuplicateFacts, predictions: Predictions) -> Finding | None:
        """Report further copies of rows, where the inputs in the file tell rows apart; else keys that repeat."""
        facts, least = duplicate_facts, max(2, self.SHARE * duplicate_facts.rows)
        if (not facts.identified or facts.repeated < least) and facts.key_repeated >= least:
            return self._same_keys(facts, predictions.roles.id or "")
        if not facts.identified or facts.repeated < least:
            return None
        return self.found(
            confidence=0.9,
            params={"repeated": facts.repeated, "share": facts.repeated / facts.rows, "rows": list(facts.listed)},
            evidence=(Quantity(name="repeated_rows", value=facts.repeated, unit="rows", n=facts.rows),),
            hypotheses=(hypothesis("joined_twice", 0.5), hypothesis("leaked_between_splits", 0.5)),
        )

    def _same_keys(self, facts: DuplicateFacts, column: str) -> Finding:
        return self.found(
            confidence=0.85,
            params={
                "variant": "keys", "column": column, "repeated": facts.key_repeated,
                "share": facts.key_repeated / facts.rows,
            },
            evidence=(Quantity(name="repeated_keys", value=facts.key_repeated, unit="rows", n=facts.rows),),
            hypotheses=(hypothesis("joined_twice", 0.5), hypothesis("several_files_in_one", 0.4)),
        )  # fmt: skip


class ConstantScore(Rule):
    """The score is the same in every row."""

    id = "constant_score"
    kind = "predictions"
    severity = Severity.HIGH
    actions = ("check_pipeline", "overfit_small_batch")
    avoid = ("calibrate", "tune_threshold")
    checks = ("look_at_inputs", "raw_outputs")

    def check(self, score_facts: ScoreFacts) -> Finding | None:
        """Report scores that say nothing."""
        if not score_facts.constant:
            return None
        return self.found(
            confidence=0.99,
            params={"column": score_facts.columns[0], "value": score_facts.low},
            evidence=(Quantity(name="constant_value", value=score_facts.low, n=score_facts.rows),),
            hypotheses=(hypothesis("collapsed_model", 0.5), hypothesis("wrong_column_saved", 0.5)),
        )


class NotProbabilities(Rule):
    """Scores are logits, percentages, do not sum to one, or went through softmax twice."""

    id = "not_probabilities"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_pipeline",)
    avoid = ("calibrate",)
    checks = ("raw_outputs", "softmax_once")
    separates = {("softmax_twice", "independent_sigmoids"): "softmax_once"}  # noqa: RUF012

    OFF = 0.01  # fraction of rows whose scores do not sum to one

    def check(self, score_facts: ScoreFacts, predictions: Predictions) -> Finding | None:
        """Report what the scores are instead."""
        facts, kind = score_facts, predictions.roles.score_kind
        if predictions.task is Task.RANKING or facts.constant:
            return None
        variant = self._variant(facts, kind)
        if not variant:
            return None
        return self.found(
            confidence=0.7 if variant == "softmax_twice" else 0.95,
            severity=Severity.LOW if variant in ("percent", "logit", "decision") else self.severity,
            params={
                "variant": variant, "low": facts.low, "high": facts.high, "off": facts.off_sum,
                "share": facts.off_sum / facts.rows, "columns": list(facts.columns), "sharpest": facts.sharpest,
            },
            evidence=(
                Quantity(name="score_range", value=facts.high, low=facts.low, high=facts.high, n=facts.rows),
                Quantity(name="rows_off_one", value=facts.off_sum, unit="rows", n=facts.rows),
            ),
            hypotheses=(
                hypothesis("raw_logits", 0.4, outside_unit_range=variant == "logit"),
                hypothesis("independent_sigmoids", 0.3, sums_differ=variant == "sums_differ"),
                hypothesis("softmax_twice", 0.3, all_scores_flat=variant == "softmax_twice"),
            ),
        )  # fmt: skip

    def _variant(self, facts: ScoreFacts, kind: str) -> str:
        if kind in ("percent", "logit", "decision"):
            return kind
        if facts.low is not None and (facts.low < 0 or (facts.high or 0) > 1 + 1e-6):
            return "outside"
        if facts.off_sum > self.OFF * facts.rows:
            return "sums_differ"
        # The largest value a softmax of probabilities can give is e / (e + k - 1), the smallest top one is 1 / k.
        size = len(facts.columns)
        if size >= 3 and facts.sharpest is not None and facts.sharpest <= _twice(size) + 0.005:
            return "softmax_twice"
        return ""


def _twice(classes: int) -> float:
    e = 2.718281828459045
    return e / (e + classes - 1)


class ClassImbalance(Rule):
    """Some classes are far more frequent than others: information that other findings lean on."""

    id = "class_imbalance"
    kind = "predictions"
    severity = Severity.INFO
    actions = ("change_metric", "reweight_classes", "resample")
    checks = ("rare_class_in_training",)

    RATIO = 5.0  # largest to smallest class

    def check(self, imbalances: tuple[Imbalance, ...]) -> Iterator[Finding]:
        """Report each output whose largest class dwarfs its smallest."""
        for one in imbalances:
            if one.ratio >= self.RATIO:
                yield self.found(
                    confidence=0.95,
                    params={
                        "label": one.label, "smallest": one.smallest, "largest": one.largest, "ratio": one.ratio,
                        "smallest_share": one.smallest_share, "largest_share": one.largest_share,
                    },
                    evidence=(
                        Quantity(name="imbalance_ratio", value=one.ratio, n=one.n),
                        Quantity(name="smallest_class", value=one.smallest_share, unit="fraction", n=one.n),
                    ),
                )  # fmt: skip


class NoIssue(Rule):
    """Nothing found that chance does not explain; said only when no rule asks for action."""

    id = "no_issue"
    kind = "predictions"
    severity = Severity.INFO

    def check(self, label_facts: LabelFacts, predictions: Predictions) -> Finding | None:
        """Report that the set was measured and nothing stood out."""
        roles = predictions.roles
        if not (roles.predicted or roles.score or roles.probabilities or roles.label_predicted):
            return None
        return self.found(
            confidence=0.8,
            params={"n": label_facts.rows},
            evidence=(Quantity(name="rows_measured", value=label_facts.rows, unit="rows"),),
        )
