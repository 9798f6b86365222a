"""What a finding about a run learns from its predictions, and the reverse: one line a pair of findings.

From the source's four typical cases. A fact that the other file shows doubles the weight of the causes it speaks for,
one that the other file was asked about and does not show halves it; a rule that could not look changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Link:
    """A finding, and one in the other file that explains or refutes its causes.

    Attributes
    ----------
    finding, other : str
        Ids; one is about a run, the other about predictions.
    fact : str
        Evidence code of the knowledge files.
    causes : mapping of hypothesis id to prior weight
        Causes the fact speaks for; one that the finding does not have yet is added, where the fact holds.
    actions, avoid : tuple of str
        Added behind those the finding has, where the fact holds.
    refutes : bool
        Whether the other rule finding nothing speaks against the causes.
    """

    finding: str
    other: str
    fact: str
    causes: Mapping[str, float] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    refutes: bool = False


_REBALANCE = ("reweight_classes", "resample")

LINKS: tuple[Link, ...] = (
    # Case 1: training goes on, validation turns, rare classes have a low recall.
    Link(finding="overfitting", other="rare_class_low_recall", fact="rare_classes_missed",
         causes={"unequal_classes": 0.25}, actions=_REBALANCE),
    Link(finding="overfitting", other="miscalibration", fact="answers_too_sure",
         causes={"overconfidence": 0.2}, refutes=True, actions=("calibrate",)),
    Link(finding="overfitting", other="weak_slice", fact="subgroup_fails",
         causes={"shifted_validation": 0.1}, actions=("collect_slice_data",)),
    Link(finding="overfitting", other="suspected_label_errors", fact="labels_look_wrong",
         causes={"noisy_labels": 0.2}, refutes=True),
    Link(finding="overfitting", other="confused_pair", fact="labels_may_overlap", causes={"noisy_labels": 0.2}),
    Link(finding="generalization_gap", other="weak_slice", fact="subgroup_fails",
         causes={"shifted_validation": 0.3}, actions=("collect_slice_data",)),
    Link(finding="generalization_gap", other="rare_class_low_recall", fact="rare_classes_missed",
         causes={"unequal_classes": 0.25}, actions=_REBALANCE),
    # Case 2: flat curves, and one answer for everything.
    Link(finding="stuck_at_chance", other="constant_score", fact="same_answer_everywhere",
         causes={"no_gradient": 0.3, "inputs_uninformative": 0.2}, refutes=True),
    Link(finding="stuck_at_chance", other="sink_class", fact="same_answer_everywhere",
         causes={"no_gradient": 0.3, "inputs_uninformative": 0.2}),
    # Case 3: the loss falls, the metric does not.
    Link(finding="loss_metric_mismatch", other="threshold_misplaced", fact="threshold_explains_it",
         causes={"threshold_off": 0.35}, refutes=True, actions=("tune_threshold",)),
    Link(finding="loss_metric_mismatch", other="rare_class_low_recall", fact="rare_classes_missed",
         causes={"rare_positive": 0.35}, refutes=True, actions=_REBALANCE),
    Link(finding="loss_metric_mismatch", other="miscalibration", fact="scores_are_off",
         causes={"threshold_off": 0.35}, actions=("calibrate",)),
    # The way back: what the run says about a finding in its predictions.
    Link(finding="rare_class_low_recall", other="overfitting", fact="learned_by_heart",
         causes={"too_few_examples": 0.3}, actions=("early_stopping", "more_data"), avoid=("train_longer",)),
    Link(finding="rare_class_low_recall", other="generalization_gap", fact="learned_by_heart",
         causes={"too_few_examples": 0.3}, avoid=("train_longer",)),
    Link(finding="rare_class_low_recall", other="loss_metric_mismatch", fact="loss_improved_anyway",
         causes={"prior_too_strong": 0.35}, actions=("change_metric",)),
    Link(finding="rare_class_low_recall", other="healthy_run", fact="loss_improved_anyway",
         causes={"prior_too_strong": 0.35}, actions=("change_metric",)),
    Link(finding="rare_class_low_recall", other="still_improving", fact="loss_improved_anyway",
         causes={"prior_too_strong": 0.35}, actions=("change_metric",)),
    Link(finding="threshold_misplaced", other="loss_metric_mismatch", fact="loss_improved_anyway",
         causes={"default_threshold": 0.4}),
    Link(finding="miscalibration", other="overfitting", fact="learned_by_heart",
         causes={"overconfident_network": 0.4}, refutes=True),
    Link(finding="suspected_label_errors", other="overfitting", fact="learned_by_heart",
         causes={"annotation_errors": 0.5}),
    # Case 4: the whole is good, a subgroup is not.
    Link(finding="weak_slice", other="healthy_run", fact="whole_run_is_healthy",
         causes={"slice_rare_in_training": 0.35, "pipeline_differs": 0.3}),
    Link(finding="weak_slice", other="overfitting", fact="learned_by_heart",
         causes={"slice_rare_in_training": 0.35}, avoid=("train_longer",)),
)  # fmt: skip
"""All links, in the order in which they are applied."""
