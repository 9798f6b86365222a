"""Which uploads a run or a prediction set was read from, and what that means when one of them is deleted."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, delete, select, update

from diagnostics.workspace import projects, rows
from diagnostics.workspace.tables import prediction_uploads, predictions, run_uploads, runs, uploads

# Owner table, its link table and the name of the owner's column in it.
KINDS = ((runs, run_uploads, "run"), (predictions, prediction_uploads, "prediction"))
_CHUNK = 500  # databases bound the number of parameters of one statement


def of(connection: Connection, link: Table, owners: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Upload ids of each owner."""
    found: dict[str, list[str]] = {}
    owner = link.columns[0]
    for start in range(0, len(owners), _CHUNK):
        part = owners[start : start + _CHUNK]
        query = select(owner, link.c.upload).where(owner.in_(part)).order_by(owner, link.c.upload)
        for id, upload in connection.execute(query):
            found.setdefault(id, []).append(upload)
    return {id: tuple(ids) for id, ids in found.items()}


def owners(connection: Connection, link: Table, upload_ids: Iterable[str]) -> set[str]:
    """Ids of the owners that were read from any of some uploads."""
    ids = list(upload_ids)
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        query = select(link.columns[0]).where(link.c.upload.in_(ids[start : start + _CHUNK]))
        found.update(connection.execute(query).scalars())
    return found


def put(connection: Connection, link: Table, owner: str, upload_ids: Iterable[str]) -> None:
    """Replace the uploads of an owner."""
    column = link.columns[0]
    connection.execute(delete(link).where(column == owner))
    entries = [{column.name: owner, "upload": upload} for upload in sorted(set(upload_ids))]
    if entries:
        connection.execute(link.insert(), entries)


def delete_owner(connection: Connection, table: Table, id: str, *, version: int | None) -> None:
    """Delete a run or prediction set, and the uploads that nothing else alive was read from."""
    row = rows.get(connection, table, id)
    rows.delete(connection, table, id, version=version)
    mine = _uploads(connection, table, id)
    orphans = mine - _in_use(connection, mine)
    connection.execute(
        update(uploads).where(uploads.c.id.in_(orphans), uploads.c.deleted.is_(None)).values(deleted=time.time())
    )
    projects.touch(connection, row.project)


def restore_owner(connection: Connection, table: Table, id: str) -> None:
    """Take a deletion back, that of its uploads included."""
    rows.restore(connection, table, id)
    connection.execute(update(uploads).where(uploads.c.id.in_(_uploads(connection, table, id))).values(deleted=None))
    projects.touch(connection, rows.get(connection, table, id).project)


def _uploads(connection: Connection, table: Table, id: str) -> set[str]:
    link = next(link for owner, link, _ in KINDS if owner is table)
    return set(of(connection, link, [id]).get(id, ()))


def _in_use(connection: Connection, ids: set[str]) -> set[str]:
    """Those of some uploads that a live run or prediction set was read from."""
    used: set[str] = set()
    for table, link, column in KINDS:
        query = select(link.c.upload).join(table, table.c.id == link.c[column])
        used.update(connection.execute(query.where(link.c.upload.in_(ids), table.c.deleted.is_(None))).scalars())
    return used
