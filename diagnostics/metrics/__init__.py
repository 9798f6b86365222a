"""Metrics: pure functions on arrays and on aggregates, each with its direction, bounds and uncertainty.

May use numpy and (inside functions) scipy; knows types only. Undefined is None with a reason, never 0.
"""

from diagnostics.metrics.classification import ClassReport, class_report, worst_first
from diagnostics.metrics.registry import Metric, compute, metric, named, registered

__all__ = ["ClassReport", "Metric", "class_report", "compute", "metric", "named", "registered", "worst_first"]
