"""The audit log: who did what, appended only, read newest first."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from diagnostics.workspace.database import Database
from diagnostics.workspace.names import clean
from diagnostics.workspace.tables import audit


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One line of the log.

    Attributes
    ----------
    number : int
        Grows with time.
    at : datetime
        UTC.
    who : str
        Id of a person, or of the link for guests.
    action : str
        Code, such as "delete_run".
    project : str
        Id, or "" where the action concerns no project.
    object : str
        What was acted on: an id, or a name.
    details : mapping
        Plain values.
    """

    number: int
    at: datetime
    who: str
    action: str
    project: str
    object: str
    details: Mapping[str, Any]


class Audit:
    """The log of a workspace; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: str, action: str, project: str = "", object: str = "", **details: Any) -> None:
        """Append a line."""
        with self._database.writing() as connection:
            note(connection, who, action, project, object, **details)

    def entries(self, project: str | None = None, *, limit: int = 500, before: int | None = None) -> list[AuditEntry]:
        """The newest lines first.

        Parameters
        ----------
        project : str, optional
            Of one project only; None for all.
        limit : int
        before : int, optional
            Only lines older than this number, for the next page.
        """
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if project is not None:
            query = query.where(audit.c.project == project)
        if before is not None:
            query = query.where(audit.c.number < before)
        with self._database.reading() as connection:
            return [
                AuditEntry(
                    number=row.number,
                    at=datetime.fromtimestamp(row.at, UTC),
                    who=row.who,
                    action=row.action,
                    project=row.project,
                    object=row.object,
                    details=row.details,
                )
                for row in connection.execute(query)
            ]


def note(connection: Connection, who: str, action: str, project: str = "", object: str = "", **details: Any) -> None:
    """Append a line in a transaction that is open."""
    connection.execute(
        audit.insert().values(
            at=time.time(),
            who=clean(who),
            action=action,
            project=project[:80],
            object=clean(object),
            details={name: clean(value) if isinstance(value, str) else value for name, value in details.items()},
        )
    )
