"""Terminal output as the lines somebody would have seen: colours gone, overwritten progress as lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_OVERWRITTEN = re.compile(r"[\r\x08]+")
_OTHER_CONTROL = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_DATE = re.compile(r"(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[ T_](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
# What callbacks say about values that were logged elsewhere already.
_REMARKS = (
    "improved from", "did not improve", "saving model", "reducing learning rate", "reducelr", "restoring model",
    "early stopping", "not in top", "best model", "best epoch", "best iteration", "checkpoint saved", "traceback",
)  # fmt: skip
_BEST = re.compile(r"\W*best\b", re.IGNORECASE)
# Source code that was printed into the log (Python); its assignments are no measurements.
_CODE = re.compile(
    r"\s*(?:(?:def|class|import|return|elif|assert|raise|@\w|print\w*\(|#|File \")"
    r"|(?:if|for|while|with|else|try)\b.*:\s*(?:#.*)?$)"
)
_CALL = re.compile(r"\w\([^)]*=")
_VALUE = re.compile(r"\d|nan|inf", re.IGNORECASE)
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
    second = _second(*found.groups()[:6])
    if second is None:
        return None
    return second + float(f"0.{found[7]}") if found[7] else second


@lru_cache(maxsize=1024)
def _second(*parts: str) -> float | None:
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def without_date(line: str) -> str:
    """The line with a leading date taken out, so that its numbers are not mistaken for values."""
    return _DATE.sub("", line, count=1) if _DATE.search(line, 0, 60) else line


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and whether its numbers are no measurements: code, JSON, remarks about numbers logged before."""

    text: str
    noise: bool


def layout(text: str) -> str:
    """A line with every digit replaced by a seven: lines of one layout differ in their numbers only.

    No pattern of this package asks which digit it meets, except for leading zeros, which a seven is not.
    """
    return text.translate(_SEVENS)


_SEVENS = str.maketrans("0123456789", "7" * 10)


class Remembered(dict[str, Any]):
    """What was found out about layouts; forgets everything when a log has too many to be worth it."""

    MOST = 4096

    def keep(self, key: str, value: Any) -> Any:
        """Store a value and give it back."""
        if len(self) >= self.MOST:
            self.clear()
        self[key] = value
        return value


def prepare(texts: Iterable[str]) -> list[Line]:
    """Judge every line once, whatever family will read it."""
    prepared: list[Line] = []
    recap = False
    judged = Remembered()
    for text in texts:
        shape = layout(text)
        noise = judged.get(shape)
        if noise is None:
            noise = judged.keep(shape, _is_noise(text))
        prepared.append(Line(text, recap or noise))
        # "Best iteration is:" and the like; the line below repeats one that was read.
        recap = text.endswith(":") and "best iteration" in text.lower()
    return prepared


def _is_noise(text: str) -> bool:
    if not _VALUE.search(text) or text.lstrip()[:2] in ('{"', '["'):
        return True
    low = text.lower()
    if any(remark in low for remark in _REMARKS) or _BEST.match(text):
        return True
    return bool("self." in text or "f'" in text or 'f"' in text or _CODE.match(text) or _CALL.search(text))
