"""Delimited text as columns: any separator, decimal comma, BOM, padding, quotes, repeated or missing header.

Small files go through the csv module, big regular ones through pyarrow; both give the same `Table`.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from diagnostics.exceptions import BrokenFile, TooLarge, UnreadableFile
from diagnostics.readers import names
from diagnostics.readers.cells import Numbers, decimal_commas, is_missing, number, numbers
from diagnostics.readers.source import Source
from diagnostics.types import Note

MAX_BYTES = 2 * 1024**3
MAX_SLOW_BYTES = 256 * 1024**2
MAX_COLUMNS = 5_000
MAX_ROWS = 20_000_000
MAX_CELL = 1_000_000
FAST_BYTES = 512 * 1024
_JSON = re.compile(r"\s*(\{\s*[\"'}]|\[\s*[\[{\"'])")
_SEPARATORS = ",;\t|"


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """Delimited text, column by column.

    Attributes
    ----------
    names : tuple of str
        Header cells without padding and quotes, in file order; duplicates get a suffix ``.1`` and so on.
        Without a header: ``column 1``, ``column 2``...
    columns : mapping of name to Numbers or list of str
        Text is kept only where a column has any.
    has_header : bool
    separator : str
        "" for blanks.
    n_rows : int
    first_line : int
        1-based line of the first data row, for messages.
    widths : tuple of int
        Cells in each row, empty where all rows are as wide as the header.
    notes : tuple of Note
    """

    names: tuple[str, ...]
    columns: dict[str, Numbers] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    has_header: bool = True
    separator: str = ","
    n_rows: int = 0
    first_line: int = 2
    widths: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a delimited file is written, seen from its head."""

    separator: str
    header: tuple[str, ...]
    spelled: tuple[str, ...]
    has_header: bool
    skip: int
    sample: tuple[tuple[str, ...], ...]
    decimal_comma: bool

    @cached_property
    def width(self) -> int:
        """Cells in the header."""
        return len(self.header)

    @cached_property
    def regular(self) -> bool:
        """Whether the head is a table beyond doubt: a header, equal rows, and hardly any cell that is text."""
        if not self.has_header or self.width < 2 or len(self.sample) < 2:
            return False
        rows = self.sample[:30]
        cells = [cell for row in rows for cell in row]
        plain = sum(is_missing(c) or number(c, decimal_comma=self.decimal_comma) is not None for c in cells)
        return all(len(row) == self.width for row in rows) and plain >= 0.8 * len(cells)


def cells_of(line: str, separator: str) -> list[str]:
    """One line cut into cells without padding."""
    if separator == "":
        return line.split()
    return [cell.strip().strip('"').strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def dialect(source: Source) -> Dialect | None:
    """How the file is delimited, or None where its head is not delimited text."""
    if not source.is_text or not source.head_text.strip() or _JSON.match(source.head_text):
        return None
    return _dialect(source.head_text, whole=source.size <= len(source.head))


@lru_cache(maxsize=16)
def _dialect(text: str, *, whole: bool) -> Dialect | None:
    lines = text.splitlines()
    if not whole and len(lines) > 1:
        lines = lines[:-1]
    skip = 0
    comment = ""
    while skip < len(lines) and (not lines[skip].strip() or re.match(r"#|sep=", lines[skip])):
        comment = lines[skip] if lines[skip].startswith("#") else comment
        skip += 1
    skip += _preamble(lines[skip : skip + 60])
    body = [line for line in lines[skip : skip + 200] if line.strip()]
    if not body or len(body[0]) > MAX_CELL:
        return None
    separator = _separator(body)
    try:
        rows = [tuple(cells_of(line, separator)) for line in body]
    except csv.Error:
        return None
    commas = separator != "," and decimal_commas([c for row in rows[1:60] for c in row])
    first = rows[0]
    has_header = not all(is_missing(c) or number(c, decimal_comma=commas) is not None for c in first)
    if has_header:
        return Dialect(separator=separator, header=_unique(first), spelled=first, has_header=True, skip=skip + 1,
                       sample=tuple(rows[1:]), decimal_comma=commas)  # fmt: skip
    header = cells_of(comment.lstrip("# "), separator) if comment else []
    if len(header) != len(first):
        header = [f"column {i + 1}" for i in range(len(first))]
    return Dialect(separator=separator, header=_unique(header), spelled=(), has_header=False, skip=skip,
                   sample=tuple(rows), decimal_comma=commas)  # fmt: skip


def _preamble(lines: Sequence[str]) -> int:
    """Lines of prose above the header ("Training time: 812 s"), found by a header of measures above numbers."""
    for skip in range(min(len(lines) - 1, 20)):
        rest = [line for line in lines[skip:] if line.strip()]
        if not lines[skip].strip() or len(rest) < 2:
            continue
        separator = _separator(rest)
        try:
            head, first = cells_of(rest[0], separator), cells_of(rest[1], separator)
        except csv.Error:
            return 0
        plain = sum(number(c, decimal_comma=True) is not None or is_missing(c) for c in first)
        if len(head) > 1 and len(first) >= len(head) - 1 and plain * 2 > len(first):
            texts = [c for c in head if number(c, decimal_comma=True) is None]
            measures = [c for c in texts if names.parse(c).loss_rank is not None or names.parse(c).bounded]
            # The first line as it is, unless a header in words stands further down.
            return skip if skip == 0 or measures else 0
    return 0


def _separator(lines: Sequence[str]) -> str:
    """The separator that cuts most lines into the same number (> 1) of cells; "" for blanks or a single column."""
    best, score = "", 0.0
    for candidate in _SEPARATORS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=candidate)]
        except csv.Error:
            continue
        if counts[0] < 2:
            continue
        same = sum(c == counts[0] for c in counts) / len(counts)
        # Decimal commas in a ";" file look like a comma-separated one: more agreement wins, then the wider cut.
        value = same + (0.5 if candidate != "," else 0.0) + min(counts[0], 50) / 1000
        if value > score:
            best, score = candidate, value
    if best or not lines:
        return best
    widths = {len(line.split()) for line in lines}
    # A header of several words above one column of numbers is not a table of blanks.
    return "" if len(widths) == 1 and widths != {1} else ","


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip().strip('"').strip() for cell in row)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        count = seen.get(name, 0)
        seen[name] = count + 1
        out.append(f"{name}.{count}" if count else name)
    return tuple(out)


def read_table(source: Source, found: Dialect | None = None) -> Table:
    """Read a delimited file.

    Raises
    ------
    UnreadableFile
        It is not delimited text.
    TooLarge
        More bytes, columns or rows than the caps.
    BrokenFile
        A cell without end.
    """
    if source.size > MAX_BYTES:
        raise TooLarge("too_many_bytes", file=source.name, size=source.size, limit=MAX_BYTES,
                       remedy="thin_out")  # fmt: skip
    found = found or dialect(source)
    if found is None:
        raise UnreadableFile("not_delimited", file=source.name, remedy="see_formats")
    if found.width > MAX_COLUMNS:
        raise TooLarge("too_many_columns", file=source.name, size=found.width, limit=MAX_COLUMNS,
                       remedy="keep_curve_columns")  # fmt: skip
    if source.size > FAST_BYTES and found.separator and not found.decimal_comma:
        from diagnostics.readers.fast_tables import read_fast

        table = read_fast(source, found)
        if table is not None:
            return table
    return _read_slow(source, found)


def _read_slow(source: Source, found: Dialect) -> Table:
    if source.size > MAX_SLOW_BYTES:
        raise TooLarge("too_many_bytes", file=source.name, size=source.size, limit=MAX_SLOW_BYTES,
                       remedy="thin_out")  # fmt: skip
    text = source.text().lstrip("\ufeff")
    notes: list[Note] = []
    rows: list[list[str]] = []
    repeats: list[int] = []
    for line, row in _rows(source, text, found):
        if not row or not any(cell.strip() for cell in row):
            continue
        if found.has_header and _trimmed(row) == found.spelled:
            repeats.append(len(rows))
            continue
        if len(row) > MAX_COLUMNS:
            raise TooLarge("too_many_columns", file=source.name, place=f"line {line}", size=len(row),
                           limit=MAX_COLUMNS, remedy="keep_curve_columns")  # fmt: skip
        rows.append(row)
        if len(rows) > MAX_ROWS:
            raise TooLarge("too_many_rows", file=source.name, limit=MAX_ROWS, remedy="thin_out")
    if rows and found.width > 1 and len(rows[-1]) < found.width and not text.endswith(("\n", "\r")):
        # The writer was stopped in the middle of a line: its last number may be cut and would mislead.
        rows.pop()
        notes.append(Note(code="cut_last_line", params={"row": len(rows) + 1}))
    return _columns(rows, found, repeats, notes)


def _rows(source: Source, text: str, found: Dialect) -> Iterator[tuple[int, list[str]]]:
    lines = itertools.islice(io.StringIO(text, newline=""), found.skip, None)
    if found.separator == "":
        for offset, line in enumerate(lines):
            yield found.skip + offset + 1, line.split()
        return
    reader = csv.reader(lines, delimiter=found.separator)
    try:
        for row in reader:
            yield found.skip + reader.line_num, row
    except csv.Error as error:
        raise BrokenFile("huge_cell", file=source.name, place=f"line {found.skip + reader.line_num}",
                         found=str(error), remedy="check_quotes") from error  # fmt: skip


def _columns(rows: list[list[str]], found: Dialect, repeats: list[int], notes: list[Note]) -> Table:
    width = max([found.width, *{len(row) for row in rows}])
    names = list(found.header) + [f"column {i + 1}" for i in range(found.width, width)]
    widths = tuple(len(row) for row in rows)
    ragged = any(w != found.width for w in widths)
    if ragged:
        rows = [row + [""] * (width - len(row)) for row in rows]
        notes.append(Note(code="uneven_rows", params={"rows": sum(w != found.width for w in widths)}))
    columns: dict[str, Numbers] = {}
    texts: dict[str, list[str]] = {}
    for name, cells in zip(names, zip(*rows, strict=True) if rows else [()] * width, strict=True):
        read = numbers(cells, decimal_comma=found.decimal_comma or _quoted_commas(cells, found.separator))
        columns[name] = read
        if read.text:
            texts[name] = [cell.strip() for cell in cells]
    return Table(
        names=tuple(names), columns=columns, texts=texts, has_header=found.has_header, separator=found.separator,
        n_rows=len(rows), first_line=found.skip + 1, widths=widths if ragged else (), repeats=tuple(repeats),
        notes=tuple(notes),
    )  # fmt: skip


def _quoted_commas(cells: Sequence[str], separator: str) -> bool:
    """Decimal commas inside quotes of a comma-separated file ("0,5","0,7")."""
    return separator == "," and any("," in cell for cell in cells[:50]) and decimal_commas(cells[:50])
