"""Brightness and size of the pictures that a prediction set names, kept with the set.

They stand in a second table beside the one that was read: reading the upload again finds the first as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select, update

from diagnostics.readers.pictures import may_hold_pictures
from diagnostics.workspace import plain, rows, uploads
from diagnostics.workspace.content import ContentStore
from diagnostics.workspace.database import Database
from diagnostics.workspace.tables import predictions

if TYPE_CHECKING:
    from diagnostics.readers.picture_columns import PictureColumns

VERSION = 1
"""Counts up when pictures are measured otherwise, so that stored ones are measured again."""

NAME = "pictures"
"""Of the entry in a set's record."""


def waiting(connection: Connection, id: str) -> bool:
    """Whether the project has pictures for a set that were not measured yet."""
    row = rows.get(connection, predictions, id)
    files = _files(connection, row)
    return bool(files and _column(row)) and row.record.get(NAME, {}).get("key") != _key(row, files)


def measure(
    database: Database, store: ContentStore, id: str, *,
    progress: Callable[[float], None] | None = None, stopped: Callable[[], bool] | None = None,
) -> bool:  # fmt: skip
    """Measure the pictures of a set and keep what comes out; False where it was stopped or there are none.

    Raises
    ------
    NotFound
        The set is gone.
    """
    with database.reading() as connection:
        row = rows.get(connection, predictions, id)
        files, column = _files(connection, row), _column(row)
    if not files or not column:
        return False
    # Only here: the first page of a start has no pictures to measure.
    from diagnostics.readers import Source
    from diagnostics.readers.picture_columns import add_picture_columns
    from diagnostics.readers.pictures import Pictures

    pictures = Pictures([Source(name=uploads.label(one), path=store.path(one.digest)) for one in files])
    with store.scratch() as folder:
        target = folder / "pictures.parquet"
        found = add_picture_columns(
            store.path(row.content), column, pictures, target, progress=progress, stopped=stopped
        )  # fmt: skip
        if found is None:
            return False
        content = store.add_file(target).digest if found.columns else ""
    with database.writing() as connection:
        _keep(connection, row, _entry(found, _key(row, files), content))
    return True


def carried(row: Row[Any], described: dict[str, Any]) -> dict[str, Any]:
    """The record of a set that was read anew, with what was measured for the same table."""
    measured = row.record.get(NAME)
    same = measured is not None and row.content == described["content"]
    return {**described["record"], NAME: measured} if same else dict(described["record"])


def content_of(row: Row[Any]) -> str:
    """Digest of the table with the measured columns; "" where there is none."""
    return str(row.record.get(NAME, {}).get("content", ""))


def in_use(connection: Connection) -> set[str]:
    """Digests of all tables with measured columns."""
    records = connection.execute(select(predictions.c.record)).scalars()
    return {record[NAME]["content"] for record in records if record.get(NAME, {}).get("content")}


def _entry(found: PictureColumns, key: str, content: str) -> dict[str, Any]:
    return {"key": key, "content": content, "columns": list(found.columns), "named": found.named, "found": found.found}


def _keep(connection: Connection, row: Row[Any], measured: dict[str, Any]) -> None:
    """Note it with every set of the project that is read from the same table by the same column."""
    query = select(predictions).where(
        predictions.c.project == row.project, predictions.c.content == row.content, predictions.c.deleted.is_(None)
    )
    for one in connection.execute(query).all():
        if _column(one) == _column(row):
            # What people see and may be changing stays as it is: no new version.
            record = {**one.record, NAME: measured}
            connection.execute(update(predictions).where(predictions.c.id == one.id).values(record=record))


def _column(row: Row[Any]) -> str:
    return str(plain.decode(row.record)["roles"].get("image") or "")


def _files(connection: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    return [one for one in uploads.live(connection, row.project) if may_hold_pictures(uploads.label(one))]


def _key(row: Row[Any], files: Sequence[Row[Any]]) -> str:
    named = sorted(f"{one.digest} {uploads.label(one)}" for one in files)
    return hashlib.sha256(repr([VERSION, row.content, _column(row), named]).encode()).hexdigest()
