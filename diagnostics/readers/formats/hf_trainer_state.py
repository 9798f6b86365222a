"""Hugging Face ``trainer_state.json``: the log history of a run, in every checkpoint folder a longer prefix of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from diagnostics.exceptions import BrokenFile, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.columns import counters, series
from diagnostics.readers.documents import document
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.records import columns_of
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import Role, Split

FORMAT = "hf_trainer_state"
_CONFIG = ("max_steps", "num_train_epochs", "train_batch_size", "logging_steps", "eval_steps", "save_steps")
_SUMMARY = ("train_loss", "train_runtime", "train_samples_per_second", "train_steps_per_second", "total_flos")


@reader(FORMAT)
class HfTrainerState:
    """A JSON object with ``log_history``."""

    def sniff(self, source: Source) -> float:
        """By ``log_history`` and its neighbours."""
        text = source.head_text.lstrip("\ufeff \r\n\t")
        if not text.startswith("{"):
            return 0.0
        if re.search(r'"log_history"\s*:\s*\[', text):
            return 0.95
        return 0.5 if '"best_model_checkpoint"' in text and '"global_step"' in text else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the log history; the summary at its end goes to the configuration."""
        state = document(source)
        history = state.get("log_history") if isinstance(state, dict) else None
        if not isinstance(history, list):
            raise BrokenFile("missing_key", file=source.name, expected="log_history", remedy="export_again")
        entries = [e for e in history if isinstance(e, dict)]
        summary = {k: v for e in entries if "train_runtime" in e for k, v in e.items() if k in _SUMMARY}
        rows = [_measured(e) for e in entries]
        rows = [r for r in rows if r]
        if not rows:
            raise UnreadableFile("no_rows", file=source.name, remedy="log_history_empty")
        columns, texts, notes = columns_of(rows, file=source.name)
        counted = counters(columns, texts)
        measured = tuple(_placed(s) for s in series(columns, counted, skip=frozenset(texts)))
        if not measured:
            raise UnreadableFile("no_numbers", file=source.name, remedy="log_history_empty")
        return [draft(source, FORMAT, measured, config=_config(state, summary), notes=[*notes, *counted.notes],
                      extends=_family(source, rows), name=_called(source))]  # fmt: skip


def _measured(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without the summary keys that the last one carries."""
    if "train_runtime" not in entry:
        return dict(entry)
    kept = {k: v for k, v in entry.items() if k not in _SUMMARY}
    return kept if set(kept) - {"epoch", "step"} else {}


def _placed(one: Series) -> Series:
    """Names without a prefix are training, ``eval_`` is validation, ``test_`` (predict) is test."""
    reading = names.parse(one.name)
    if one.name.startswith("eval_"):
        return replace(one, split=Split.VALIDATION)
    if reading.split is None and reading.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC):
        return replace(one, split=Split.TRAIN)
    return one


def _config(state: Mapping[str, Any], summary: Mapping[str, Any]) -> dict[str, Any]:
    found = {k: state[k] for k in _CONFIG if isinstance(state.get(k), int | float)}
    best = {k: state[k] for k in ("best_metric", "best_global_step") if isinstance(state.get(k), int | float)}
    return {**found, **best, **summary}


def _called(source: Source) -> str:
    """The run is the folder above ``checkpoint-500``."""
    parts = source.folder.split("/") if source.folder else []
    if parts and re.fullmatch(r"checkpoint-\d+", parts[-1]):
        parts = parts[:-1]
    return parts[-1] if parts and re.fullmatch(r"trainer[_-]state", source.stem) else ""


def _family(source: Source, rows: Sequence[Mapping[str, Any]]) -> str:
    """Checkpoints of one run begin with the same entries: the folder above them and the first three tell."""
    folder = re.sub(r"(^|/)checkpoint-\d+$", "", source.folder)
    return f"{folder}|{list(rows[:3])!r}"
