"""The table that the Hugging Face Trainer shows in a notebook: ``Step | Training Loss | Validation Loss | ...``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

from diagnostics.exceptions import BrokenFile, TooLarge, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.cells import numbers
from diagnostics.readers.columns import counters, series
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.types import Role, Split

FORMAT = "hf_notebook_html"
MAX_BYTES = 64 * 1024**2


class _Tables(HTMLParser):
    """Collect the cells of every table; nothing else of the page is looked at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


@reader(FORMAT)
class HfNotebookHtml:
    """HTML with a table of training progress."""

    def sniff(self, source: Source) -> float:
        """A table whose header speaks of training loss."""
        text = source.head_text.lower()
        if "<table" not in text or "<th" not in text:
            return 0.0
        return 0.95 if re.search(r"<th[^>]*>\s*(training loss|train_loss|loss)\s*</th>", text) else 0.1

    def read(self, source: Source) -> Sequence[Reading]:
        """Read every table of that kind, each as one run."""
        if source.size > MAX_BYTES:
            raise TooLarge("too_many_bytes", file=source.name, size=source.size, limit=MAX_BYTES,
                           remedy="thin_out")  # fmt: skip
        parser = _Tables()
        parser.feed(source.text())
        found = [_series([row for row in table if row]) for table in parser.tables]
        found = [f for f in found if f]
        if not found:
            if parser.tables:
                raise BrokenFile("no_rows", file=source.name, remedy="export_again")
            raise UnreadableFile("no_curve", file=source.name, remedy="see_formats")
        return [draft(source, FORMAT, s, part=f"{i + 1}" if len(found) > 1 else "") for i, s in enumerate(found)]


def _series(table: Sequence[Sequence[str]]) -> tuple[Series, ...]:
    if len(table) < 2 or names.counter(table[0][0]) not in ("step", "epoch"):
        return ()
    header, *rows = table
    rows = [row for row in rows if len(row) == len(header)]
    columns = {name: numbers([row[i] for row in rows]) for i, name in enumerate(header)}
    return tuple(_placed(s) for s in series(columns, counters(columns, {}))) if rows else ()


def _placed(one: Series) -> Series:
    """Metrics come from the evaluation; only the loss is shown for both."""
    reading = names.parse(one.name)
    return replace(one, split=Split.VALIDATION) if reading.role is Role.METRIC and reading.split is None else one
