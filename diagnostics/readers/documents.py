"""JSON files: whole documents and lines, with NaN and Infinity, Python dict prints, and damage named by its place."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostics.exceptions import BrokenFile, TooLarge, UnreadableFile
from diagnostics.readers.source import Source
from diagnostics.types import Note

MAX_BYTES = 512 * 1024**2
MAX_DEPTH = 8
# Python's own print of numpy values, arrays and ordered dictionaries.
_PRINTED = (
    (re.compile(r"\b(?:np\.|numpy\.)?(?:float|int)\d*\(([^()]*)\)"), r"\1"),
    (re.compile(r"\b(?:np\.|numpy\.)?array\((\[[^()]*?\])(?:,\s*dtype=[\w.]+)?\)"), r"\1"),
    (re.compile(r"\btensor\(([^()]*?)(?:,\s*(?:device|dtype|grad_fn)=[^()]*)?\)"), r"\1"),
    (re.compile(r"\bdefaultdict\(<[^>]*>,\s*"), "("),
    (re.compile(r"\bOrderedDict\("), "("),
)


def _checked(source: Source) -> str:
    if source.size > MAX_BYTES:
        raise TooLarge("too_many_bytes", file=source.name, size=source.size, limit=MAX_BYTES,
                       remedy="thin_out")  # fmt: skip
    return source.text().lstrip("\ufeff")


def document(source: Source) -> Any:
    """The file as one JSON value.

    Raises
    ------
    BrokenFile
        With line and column of the damage.
    TooLarge
    """
    text = _checked(source)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        printed = _printed(text)
        if printed is not None:
            return printed
        raise BrokenFile(
            "broken_json", file=source.name, place=f"line {error.lineno}, column {error.colno}", found=error.msg,
            remedy="export_again",
        ) from error  # fmt: skip
    except RecursionError as error:
        raise BrokenFile("nested_too_deeply", file=source.name, remedy="export_again") from error


def _printed(text: str) -> Any | None:
    """``str(dict)`` as people save it: single quotes, nan, numpy values; None where it is not that."""
    if not text.lstrip().startswith(("{", "[", "defaultdict", "OrderedDict")) or len(text) > 64 * 1024**2:
        return None
    for pattern, plain in _PRINTED:
        text = pattern.sub(plain, text)
    text = re.sub(r"(?<![\w'\"])(-?)(nan|inf)(?![\w'\"])", r"'\1\2'", text)
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    # OrderedDict prints its pairs.
    return dict(value) if isinstance(value, list) and value and all(isinstance(v, tuple) for v in value) else value


def lines(source: Source) -> tuple[list[dict[str, Any]], list[Note]]:
    """The objects of a JSON-lines file, and notes on what was left out.

    A damaged last line is a log that is still being written; one inside the file is noted and left out.

    Raises
    ------
    BrokenFile
        More than a few lines are not JSON objects.
    """
    out: list[dict[str, Any]] = []
    bad: list[int] = []
    notes: list[Note] = []
    text = _checked(source)
    rows = text.splitlines()
    for number, line in enumerate(rows, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            bad.append(number)
            continue
        if isinstance(value, dict):
            out.append(value)
    if bad == [len(rows)] and out and not text.endswith("\n"):
        notes.append(Note(code="cut_last_line", params={"row": bad[0]}))
    elif len(bad) > max(3, len(out) // 10):
        raise BrokenFile("broken_lines", file=source.name, place=f"line {bad[0]}", found=str(len(bad)),
                         remedy="export_again")  # fmt: skip
    elif bad:
        notes.append(Note(code="bad_lines", params={"lines": bad[:10], "count": len(bad)}))
    if not out:
        raise UnreadableFile("no_rows", file=source.name, remedy="export_again")
    return out, notes


def first_object(source: Source) -> dict[str, Any] | None:
    """The first line as a JSON object, or None; a cheap look for sniffing."""
    line = source.head_text.lstrip("\ufeff \r\n\t").partition("\n")[0].strip()
    if not line.startswith("{") or not line.endswith("}"):
        return None
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def head_objects(source: Source, limit: int = 50) -> list[dict[str, Any]]:
    """The first lines that are JSON objects."""
    out: list[dict[str, Any]] = []
    for line in source.head_text.lstrip("\ufeff").splitlines()[: limit + 1]:
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(value, dict):
            out.append(value)
    return out[:limit]


def flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested keys joined by "/"; lists stay lists."""
    out: dict[str, Any] = {}
    for key, value in record.items():
        name = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(value, Mapping) and depth < MAX_DEPTH:
            out.update(flat(value, name, depth + 1))
        else:
            out[name] = value
    return out


def is_numbers(value: Any) -> bool:
    """Whether a value is a list of numbers (None, strings of numbers and one-element lists count)."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return False
    return all(_numeric(v) for v in value[:20])


def _numeric(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    if isinstance(value, list):
        return len(value) == 1 and _numeric(value[0])
    return value is None or (isinstance(value, int | float))
