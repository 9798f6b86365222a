"""Steps that every kind of row shares: find it, change it against a version, delete and restore it."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, Row, Table, select, update

from diagnostics.exceptions import Conflict, NotFound


def get(connection: Connection, table: Table, id: str, *, deleted: bool = False) -> Row[Any]:
    """The row with this id.

    Raises
    ------
    NotFound
        When there is none, or it is deleted and `deleted` is false.
    """
    row = connection.execute(select(table).where(table.c.id == id)).first()
    if row is None or (row.deleted is not None and not deleted):
        raise NotFound(f"no_such_{table.name.removesuffix('s')}", id=id[:80])
    return row


def change(
    connection: Connection, table: Table, id: str, values: dict[str, Any], *, version: int | None, deleted: bool = False
) -> int:
    """Change a row and count its version up.

    Parameters
    ----------
    version : int or None
        The version the change starts from; None changes whatever is there now.
    deleted : bool
        Whether a deleted row may be changed.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    NotFound
    Conflict
        Somebody changed the row in between; nothing is written.
    """
    current = get(connection, table, id, deleted=deleted).version
    if version is not None and version != current:
        raise Conflict("changed_meanwhile", id=id[:80], expected=version, found=current)
    done = connection.execute(
        update(table).where(table.c.id == id, table.c.version == current).values(version=current + 1, **values)
    )
    if done.rowcount != 1:
        raise Conflict("changed_meanwhile", id=id[:80], expected=current, found=None)
    return int(current) + 1


def delete(connection: Connection, table: Table, id: str, *, version: int | None) -> int:
    """Mark a row as deleted; `restore` takes it back."""
    return change(connection, table, id, {"deleted": time.time()}, version=version)


def restore(connection: Connection, table: Table, id: str) -> int:
    """Take a deletion back; harmless on a live row."""
    if get(connection, table, id, deleted=True).deleted is None:
        return int(get(connection, table, id).version)
    return change(connection, table, id, {"deleted": None}, version=None, deleted=True)
