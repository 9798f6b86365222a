"""The frozen domain types; every other room speaks in these and nothing else."""

from diagnostics.types.findings import (
    Finding,
    Hypothesis,
    Intervention,
    Mark,
    Quantity,
    Report,
    RuleOutcome,
    Severity,
    Signal,
    Status,
    Subject,
)
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
    "Axis", "Condition", "Curve", "Finding", "FloatArray", "Hypothesis", "IntArray", "Intervention", "Mark",
    "MetricValue", "Note", "Predictions", "Quantity", "Question", "Report", "Role", "Roles", "RuleOutcome", "Run",
    "RunConfig", "Segment", "Setting", "Severity", "Signal", "Slice", "SourceFile", "Split", "Status", "Subject",
    "Task",
]  # fmt: skip
