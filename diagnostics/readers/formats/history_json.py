"""Dictionaries of lists: Keras ``History.history`` and everything people dump in its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import histories, names
from diagnostics.readers.documents import document, first_object
from diagnostics.readers.drafting import draft
from diagnostics.readers.formats.jsonl import from_records
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import Role

FORMAT = "history_json"
_LIST = re.compile(r"""["']((?:[^"'\\]|\\.){1,200})["']\s*:\s*(?:array\()?[\[{]""")
# Lists of records, records by epoch, and pandas' split form, whose names are values.
_SHAPES = re.compile(
    r"""["'](?:epochs?|history|logs?|metrics|data|results|records|(?:epoch[ _]?)?\d+)["']\s*:\s*[\[{]"""
)
_WORDS = re.compile(r"""["']([\w /.-]{2,60})["']\s*[:,\]]""")


@reader(FORMAT)
class HistoryJson:
    """``{"loss": [...], "val_loss": [...]}``, nested by split, by run or under "history"; also as ``str(dict)``."""

    def sniff(self, source: Source) -> float:
        """By the keys that hold lists or objects."""
        text = source.head_text.lstrip("\ufeff \r\n\t")
        if not text.startswith(("{", "defaultdict", "OrderedDict")):
            return 0.0
        if first_object(source) is not None and "\n{" in text.rstrip():
            # One object a line.
            return 0.0
        keys = list(dict.fromkeys(_LIST.findall(text)))
        known = [names.parse(k) for k in keys]
        losses = [r for r in known if r.certain and r.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC)]
        if losses:
            return 0.65 if any(r.role is Role.LOSS for r in losses) else 0.45
        return 0.6 if _SHAPES.search(text[:2000]) and _speaks_of_loss(text[:20_000]) else 0.0

    def read(self, source: Source) -> Sequence[Reading]:
        """Read every history in the document."""
        value = document(source)
        found = histories.histories(value)
        if found:
            return [
                draft(source, FORMAT, h.series, part=h.name if len(found) > 1 else "", config=h.config, notes=h.notes)
                for h in found
            ]
        records = histories.records(value)
        if records:
            return from_records(source, FORMAT, records)
        if isinstance(value, Mapping) and not _has_lists(value):
            raise NotALog("seems_summary", file=source.name, found=", ".join(list(map(str, value))[:6]),
                          remedy="upload_log")  # fmt: skip
        raise UnreadableFile("no_curve", file=source.name, remedy="see_formats")


def _speaks_of_loss(text: str) -> bool:
    found = (names.parse(w) for w in dict.fromkeys(_WORDS.findall(text)))
    return any(r.certain and r.role in (Role.LOSS, Role.LOSS_TERM) for r in found)


def _has_lists(value: Any, depth: int = 0) -> bool:
    if isinstance(value, Mapping) and depth < 6:
        return any(_has_lists(v, depth + 1) for v in value.values())
    return isinstance(value, list)
