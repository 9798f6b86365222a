"""JSON lines and lists of objects with a loss or a metric in them, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import names, pivots
from diagnostics.readers.columns import counters
from diagnostics.readers.documents import document, first_object, flat, head_objects, lines
from diagnostics.readers.drafting import draft
from diagnostics.readers.records import columns_of
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.verdict import judge
from diagnostics.types import Note, Role

FORMAT = "jsonl"
_KEY = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:')
# Text that could be a number or a split keeps a record a log; a long one is a sample of something else.
_LONG = 200


@reader(FORMAT)
class JsonRecords:
    """``{"epoch": 1, "train_loss": 0.4, ...}``, one object a line or a list of them."""

    def sniff(self, source: Source) -> float:
        """By the keys of the first objects."""
        text = source.head_text.lstrip("\ufeff \r\n\t")
        if text.startswith("{"):
            found = head_objects(source)
            if first_object(source) is None or (len(found) < 2 and source.size > len(source.head)):
                return 0.0
            return _judged(found)
        if re.match(r"\[\s*\{", text):
            keys = list(dict.fromkeys(_KEY.findall(text[:20_000])))
            return min(judge(keys, []).confidence, 0.5) if keys else 0.0
        return 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read as one run, or as several where a key tells them apart."""
        notes: list[Note] = []
        if source.head_text.lstrip("\ufeff \r\n\t").startswith("["):
            value = document(source)
            found = [r for r in value if isinstance(r, dict)] if isinstance(value, list) else []
        else:
            found, notes = lines(source)
        return from_records(source, FORMAT, found, notes)


def _judged(found: Sequence[Mapping[str, Any]]) -> float:
    flats = [flat(r) for r in found]
    if any(isinstance(v, str) and len(v) > _LONG for r in flats for v in r.values()):
        return 0.05
    keys = list(dict.fromkeys(k for r in flats for k in r))
    if len(found) == 1 and ("_runtime" in keys or not any(names.counter(k) in ("step", "epoch") for k in keys)):
        # A single object is the summary of a run, not its log.
        return 0.0
    sample = [["" if r.get(k) is None else str(r[k]) for k in keys] for r in flats]
    return judge(keys, sample).confidence


def from_records(
    source: Source, format: str, found: Sequence[Mapping[str, Any]], notes: Sequence[Note] = ()
) -> Sequence[Reading]:
    """Drafts of a list of records.

    Raises
    ------
    NotALog
        Nothing in them is a loss, a metric or a reward.
    """
    flats = [flat(r) for r in found]
    columns, texts, more = columns_of(flats, file=source.name)
    readings = [names.parse(n) for n in columns if names.counter(n) is None]
    if not any(r.certain and r.role not in (Role.OTHER, Role.TIMING, Role.SYSTEM) for r in readings):
        raise NotALog("no_curve", file=source.name, found=", ".join(list(columns)[:6]), remedy="upload_log")
    out = []
    for part in pivots.parts(columns, texts):
        counted = counters(part.columns, part.texts)
        measured = pivots.by_split(part, counted)
        if measured:
            out.append(draft(source, format, measured, part=part.name, config=part.config,
                             notes=[*notes, *more, *counted.notes]))  # fmt: skip
    if not out:
        raise UnreadableFile("no_numbers", file=source.name, remedy="export_again")
    return out
