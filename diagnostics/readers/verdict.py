"""Is a table a log? What it seems to be otherwise; judged by names and by how its rows run, never by the file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diagnostics.readers import names
from diagnostics.readers.cells import is_missing, number
from diagnostics.types import Role, Split

_TRUTH = names.vocabulary("truth")
_ANSWER = names.vocabulary("answer")
_PLACES = names.vocabulary("place")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How much the header and the first rows look like a log; `seems` is a code for anything else."""

    confidence: float
    seems: str = ""


def judge(header: Sequence[str], sample: Sequence[Sequence[str]]) -> Verdict:
    """Judge a table by its header and its first rows.

    Parameters
    ----------
    header : sequence of str
    sample : sequence of rows of cells
    """
    low = {"_".join(names.words(h)) for h in header}
    readings = [names.parse(h) for h in header if names.counter(h) is None]
    losses = [r for r in readings if r.certain and r.role in (Role.LOSS, Role.LOSS_TERM)]
    measured = [r for r in readings if r.certain and r.role is Role.METRIC and r.metric != "score"]
    split = [r for r in readings if r.split in (Split.TRAIN, Split.VALIDATION) and r.role is not Role.OTHER]
    other = [r for r in readings if r.role in (Role.REWARD, Role.GRADIENT_NORM, Role.LEARNING_RATE)]
    counted = any(names.counter(h) in ("step", "epoch", "batch", "index") for h in header)
    runs = _counter_runs(header, sample)
    answers = len(low & _ANSWER) + len(low & _TRUTH)
    if answers >= 1 + bool(low & _TRUTH) and not (losses and runs):
        return Verdict(confidence=0.0, seems="predictions")
    if low & _PLACES and not runs:
        return Verdict(confidence=0.05, seems="predictions" if answers else "dataset")
    evidence = bool(losses) or len(split) >= 2 or (bool(measured or other or split) and counted)
    if not evidence:
        return Verdict(confidence=0.05, seems="dataset")
    if not runs and _row_per_run(header, sample):
        return Verdict(confidence=0.05, seems="results_summary")
    return Verdict(confidence=0.6 if counted and losses else 0.45)


def _counter_runs(header: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether a counting column really counts in the first rows."""
    for index, name in enumerate(header):
        if names.counter(name) not in ("step", "epoch"):
            continue
        values = [number(row[index]) for row in sample if index < len(row) and not is_missing(row[index])]
        known = [v for v in values if v is not None]
        if known and len(known) == len(values) and _back(known) * 3 <= len(known):
            return True
    return False


def _back(values: Sequence[float]) -> int:
    return sum(a > b for a, b in pairwise(values))


def _row_per_run(header: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether every row carries its own name: a table of results, one row a run."""
    for index, name in enumerate(header):
        if names.counter(name) in ("wall_time", "elapsed"):
            continue
        cells = [row[index] for row in sample if index < len(row) and row[index]]
        text = [c for c in cells if number(c) is None and not is_missing(c) and not c.endswith("%")]
        if len(cells) > 1 and len(text) > 0.8 * len(sample) and len(set(text)) > 0.8 * len(text) and ":" not in text[0]:
            return True
    return False
