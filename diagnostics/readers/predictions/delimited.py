"""Delimited text (csv, tsv, any separator) to Parquet; pyarrow does the parsing, this file asks it rightly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv

from diagnostics.exceptions import BrokenFile, UnreadableFile
from diagnostics.readers.predictions.table import MAX_COLUMNS, Copied, unique_names, write_parquet
from diagnostics.readers.source import Source

BLOCK_BYTES = 2 * 1024 * 1024
_SEPARATORS = (",", "\t", ";", "|")
# Not "None" and not "-": both occur as class names and attribute values.
_MISSING = ["", "nan", "NaN", "-nan", "NAN", "NULL", "null", "NA", "N/A", "n/a", "#N/A", "<NA>", "#na#"]
_PERCENT = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)\s*%")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a delimited file is written.

    Attributes
    ----------
    separator : str
    decimal : str
        "." or ",".
    names : list of str
        Unique column names; made up where `header` is False.
    header : bool
    renamed : tuple of str
    multiline : bool
        Whether quoted cells hold line breaks.
    percent : tuple of str
        Columns whose cells are numbers with a percent sign.
    """

    separator: str
    decimal: str
    names: list[str]
    header: bool
    renamed: tuple[str, ...]
    multiline: bool
    percent: tuple[str, ...] = ()


def is_number(text: str) -> bool:
    """Whether a cell is written as a number (a sign, a decimal comma, an exponent and % are allowed)."""
    return bool(_NUMBER.fullmatch(text.strip())) or text.strip().lower() in ("nan", "inf", "-inf", "-nan")


def head_rows(source: Source, separator: str) -> list[list[str]]:
    """The first complete rows of the file, at most 60."""
    text = source.head_text
    if len(source.head) < source.size:
        text = text[: text.rfind("\n") + 1]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == 60:
                break
    except csv.Error:
        return []
    return rows


def dialect(source: Source) -> Dialect:
    """Read the dialect off the head of the file.

    Raises
    ------
    UnreadableFile
        Where the head is no table: binary, one column, or ragged under every separator.
    """
    if not source.is_text or not source.head_text.strip():
        raise UnreadableFile("not_a_table", file=source.name)
    best: tuple[int, str, list[list[str]]] | None = None
    for separator in _SEPARATORS:
        rows = head_rows(source, separator)
        widths = [len(row) for row in rows]
        if not widths or widths[0] < 2:
            continue
        regular = sum(width == widths[0] for width in widths)
        score = regular * 1000 // len(widths)
        if score >= 900 and (best is None or score > best[0]):
            best = (score, separator, rows)
    if best is None:
        raise UnreadableFile("not_a_table", file=source.name)
    _, separator, rows = best
    if len(rows[0]) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", file=source.name, size=len(rows[0]), limit=MAX_COLUMNS)
    header = _has_header(rows)
    given = rows[0] if header else [f"column_{position}" for position in range(len(rows[0]))]
    names, renamed = unique_names(given)
    body = rows[1:] if header else rows
    comma = separator != "," and any(re.fullmatch(r"[+-]?\d+,\d+", cell.strip()) for row in body for cell in row)
    multiline = any("\n" in cell for row in rows for cell in row)
    return Dialect(
        separator=separator, decimal="," if comma else ".", names=names, header=header, renamed=renamed,
        multiline=multiline, percent=tuple(name for i, name in enumerate(names) if _is_percent(body, i)),
    )  # fmt: skip


def _is_percent(body: list[list[str]], column: int) -> bool:
    cells = [row[column].strip() for row in body if column < len(row)]
    told = [cell for cell in cells if cell not in _MISSING]
    return bool(told) and all(_PERCENT.fullmatch(cell) for cell in told)


def _has_header(rows: list[list[str]]) -> bool:
    """A header has no numbers; where the body has none either, its cells must not come back in the body."""
    first = [cell.strip() for cell in rows[0]]
    if any(is_number(cell) for cell in first if cell):
        return False
    body = rows[1:]
    if any(is_number(row[i]) for row in body for i in range(min(len(row), len(first)))):
        return True
    again = {cell.strip() for row in body for cell in row}
    return len(set(first)) == len(first) and not any(cell in again for cell in first)


def copy(source: Source, target: Path) -> Copied:
    """Store a delimited file as Parquet; types are inferred and widened where a later row contradicts.

    Raises
    ------
    UnreadableFile
        Where it is no table.
    BrokenFile
        Where a row has another number of columns.
    """
    how = dialect(source)
    percent = set(how.percent)
    types: dict[str, pa.DataType] = {name: pa.string() for name in percent}
    multiline = how.multiline
    for _ in range(2 * len(how.names) + 2):
        try:
            with _open(source, how, types, multiline) as reader:
                rows = write_parquet(reader.schema, _without_signs(reader, percent), target)
            return Copied(rows=rows, header=how.header, renamed=how.renamed, percent=tuple(sorted(percent)))
        except _NotPercent as error:
            percent.discard(str(error))
        except pa.ArrowInvalid as error:
            clash = re.search(r"In CSV column #(\d+).*conversion error to ([a-z0-9_]+)", str(error))
            if clash:
                name, kind = how.names[int(clash[1])], clash[2]
                types[name] = pa.float64() if kind in ("int64", "null") and name not in types else pa.string()
            elif not multiline and '"' in source.head_text:
                multiline = True
            elif "Empty CSV file" in str(error):
                raise UnreadableFile("empty_table", file=source.name) from error
            else:
                raise _broken(source, error) from error
    raise BrokenFile("mixed_types", file=source.name)


class _NotPercent(Exception):
    """A later cell of a column of percentages is none; the column stays text."""


def _without_signs(batches: Iterable[pa.RecordBatch], percent: set[str]) -> Iterator[pa.RecordBatch]:
    """Batches with "97.1%" as the number 97.1."""
    for batch in batches:
        whole = batch
        for name in percent:
            bare = compute.utf8_trim_whitespace(compute.utf8_rtrim(batch.column(name), "% \t"))
            try:
                number = compute.cast(compute.replace_substring(bare, ",", "."), pa.float64())
            except pa.ArrowInvalid as error:
                raise _NotPercent(name) from error
            whole = whole.set_column(whole.schema.get_field_index(name), name, number)
        yield whole


def _open(source: Source, how: Dialect, types: dict[str, pa.DataType], multiline: bool) -> arrow_csv.CSVStreamingReader:
    encoding = {"utf-8-sig": "utf-8"}.get(source.encoding, source.encoding)
    return arrow_csv.open_csv(
        source.path,
        read_options=arrow_csv.ReadOptions(
            column_names=how.names, skip_rows=1 if how.header else 0, block_size=BLOCK_BYTES, encoding=encoding
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=how.separator, newlines_in_values=multiline),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, null_values=_MISSING, strings_can_be_null=True, decimal_point=how.decimal,
            timestamp_parsers=[],
        ),
    )  # fmt: skip


def _broken(source: Source, error: pa.ArrowInvalid) -> BrokenFile:
    found = re.search(r"Row #(\d+)", str(error))
    shape = re.search(r"Expected (\d+) columns, got (\d+)", str(error))
    return BrokenFile(
        "ragged_rows", file=source.name, place=f"row {found[1]}" if found else "",
        expected=f"{shape[1]} columns" if shape else "", found=f"{shape[2]} columns" if shape else "",
        remedy="quote_separators",
    )  # fmt: skip
