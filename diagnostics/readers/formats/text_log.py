"""Plain text logs: terminal output and logging files, by the grammars of `diagnostics.readers.text`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from diagnostics.exceptions import NotALog, TooLarge, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.formats.boosting_json import numbered_sets, placed
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import dialect
from diagnostics.readers.text import cleaning, engine
from diagnostics.readers.text.cleaning import Line
from diagnostics.readers.text.grammar import Family
from diagnostics.readers.text.grammars import GRAMMARS
from diagnostics.types import Note, Setting

MAX_BYTES = 512 << 20
_SAMPLE_LINES = 3_000  # from the beginning and again from the end: enough to tell which family writes
_SNIFF_LINES = 400
_LOGGED = re.compile(r"\W{0,2}\d{4}[-/]\d\d[-/]\d\d[ T_]\d\d:\d\d|.{0,80}\b(?:INFO|WARNING|ERROR|DEBUG)\b")
_JSON = re.compile(r'\s*[\[{]\s*["{\[]')
_SET = re.compile(r"(?P<set>[\w.]+?)(?:'s |-| )(?P<metric>[\w@.:\-]+)")
_BEGUN = re.compile(r"\s*Epoch 1/\d+\s*$")
_PARTICULAR = 1.5  # a particular family that finds two thirds of what the general one finds understands it better


@reader("text_log")
class TextLog:
    """Logs written for people."""

    def sniff(self, source: Source) -> float:
        """0.75 for several rows of one family in the head, 0.7 for lines of a logger, 0.2 for any other text.

        A log may begin far behind its head: some runs print their source code first.
        """
        if not source.is_text:
            return 0.0
        table = dialect(source)
        if (table is not None and table.regular) or _JSON.match(source.head_text):
            # Nobody wrote it for people; trying every grammar on it would cost more than reading it.
            return 0.2
        lines = cleaning.prepare(islice(cleaning.lines(source.head_text), _SNIFF_LINES))
        grammar, count = _best(lines)
        if grammar is not None and count >= 3:
            return 0.75
        return 0.7 if _logging_lines(lines) >= 0.5 else 0.2

    def read(self, source: Source) -> Sequence[Reading]:
        """Read with the family that finds the most; raises UnreadableFile where none finds a curve."""
        if source.size > MAX_BYTES:
            raise TooLarge("file_bytes", file=source.name, remedy="fewer_points", limit=MAX_BYTES, size=source.size)
        lines = cleaning.prepare(cleaning.lines(source.text()))
        grammar, _ = _best(_sample(lines))
        if grammar is None:
            raise _nothing(source, lines)
        notes: list[Note] = []
        series: Sequence[Series] = engine.series(grammar, engine.rows(grammar, lines))
        if grammar.setting is Setting.BOOSTING:
            series, notes = numbered_sets([placed(_by_set(s)) for s in series])
        return [draft(source, f"stdout_{grammar.id}", series, setting=grammar.setting, notes=notes)]


def _by_set(series: Series) -> Series:
    """`validation_0-auc` and `valid_1's auc` as set and metric, in the spelling of evaluation results."""
    found = _SET.fullmatch(series.name)
    if found is None or names.split_word(found["set"]) is None:
        return series
    return replace(series, name=f"{found['set']}/{found['metric']}")


def _sample(lines: list[Line]) -> list[Line]:
    if len(lines) <= 2 * _SAMPLE_LINES:
        return lines
    return lines[:_SAMPLE_LINES] + lines[-_SAMPLE_LINES:]


def _best(lines: list[Line]) -> tuple[Family | None, int]:
    """The grammar that finds the most numbers, and how many rows those are in."""
    best: tuple[float, Family | None, int] = (0.0, None, 0)
    for grammar in GRAMMARS:
        numbers, rows = engine.amount(grammar, lines)
        score = numbers * (1.0 if grammar.general else _PARTICULAR)
        if rows >= grammar.needs and score > best[0]:
            best = (score, grammar, rows)
    return best[1], best[2]


def _logging_lines(lines: list[Line]) -> float:
    """Share of lines that a logger wrote: they begin with a date, or name a level."""
    if len(lines) < 3:
        return 0.0
    return sum(bool(_LOGGED.match(line.text)) for line in lines) / len(lines)


def _nothing(source: Source, lines: list[Line]) -> UnreadableFile:
    """What to say of a text without curves."""
    warnings = sum("WARNING" in line.text for line in lines)
    if lines and warnings > 0.6 * len(lines) and _logging_lines(lines) > 0.5:
        return NotALog("seems_report", file=source.name, remedy="upload_log")
    if _logging_lines(lines) > 0.3 or any(_BEGUN.match(line.text) for line in lines):
        return NotALog("log_without_values", file=source.name, remedy="print_losses")
    return UnreadableFile("no_log_lines", file=source.name, expected="epoch, step, loss", remedy="see_formats")
