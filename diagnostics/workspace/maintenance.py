"""Upkeep: the demo project, deletion of files with what was read from them, and the final purge."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select, update

from diagnostics.exceptions import Conflict, NotFound
from diagnostics.workspace import links, pictures, projects, rows, tables
from diagnostics.workspace.content import ContentStore
from diagnostics.workspace.database import Database
from diagnostics.workspace.records import Project

if TYPE_CHECKING:
    from diagnostics.workspace.facade import Workspace

DAY = 86_400.0
# A file may be stored seconds before the row that refers to it is committed; reading a big upload may take an hour.
_GRACE = 6 * 3600.0
_FINGERPRINT_KEY = "demo_fingerprint"


def ensure_demo(workspace: Workspace, folder: Path, name: str, id: str) -> Project | None:
    """See `Workspace.ensure_demo`."""
    fingerprint = _fingerprint(folder)
    if any(project.id == id for project in workspace.projects(deleted=True)):
        return None
    try:
        project = workspace.project(id)
    except NotFound:
        project = workspace.create_project(name, demo=True)
    if not project.demo or project.settings.get(_FINGERPRINT_KEY) == fingerprint:
        return project
    from diagnostics.readers import sources  # not needed where nothing changed, and slow to import

    prefix = f"{folder.absolute().name}/"
    uploads = [workspace.add_upload(project.id, s.name.removeprefix(prefix), s.path) for s in sources([folder])]
    workspace.ingest(project.id, [upload.id for upload in uploads])
    settings = {**project.settings, _FINGERPRINT_KEY: fingerprint}
    try:
        return workspace.set_project_settings(project.id, settings, version=project.version)
    except Conflict:
        return workspace.project(project.id)  # another process made the same demo at the same time


def _fingerprint(folder: Path) -> str:
    hasher = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hasher.update(path.relative_to(folder).as_posix().encode() + b"\x1f" + path.read_bytes() + b"\x1e")
    return hasher.hexdigest()


def delete_upload(connection: Connection, id: str, version: int | None) -> None:
    """Delete an upload with what was read from it, all at one moment so that it can be restored together."""
    row = rows.get(connection, tables.uploads, id)
    rows.delete(connection, tables.uploads, id, version=version)
    when = connection.execute(select(tables.uploads.c.deleted).where(tables.uploads.c.id == id)).scalar_one()
    for table, link, _ in links.KINDS:
        owners = links.owners(connection, link, [id])
        connection.execute(update(table).where(table.c.id.in_(owners), table.c.deleted.is_(None)).values(deleted=when))
    projects.touch(connection, row.project)


def restore_upload(connection: Connection, id: str) -> None:
    """Take back what `delete_upload` did."""
    row = rows.get(connection, tables.uploads, id, deleted=True)
    rows.restore(connection, tables.uploads, id)
    for table, link, _ in links.KINDS:
        owners = links.owners(connection, link, [id])
        connection.execute(
            update(table).where(table.c.id.in_(owners), table.c.deleted == row.deleted).values(deleted=None)
        )
    projects.touch(connection, row.project)


def purge(database: Database, store: ContentStore, older_than_days: float) -> int:
    """Remove rows deleted long ago, then files that nothing refers to; bytes freed."""
    limit = time.time() - older_than_days * DAY
    with database.writing() as connection:
        for table in (tables.projects, tables.runs, tables.predictions, tables.uploads):
            connection.execute(delete(table).where(table.c.deleted < limit))
        connection.execute(delete(tables.results).where(tables.results.c.created < limit))
        live = select(tables.projects.c.id)
        connection.execute(
            delete(tables.mappings).where(tables.mappings.c.scope != "", tables.mappings.c.scope.not_in(live))
        )
        keep = {
            digest
            for column in (tables.uploads.c.digest, tables.runs.c.content, tables.predictions.c.content)
            for digest in connection.execute(select(column)).scalars()
        } | pictures.in_use(connection)
    return store.sweep(keep, older_than=_GRACE)
