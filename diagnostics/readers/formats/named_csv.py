"""Tables of fastai and simpletransformers, and LLaMA-Factory's log: plain readings under their own names."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostics.readers.documents import head_objects, lines
from diagnostics.readers.formats.jsonl import from_records
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import Dialect
from diagnostics.readers.wide import WideTable


@reader("fastai_csv")
class FastaiCsv(WideTable):
    """``epoch,train_loss,valid_loss,accuracy,time``; the header comes again with every fit."""

    format = "fastai_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """The first three columns in fastai's order, metrics without a prefix."""
        return 0.85 if found.header[:3] == ("epoch", "train_loss", "valid_loss") else 0.0


@reader("simpletransformers_csv")
class SimpletransformersCsv(WideTable):
    """``global_step,eval_loss,train_loss`` and metrics of the evaluation."""

    format = "simpletransformers_csv"

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """The three columns that are always there, in this spelling."""
        return 0.9 if {"global_step", "eval_loss", "train_loss"} <= header else 0.0


@reader("llama_factory_jsonl")
class LlamaFactoryLog:
    """``trainer_log.jsonl``: ``current_steps``, ``total_steps``, ``loss`` and clocks as text."""

    def sniff(self, source: Source) -> float:
        """By its two step keys."""
        found = head_objects(source, 5)
        return 0.95 if any({"current_steps", "total_steps"} <= set(r) for r in found) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run."""
        found, notes = lines(source)
        kept = [{k: v for k, v in r.items() if k not in ("total_steps", "percentage", "remaining_time")} for r in found]
        return from_records(source, "llama_factory_jsonl", kept, notes)
