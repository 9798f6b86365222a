"""Hand-made tables: any header with a loss or a metric in it; one column of numbers in a file that is named so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.cells import Numbers
from diagnostics.readers.columns import counters, falls, series
from diagnostics.readers.drafting import draft
from diagnostics.readers.registry import Reading, reader
from diagnostics.readers.source import Source
from diagnostics.readers.tables import MAX_COLUMNS, Dialect, dialect, read_table
from diagnostics.readers.verdict import judge
from diagnostics.readers.wide import WideTable
from diagnostics.types import Note, Role, Split

FORMAT = "csv"


@reader(FORMAT)
class GenericCsv(WideTable):
    """Any delimited log; says what the table seems to be where it is none."""

    format = FORMAT

    def sniff(self, source: Source) -> float:
        """By what the names mean and whether a counter counts."""
        found = dialect(source)
        if found is None:
            return 0.0
        if found.width > MAX_COLUMNS:
            return 0.3
        if not found.has_header:
            return 0.3 if _headless(found, source) else 0.0
        if found.width < 2 and not _named_after_loss(source):
            return 0.05 if names.parse(found.header[0]).role in (Role.LOSS, Role.METRIC) else 0.0
        return judge(found.header, found.sample).confidence

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the table as one run, or as several where a column tells them apart."""
        found = dialect(source)
        if found is None:
            raise UnreadableFile("not_delimited", file=source.name, remedy="see_formats")
        if found.has_header and found.width <= MAX_COLUMNS:
            verdict = judge(found.header, found.sample)
            if verdict.seems == "predictions":
                raise UnreadableFile("seems_predictions", file=source.name, remedy="see_formats")
            if verdict.seems:
                raise NotALog(f"seems_{verdict.seems}", file=source.name, found=", ".join(found.header[:6]),
                              remedy="upload_log")  # fmt: skip
        elif not found.has_header and not _headless(found, source):
            raise UnreadableFile("no_header", file=source.name, found=", ".join(found.sample[0][:6]),
                                 remedy="add_header")  # fmt: skip
        table = read_table(source, found)
        if not found.has_header and found.width == 1:
            return [_bare_column(source)]
        if not found.has_header:
            table = replace(table, columns=_first_counts(table.columns))
        return self.drafts(source, table)


def _first_counts(columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Without a header the first column, which counts, is called so."""
    first, *others = columns
    return {"step": columns[first], **{name: columns[name] for name in others}}


def _headless(found: Dialect, source: Source) -> bool:
    """Without a header: a counter in front of a few columns, or a single column in a file named after its loss."""
    if found.width == 1:
        return _named_after_loss(source) or (any("." in row[0] for row in found.sample[:3]) and len(found.sample) > 2)
    if found.width > 12 or len(found.sample) < 3:
        return False
    try:
        first = [float(row[0]) for row in found.sample]
    except (ValueError, IndexError):
        return False
    fractions = any("." in cell for row in found.sample[:5] for cell in row[1:])
    return fractions and all(b > a and a == int(a) for a, b in pairwise(first))


def _named_after_loss(source: Source) -> bool:
    reading = names.parse(source.stem)
    return (reading.role in (Role.LOSS, Role.LOSS_TERM, Role.METRIC, Role.REWARD) and reading.certain) or (
        "loss" in names.words(source.stem)
    )


def _bare_column(source: Source) -> Reading:
    """One column without a header: the file's name says what it is, else the way it runs."""
    table = read_table(source)
    found = counters({}, {})
    notes = list(table.notes)
    out = []
    for one in series(table.columns, found):
        if _named_after_loss(source):
            out.append(replace(one, name=source.stem, metric="loss" if "loss" in names.words(source.stem) else None))
        elif falls(one.value):
            out.append(replace(one, metric="loss", role=Role.LOSS, split=Split.TRAIN))
            notes.append(Note(code="guessed_loss", params={"column": one.name}))
        else:
            out.append(one)
    if not out:
        raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
    return draft(source, FORMAT, out, notes=notes)
