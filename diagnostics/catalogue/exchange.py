"""The catalogue as files: CSV and Markdown for people, JSON and CSV to bring back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostics.catalogue.board import EDITABLE, Board
from diagnostics.catalogue.events import Change, Event, State, setting
from diagnostics.catalogue.table import CatalogueRow
from diagnostics.exceptions import BrokenFile
from diagnostics.exports import from_csv, to_csv
from diagnostics.types import MetricValue

FORMAT = "run-clinic-catalogue"
VERSION = 1
_EXAMPLE_COLUMNS = ("key", "row", "category", "category_name", "difficulty", "stratum", "probability", "source")
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|!"})


def to_json(board: Board, state: State) -> str:
    """Everything on the board: categories with their fields, examples with their tags and how they were drawn."""
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "categories": [{"id": c.id, **{k: v for k, v in c.fields.items() if k in EDITABLE}}
                           for c in board.categories],
            "examples": [{"key": key, **{k: v for k, v in fields.items() if k != "removed"}}
                         for key, fields in state.of("example") if not fields.get("removed")],
        },
        ensure_ascii=False,
        indent=1,
    )  # fmt: skip


def examples_csv(board: Board, state: State) -> str:
    """One line an example; formula-safe."""
    names = {c.id: c.name for c in board.categories}
    rows = [
        [key, *(_cell(name, fields, names) for name in _EXAMPLE_COLUMNS[1:])]
        for key, fields in state.of("example")
        if not fields.get("removed")
    ]
    return to_csv(_EXAMPLE_COLUMNS, rows)


def _cell(name: str, fields: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    if name == "category_name":
        return names.get(str(fields.get("category")), "")
    return fields.get(name)


def catalogue_csv(rows: Sequence[CatalogueRow], header: Sequence[str]) -> str:
    """One line a category, with the given column titles (nine, ten where there is a loss); formula-safe."""
    return to_csv(header, [_line(row) for row in rows])


def catalogue_markdown(rows: Sequence[CatalogueRow], header: Sequence[str]) -> str:
    """The category template of the method: a Markdown table, every text escaped."""
    lines = ["| " + " | ".join(str(h).translate(_MARKDOWN) for h in header) + " |", "|" + " --- |" * len(header)]
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in _line(row)]
        lines.append("| " + " | ".join(" ".join(c.split()).translate(_MARKDOWN) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def _line(row: CatalogueRow) -> list[Any]:
    fields = row.category.fields
    examples = ", ".join(row.category.examples[:5])
    return [
        row.category.name, examples, _percent(row.frequency), _percent(row.impact), fields.get("hypothesis"),
        fields.get("action"), fields.get("owner"),
        None if row.priority is None else round(row.priority, 4), fields.get("status"),
        *([] if row.loss is None else [_loss(row.loss, row.loss_share)]),
    ]  # fmt: skip


def _loss(gain: MetricValue, share: MetricValue | None) -> str:
    if gain.value is None:
        return ""
    text = f"{gain.value:.4g} ({gain.low:.4g} to {gain.high:.4g})"
    return text if share is None or share.value is None else f"{text}; {_percent(share)}"


def _percent(value: MetricValue) -> str:
    if value.value is None:
        return ""
    text = f"{100 * value.value:.1f} %"
    if value.low is None or value.high is None:
        return text
    return f"{text} ({100 * value.low:.1f} to {100 * value.high:.1f})"


def from_json(state: State, who: str, text: str, name: str) -> Event:
    """An event that brings an exported board into this one; what is here and not in the file stays.

    Raises
    ------
    BrokenFile
        Not an export of ours, or of a newer version.
    """
    try:
        said = json.loads(text)
        if said["format"] != FORMAT or said["version"] > VERSION:
            raise ValueError("another format")
        changes: list[Change] = []
        for category in said["categories"]:
            fields = {k: _plain(category[k]) for k in EDITABLE if k in category}
            changes += setting(state, f"category/{_key(category['id'])}", **fields)
        for example in said["examples"]:
            fields = {str(k): _plain(v) for k, v in example.items() if k not in ("key", "removed")}
            changes += setting(state, f"example/{_key(example['key'])}", **fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(
            "not_a_catalogue", file=name, expected=FORMAT, found=type(error).__name__, remedy="export_board_again"
        ) from error
    return Event(kind="import", who=who, changes=tuple(changes))


def from_examples_csv(state: State, who: str, text: str, name: str) -> Event:
    """An event that takes categories and difficulties from a table of examples that `examples_csv` wrote.

    Only examples and categories that are on the board are touched.

    Raises
    ------
    BrokenFile
        The columns "key" and "category" are missing.
    """
    rows = from_csv(text)
    if not rows or not {"key", "category"} <= rows[0].keys():
        raise BrokenFile(
            "not_a_catalogue", file=name, place="row 1", expected="key, category",
            found=", ".join(rows[0]) if rows else "", remedy="export_board_again",
        )  # fmt: skip
    changes: list[Change] = []
    for row in rows:
        key, category = row["key"], row["category"] or None
        known = category is None or state.objects.get(f"category/{category}")
        if state.objects.get(f"example/{key}") and known:
            fields: dict[str, Any] = {"category": category}
            if row.get("difficulty") in ("hard", "silly", ""):
                fields["difficulty"] = row["difficulty"] or None
            changes += setting(state, f"example/{key}", **fields)
    return Event(kind="import", who=who, changes=tuple(changes))


def _key(value: Any) -> str:
    text = str(value)
    if not text or len(text) > 200 or "/" in text:
        raise ValueError("not a key")
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, str) and len(value) > 10_000):
        raise ValueError("not a plain value")
    return value
