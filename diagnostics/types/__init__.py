"""The frozen domain types; every other room speaks in these and nothing else."""

from diagnostics.types.aggregates import (
    CalibrationBins,
    ConfusionCounts,
    GroupScores,
    MultilabelCounts,
    ResidualMoments,
    ScoreHistogram,
)
from diagnostics.types.findings import (
    Finding,
    Hypothesis,
    Intervention,
    Mark,
    Quantity,
    Report,
    RuleOutcome,
    Severity,
    Status,
    Subject,
)
from diagnostics.types.labels import Labels, classes_of, spelled
from diagnostics.types.predictions import Condition, MetricValue, Predictions, Question, Roles, Slice, Task
from diagnostics.types.runs import (
    Axis,
    Curve,
    FloatArray,
    IntArray,
    Note,
    Role,
    Run,
    RunConfig,
    Segment,
    Setting,
    SourceFile,
    Split,
)

__all__ = [
    "Axis", "CalibrationBins", "Condition", "ConfusionCounts", "Curve", "Finding", "FloatArray", "GroupScores",
    "Hypothesis", "IntArray", "Intervention", "Labels", "Mark", "MetricValue", "MultilabelCounts", "Note",
    "Predictions", "Quantity", "Question", "Report", "ResidualMoments", "Role", "Roles", "RuleOutcome", "Run",
    "RunConfig", "ScoreHistogram", "Segment", "Setting", "Severity", "Slice", "SourceFile", "Split", "Status",
    "Subject", "Task", "classes_of", "spelled",
]  # fmt: skip
