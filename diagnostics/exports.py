"""Tables that leave the product as CSV: text that a spreadsheet would take for a formula is made harmless."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_STARTERS = frozenset("=+-@\t\r")


def safe_cell(value: Any) -> Any:
    """A cell a spreadsheet cannot run: text that begins like a formula gets an apostrophe in front.

    Fullwidth forms of the same signs count, because spreadsheets normalise them. Numbers are left untouched. Text
    that already begins with apostrophes and then a sign gets one more, so that `original_cell` can take exactly
    one away.
    """
    if not isinstance(value, str):
        return value
    bare = value.lstrip("'")
    starts = unicodedata.normalize("NFKC", bare[:1])[:1] in _STARTERS or bare[:1] in _STARTERS
    return f"'{value}" if bare and starts else value


def original_cell(text: str) -> str:
    """Undo `safe_cell`."""
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as CSV text (RFC 4180, one header line), every text cell made safe; None becomes an empty cell."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([["" if cell is None else safe_cell(cell) for cell in row] for row in rows])
    return stream.getvalue()


def from_csv(text: str) -> list[dict[str, str]]:
    """Rows of a table that `to_csv` wrote, every cell as text."""
    return [
        {original_cell(name): original_cell(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]
