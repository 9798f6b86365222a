"""Projects: what holds runs, files and records together; the id is a slug that URLs can show."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError

from diagnostics.exceptions import Conflict
from diagnostics.workspace import rows
from diagnostics.workspace.database import Database
from diagnostics.workspace.names import clean, slug
from diagnostics.workspace.records import Project, moment
from diagnostics.workspace.tables import projects

_TRIES = 1000


def record(row: Row[Any]) -> Project:
    """A row as the workspace hands it out."""
    created, updated = moment(row.created), moment(row.updated)
    assert created is not None and updated is not None
    return Project(
        id=row.id,
        name=row.name,
        demo=row.demo,
        settings=row.settings,
        version=row.version,
        created=created,
        updated=updated,
        deleted=moment(row.deleted),
    )


def listed(connection: Connection, *, deleted: bool = False) -> tuple[Project, ...]:
    """Live (or deleted) projects, newest change first, the demo last."""
    alive = projects.c.deleted.is_not(None) if deleted else projects.c.deleted.is_(None)
    found = connection.execute(select(projects).where(alive).order_by(projects.c.demo, projects.c.updated.desc()))
    return tuple(record(row) for row in found)


def create(database: Database, name: str, *, demo: bool = False, settings: dict[str, Any] | None = None) -> Project:
    """A new project; its id is the slug of its name, numbered where that is taken."""
    name = clean(name) or "Project"
    base, now = slug(name), time.time()
    for number in range(1, _TRIES):
        id = base if number == 1 else f"{base}-{number}"
        values = {
            "id": id, "name": name, "demo": demo, "settings": settings or {}, "revision": 0, "version": 1,
            "created": now, "updated": now,
        }  # fmt: skip
        try:
            with database.writing() as connection:
                if connection.execute(select(projects.c.id).where(projects.c.id == id)).first() is None:
                    connection.execute(projects.insert().values(values))
                    return record(rows.get(connection, projects, id))
        except IntegrityError:
            continue  # another process took the id between the look and the insert
    raise Conflict("no_free_id", name=name)


def change(database: Database, id: str, values: dict[str, Any], *, version: int | None) -> Project:
    """Change name or settings."""
    if "name" in values:
        values = {**values, "name": clean(values["name"]) or "Project"}
    with database.writing() as connection:
        rows.change(connection, projects, id, {**values, "updated": time.time()}, version=version)
        return record(rows.get(connection, projects, id))


def lock(connection: Connection, id: str) -> Row[Any]:
    """The project's row, locked until the transaction ends (SQLite has locked everything already)."""
    row = connection.execute(select(projects).where(projects.c.id == id).with_for_update()).first()
    return row if row is not None and row.deleted is None else rows.get(connection, projects, id)


def touch(connection: Connection, id: str) -> None:
    """Note that what the project holds has changed."""
    connection.execute(
        update(projects).where(projects.c.id == id).values(revision=projects.c.revision + 1, updated=time.time())
    )
