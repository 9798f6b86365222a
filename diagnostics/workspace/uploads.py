"""Uploaded files: a row each, the bytes in the content store."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from diagnostics.exceptions import UnreadableFile
from diagnostics.workspace import plain, projects, rows
from diagnostics.workspace.content import Stored
from diagnostics.workspace.limits import Limits
from diagnostics.workspace.names import logical_name, new_id
from diagnostics.workspace.records import Upload, UploadState, moment
from diagnostics.workspace.tables import uploads


def record(row: Row[Any]) -> Upload:
    """A row as the workspace hands it out."""
    created = moment(row.created)
    assert created is not None
    return Upload(
        id=row.id,
        project=row.project,
        name=row.name,
        label=label(row),
        digest=row.digest,
        size=row.size,
        state=UploadState(row.state),
        failures=tuple(plain.decode_failure(failure) for failure in row.failures),
        version=row.version,
        created=created,
        deleted=moment(row.deleted),
    )


def label(row: Row[Any]) -> str:
    """The name readers see."""
    return f"{row.batch}/{row.name}" if row.batch else str(row.name)


def live(connection: Connection, project: str) -> list[Row[Any]]:
    """Rows of a project that are not deleted, oldest first."""
    query = select(uploads).where(uploads.c.project == project, uploads.c.deleted.is_(None))
    return list(connection.execute(query.order_by(uploads.c.created, uploads.c.id)))


def register(connection: Connection, project: str, name: str, stored: Stored, limits: Limits) -> Upload:
    """Note a stored file; the same name with the same content again is the same upload.

    Raises
    ------
    NotFound
        No such project.
    TooLarge
        The project or the workspace is full.
    """
    projects.lock(connection, project)
    name = logical_name(name)
    same = (uploads.c.project == project) & (uploads.c.name == name) & (uploads.c.digest == stored.digest)
    if row := connection.execute(select(uploads).where(same, uploads.c.deleted.is_(None))).first():
        return record(row)
    limits.check_file(name, stored.size)
    if limits.project_bytes is not None or limits.total_bytes is not None:
        in_project, in_all = used(connection, project), used(connection, None)
        limits.check_room(name, stored.size, in_project=in_project, in_all=in_all)
    id = new_id()
    connection.execute(
        uploads.insert().values(
            id=id,
            project=project,
            name=name,
            batch="",
            digest=stored.digest,
            size=stored.size,
            state=str(UploadState.RECEIVED),
            failures=[],
            version=1,
            created=time.time(),
        )
    )
    return record(rows.get(connection, uploads, id))


def used(connection: Connection, project: str | None) -> int:
    """Bytes of the live uploads of a project, or of all."""
    query = select(func.coalesce(func.sum(uploads.c.size), 0)).where(uploads.c.deleted.is_(None))
    if project is not None:
        query = query.where(uploads.c.project == project)
    return int(connection.execute(query).scalar_one())


def settle(connection: Connection, id: str, state: UploadState, failures: list[UnreadableFile]) -> None:
    """Note what became of an upload."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id == id)
        .values(
            state=str(state),
            failures=[plain.encode_failure(failure) for failure in failures],
            version=uploads.c.version + 1,
        )
    )
