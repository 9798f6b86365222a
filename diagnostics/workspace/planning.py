"""What an ingest will read: new files under names that do not clash, and stored files that may belong to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, update

from diagnostics.exceptions import NotFound
from diagnostics.workspace import relatives, uploads
from diagnostics.workspace.content import CHUNK_BYTES, ContentStore
from diagnostics.workspace.records import UploadState
from diagnostics.workspace.tables import uploads as uploads_table


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The files of one reading.

    Attributes
    ----------
    new : tuple of str
        Upload ids that were asked for.
    labels : mapping of upload id to logical name
        New ones and relatives, oldest first.
    digests : mapping of upload id to content digest
    batches : mapping of upload id to batch folder
        For new uploads whose name is taken by another content.
    replaced : mapping of upload id to upload id
        New file to the stored one that it continues: same name, and the old content is its beginning.
    """

    new: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    batches: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)


def plan(connection: Connection, store: ContentStore, project: str, upload_ids: Sequence[str]) -> Plan:
    """Plan the reading of some uploads.

    Raises
    ------
    NotFound
        An upload is not (any more) in the project.
    """
    rows = uploads.live(connection, project)
    known = {row.id: row for row in rows}
    if missing := [id for id in upload_ids if id not in known]:
        raise NotFound("no_such_upload", id=missing[0][:80])
    asked = set(upload_ids)
    new = [row for row in rows if row.id in asked]
    others = [row for row in rows if row.id not in asked]
    batches, replaced = _places(store, new, others)
    gone = set(replaced.values())
    others = [row for row in others if row.id not in gone and row.state != UploadState.RECEIVED]
    labels = {row.id: f"{batches[row.id]}/{row.name}" if batches[row.id] else str(row.name) for row in new}
    kept = relatives.related(list(labels.values()), [(uploads.label(row), row.size) for row in others])
    chosen = [others[position] for position in kept]
    return Plan(
        new=tuple(labels),
        labels={**{row.id: uploads.label(row) for row in chosen}, **labels},
        digests={row.id: row.digest for row in (*chosen, *new)},
        batches=batches,
        replaced=replaced,
    )


def _places(
    store: ContentStore, new: Sequence[Row[Any]], others: Sequence[Row[Any]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Batch folder of each new upload, and which stored upload it continues."""
    taken = {(row.batch, row.name): row for row in others}
    fresh = [row for row in new if row.state == UploadState.RECEIVED]
    batches = {row.id: row.batch for row in new if row not in fresh}
    taken |= {(row.batch, row.name): row for row in new if row not in fresh}
    replaced: dict[str, str] = {}
    namesakes: dict[str, list[Row[Any]]] = {}
    for other in others:
        namesakes.setdefault(other.name, []).append(other)
    for row in fresh:
        older = _continued(store, row, namesakes.get(row.name, ()))
        if older is not None and older.id not in replaced.values():
            batches[row.id], replaced[row.id] = older.batch, older.id
            taken[(older.batch, row.name)] = row
    # Files dropped together stay together: one clash moves them all, so that pairs are not torn.
    rest = [row for row in fresh if row.id not in replaced]
    start = 1 if all(("", row.name) not in taken for row in rest) else 2
    foreign = {row.batch for row in others} - {""}
    for row in rest:
        number = start
        while (_batch(number), row.name) in taken or _batch(number) in foreign:
            number += 1
        batches[row.id] = _batch(number)
        taken[(_batch(number), row.name)] = row
    return batches, replaced


def _batch(number: int) -> str:
    return "" if number == 1 else f"upload-{number}"


def _continued(store: ContentStore, row: Row[Any], older: Sequence[Row[Any]]) -> Row[Any] | None:
    """The stored upload whose content is the beginning of a new one: the log of a run that went on."""
    for other in older:
        if 0 < other.size < row.size and _starts_with(store, row.digest, other.digest, other.size):
            return other
    return None


def _starts_with(store: ContentStore, digest: str, prefix_digest: str, size: int) -> bool:
    hasher = hashlib.sha256()
    with store.path(digest).open("rb") as stream:
        while size and (chunk := stream.read(min(size, CHUNK_BYTES))):
            hasher.update(chunk)
            size -= len(chunk)
    return hasher.hexdigest() == prefix_digest


def settle(connection: Connection, planned: Plan, time: float) -> None:
    """Write the batch folders and retire what was replaced."""
    for id, batch in planned.batches.items():
        connection.execute(update(uploads_table).where(uploads_table.c.id == id).values(batch=batch))
    retired = list(planned.replaced.values())
    connection.execute(update(uploads_table).where(uploads_table.c.id.in_(retired)).values(deleted=time))
