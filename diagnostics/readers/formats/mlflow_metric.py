"""A single metric file of MLflow, uploaded without its folder."""

from __future__ import annotations

import re
from collections.abc import Sequence

from diagnostics.readers import mlflow
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source

_LINES = re.compile(r"(?:1[0-9]{12} [-+\w.]+ \d+(?: \S+ \S+)?\r?\n){2,}")


@reader("mlflow_metric")
class MlflowMetric:
    """Lines ``timestamp_ms value step``."""

    def sniff(self, source: Source) -> float:
        """By the thirteen digits of a time in milliseconds in each line."""
        return 0.8 if _LINES.match(source.head_text) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the metric; its name is that of the file."""
        name = source.name.rpartition("/")[2]
        return [draft(source, mlflow.FORMAT, [mlflow.metric(source, name)])]
