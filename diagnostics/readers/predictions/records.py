"""JSON lines and JSON tables to the stored Parquet."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as arrow_json

from diagnostics.exceptions import BrokenFile, UnreadableFile
from diagnostics.readers.predictions.table import Copied, unique_names, write_parquet
from diagnostics.readers.source import Source

BLOCK_BYTES = 16 * 1024 * 1024
CHUNK_ROWS = 20_000
MAX_JSON_BYTES = 256 * 1024 * 1024
"""A JSON document that is not in lines has to be held in memory; beyond this it is refused."""


def first_record(source: Source) -> dict[str, Any] | None:
    """The first record of JSON lines, of a list of objects or of an object of lists; None where it is neither."""
    text = source.head_text.lstrip()
    if text.startswith("{"):
        line = text.split("\n", 1)[0].strip()
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict) and not _is_columns(record):
            return record if "\n" in text.strip() or source.size == len(source.head) else None
    if text.startswith(("[", "{")) and source.size <= MAX_JSON_BYTES:
        return next(iter(_document(source)), None)
    return None


def copy(source: Source, target: Path) -> Copied:
    """Store JSON records; objects inside become `name.key`, lists of equal length `name[0]`.

    Raises
    ------
    BrokenFile
        Where a line is no JSON object.
    UnreadableFile
        Where the document is no table.
    """
    if _is_lines(source):
        try:
            table = arrow_json.open_json(source.path, read_options=arrow_json.ReadOptions(block_size=BLOCK_BYTES))
            with table as reader:
                return Copied(rows=write_parquet(reader.schema, reader, target))
        except (pa.ArrowException, UnicodeDecodeError):
            # NaN literals, mixed types or nested lists of several lengths: Python reads what Arrow does not.
            return _from_records(source, lambda: _lines(source), target)
    return _from_records(source, lambda: _document(source), target)


def _is_lines(source: Source) -> bool:
    lines = source.head_text.lstrip().split("\n", 2)
    if len(lines) < 2 or not lines[0].strip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


def _lines(source: Source) -> Iterator[dict[str, Any]]:
    with source.path.open(encoding=source.encoding, errors="replace") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BrokenFile(
                    "broken_json", file=source.name, place=f"line {number}", remedy="export_again"
                ) from error
            if not isinstance(record, dict):
                raise UnreadableFile("not_a_table", file=source.name)
            yield record


def _document(source: Source) -> Iterator[dict[str, Any]]:
    if source.size > MAX_JSON_BYTES:
        raise UnreadableFile("not_a_table", file=source.name)
    try:
        document = json.loads(source.text())
    except (ValueError, RecursionError):
        return
    if isinstance(document, dict) and len(document) == 1:
        document = next(iter(document.values()))
    if isinstance(document, list) and document and all(isinstance(item, dict) for item in document):
        yield from document
    elif isinstance(document, dict) and _is_columns(document):
        for row in zip(*document.values(), strict=True):
            yield dict(zip(document, row, strict=True))


def _is_columns(document: dict[str, Any]) -> bool:
    lengths = {len(value) if isinstance(value, list) else -1 for value in document.values()}
    return len(document) >= 2 and len(lengths) == 1 and lengths.pop() > 0


def _flattened(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flattened(value, f"{name}.")
        elif isinstance(value, list) and 0 < len(value) <= 1000 and all(_is_plain_number(item) for item in value):
            yield from ((f"{name}[{position}]", item) for position, item in enumerate(value))
        elif isinstance(value, float) and math.isnan(value):
            yield name, None
        else:
            yield name, str(value) if isinstance(value, list) else value


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _from_records(source: Source, records: Any, target: Path) -> Copied:
    """Two passes: the first learns every column and its type, the second writes."""
    kinds: dict[str, set[type]] = {}
    for record in records():
        for name, value in _flattened(record):
            kinds.setdefault(name, set()).add(type(value))
    if len(kinds) < 2:
        raise UnreadableFile("not_a_table", file=source.name)
    clean, renamed = unique_names(kinds)
    schema = pa.schema([(name, _type(kinds[key])) for name, key in zip(clean, kinds, strict=True)])
    batches = _record_batches(records(), dict(zip(kinds, schema, strict=True)), schema)
    return Copied(rows=write_parquet(schema, batches, target), renamed=renamed)


def _type(kinds: set[type]) -> pa.DataType:
    found = kinds - {type(None)}
    if found == {bool}:
        return pa.bool_()
    if found == {int}:
        return pa.int64()
    if found and found <= {int, float}:
        return pa.float64()
    return pa.string()


def _record_batches(
    records: Iterable[dict[str, Any]], fields: dict[str, pa.Field], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    rows = iter(records)
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        flattened = [dict(_flattened(record)) for record in chunk]
        columns = []
        for key, field in fields.items():
            values = [row.get(key) for row in flattened]
            if field.type == pa.string():
                values = [None if value is None or value == "" else str(value) for value in values]
            columns.append(pa.array(values, field.type))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
