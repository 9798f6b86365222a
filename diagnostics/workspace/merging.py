"""What was read meets what is stored: the same run read again keeps its id, its name and its place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from diagnostics.workspace import links, predictions, runs
from diagnostics.workspace.tables import prediction_uploads, run_uploads
from diagnostics.workspace.tables import predictions as predictions_table
from diagnostics.workspace.tables import runs as runs_table


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Where things of one kind are kept."""

    table: Table
    link: Table
    insert: Callable[[Connection, str, dict[str, Any]], str]


RUNS = Kind(table=runs_table, link=run_uploads, insert=runs.insert)
PREDICTIONS = Kind(table=predictions_table, link=prediction_uploads, insert=predictions.insert)


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that was read: what it is recognised by, the uploads it came from, its columns."""

    key: str
    uploads: frozenset[str]
    values: dict[str, Any]


def merge(
    connection: Connection,
    kind: Kind,
    project: str,
    items: Sequence[Item],
    scope: set[str],
    new: frozenset[str],
    aliases: Mapping[str, str],
    refresh: Callable[[Row[Any], dict[str, Any]], None],
) -> tuple[str, ...]:
    """Insert, refresh or retire rows of one kind.

    Parameters
    ----------
    scope : set of str
        Uploads that were read or replaced; only rows that came from them are touched.
    new : frozenset of str
        Uploads that the user just gave: what was deleted and comes from them is alive again.
    aliases : mapping of upload id to upload id
        New upload to the one it continues.
    refresh : callable
        Puts new columns into a row.

    Returns
    -------
    tuple of str
        Ids of rows that were added or changed.
    """
    stored = _stored(connection, kind, project, scope)
    pairs = _match(items, stored, aliases)
    changed: list[str] = []
    for item in items:
        row, had = pairs.get(id(item), (None, frozenset()))
        if row is None:
            owner = kind.insert(connection, project, item.values)
        elif _settled(item, row, had, new):
            continue
        else:
            refresh(row, item.values)
            owner = row.id
        links.put(connection, kind.link, owner, item.uploads)
        changed.append(owner)
    _retire(connection, kind, stored, {row.id for row, _ in pairs.values()}, items)
    return tuple(changed)


def _settled(item: Item, row: Row[Any], had: frozenset[str], new: frozenset[str]) -> bool:
    """Whether a stored row stays as it is: nothing changed, or the user deleted it and gave nothing new for it."""
    if row.deleted is not None:
        return not item.uploads & new
    # The same table may be read with other roles after an answer; sets answered by hand keep theirs.
    same = row.digest == item.values.get("digest", row.digest) or getattr(row, "answered", False)
    return bool(row.content == item.values["content"] and same) and had == item.uploads


_Stored = list[tuple[Row[Any], frozenset[str]]]


def _stored(connection: Connection, kind: Kind, project: str, scope: set[str]) -> _Stored:
    ids = links.owners(connection, kind.link, scope)
    used = links.of(connection, kind.link, sorted(ids))
    found = connection.execute(select(kind.table).where(kind.table.c.project == project).order_by(kind.table.c.created))
    return [(row, frozenset(used[row.id])) for row in found if row.id in ids]


def _match(
    items: Sequence[Item], stored: _Stored, aliases: Mapping[str, str]
) -> dict[int, tuple[Row[Any], frozenset[str]]]:
    """The best stored row for each item: same key first, then alive, then most uploads in common."""
    ranked = []
    for item in items:
        mine = item.uploads | {aliases[upload] for upload in item.uploads if upload in aliases}
        for row, had in stored:
            if common := len(mine & had):
                ranked.append(((row.key == item.key, row.deleted is None, common), item, row, had))
    ranked.sort(key=lambda entry: entry[0], reverse=True)
    pairs: dict[int, tuple[Row[Any], frozenset[str]]] = {}
    taken: set[str] = set()
    for _, item, row, had in ranked:
        if id(item) not in pairs and row.id not in taken:
            pairs[id(item)] = (row, had)
            taken.add(row.id)
    return pairs


def _retire(connection: Connection, kind: Kind, stored: _Stored, kept: set[str], items: Sequence[Item]) -> None:
    """Delete rows whose files all went into something else that was read now."""
    absorbed = frozenset().union(*(item.uploads for item in items)) if items else frozenset()
    gone = [row.id for row, had in stored if row.id not in kept and row.deleted is None and had and had <= absorbed]
    if gone:
        connection.execute(update(kind.table).where(kind.table.c.id.in_(gone)).values(deleted=time.time()))
