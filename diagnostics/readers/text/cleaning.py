"""Terminal output as the lines somebody would have seen: colours gone, overwritten progress as lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_OVERWRITTEN = re.compile(r"[\r\x08]+")
_OTHER_CONTROL = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_DATE = re.compile(r"(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[ T_](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
MAX_LINE = 4_000  # longer ones are dumps of data, and regular expressions are not to be tried on them


def lines(text: str) -> Iterator[str]:
    """Lines without control sequences; carriage returns and backspaces separate what they would have overwritten."""
    for raw in text.split("\n"):
        if len(raw) > MAX_LINE and "\r" not in raw and "\x08" not in raw:
            continue
        plain = _ANSI.sub("", raw) if "\x1b" in raw else raw
        for part in _OVERWRITTEN.split(plain):
            if part.strip() and len(part) <= MAX_LINE:
                yield _OTHER_CONTROL.sub("", part).rstrip()


def wall_time(line: str) -> float | None:
    """Seconds since 1970 of a date near the beginning of a line, read as UTC; None where there is none."""
    found = _DATE.search(line, 0, 60)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = float(f"0.{found[7]}") if found[7] else 0.0
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp() + fraction
    except ValueError:
        return None


def without_date(line: str) -> str:
    """The line with a leading date taken out, so that its numbers are not mistaken for values."""
    return _DATE.sub("", line, count=1) if _DATE.search(line, 0, 60) else line
