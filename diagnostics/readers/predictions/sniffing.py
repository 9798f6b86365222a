"""How sure the head of a file makes us that it holds predictions and not a training log."""

from __future__ import annotations

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers.predictions import arrays, columnar, delimited, records
from diagnostics.readers.predictions.reading import container
from diagnostics.readers.predictions.vocabulary import NOT_PREDICTIONS, is_identifier, is_run_log, read
from diagnostics.readers.source import Source

_FILE_NAME = ("pred", "submission", "oof", "output", "scores", "results_test", "answers")


def confidence(source: Source) -> float:
    """0 to 1, by the columns alone; the file name only lifts a table that could be one."""
    kind = container(source)
    names = column_names(source, kind)
    if not names:
        return 0.3 if kind == "gzip" else 0.0
    if is_run_log(names):
        return 0.0
    readings = [read(name) for name in names]
    truth = max((r.truth for r in readings), default=0.0)
    answer = max((max(r.predicted, r.probability) for r in readings), default=0.0)
    if any(marks <= {name.split("[")[0] for name in names} for marks in NOT_PREDICTIONS.values()):
        return 0.7  # read() refuses it with the sentence that says what it is
    named = any(word in source.stem.lower() for word in _FILE_NAME)
    if truth >= 0.5 and answer >= 0.5:
        return 0.9 if any(r.truth >= 0.5 and max(r.predicted, r.probability) < r.truth for r in readings) else 0.6
    if max(truth, answer) >= 0.6 and any(is_identifier(name) for name in names):
        return 0.6 if named else 0.45
    if answer >= 0.5 or (truth >= 0.8 and len(names) <= 4):
        return 0.55 if named else 0.35
    if kind in ("parquet", "arrow"):
        return 0.3
    if len(names) == 2 and any(is_identifier(name) for name in names):
        return 0.4 if named else 0.3
    return 0.25 if named and len(names) >= 2 else 0.0


def column_names(source: Source, kind: str) -> list[str]:
    """Column names without reading the table; [] where there are none to read."""
    if kind in ("parquet", "arrow"):
        return columnar.names(source)
    if kind == "npz":
        return arrays.names(source)
    if kind == "json":
        record = records.first_record(source)
        return [str(key) for key in record] if record else []
    if kind == "text":
        try:
            return delimited.dialect(source).names
        except UnreadableFile:
            return []
    return []
