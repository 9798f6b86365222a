"""Links that show one stored view to whoever holds them: random, hashed in the table, expiring, revocable."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from diagnostics.exceptions import NotFound
from diagnostics.workspace import rows
from diagnostics.workspace.database import Database
from diagnostics.workspace.names import clean, new_id
from diagnostics.workspace.people import hashed
from diagnostics.workspace.records import moment
from diagnostics.workspace.tables import projects, shares

TOKEN_BYTES = 24  # 192 random bits

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A link.

    Attributes
    ----------
    page : str
        Path of the page it opens; "" for the first.
    query : mapping of name to values
        The rest of the view: runs, prediction set, slice, settings of the page.
    author : str
        Id of the person who made it.
    """

    id: str
    project: str
    name: str
    page: str
    query: Mapping[str, tuple[str, ...]]
    author: str
    created: datetime
    expires: datetime
    revoked: datetime | None


class Shares:
    """The links of a workspace; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, project: str, *, author: str, page: str, query: Query, seconds: float, name: str = ""
    ) -> tuple[Share, str]:
        """Make a link; returns it with its token, which cannot be shown again."""
        id, token, now = new_id(), secrets.token_urlsafe(TOKEN_BYTES), time.time()
        kept = {key: list(values) for key, values in query.items() if key != "project"}
        with self._database.writing() as connection:
            rows.get(connection, projects, project)
            connection.execute(
                shares.insert().values(
                    id=id,
                    project=project,
                    token=hashed(token),
                    name=clean(name),
                    page=page,
                    query=kept,
                    author=author,
                    created=now,
                    expires=now + seconds,
                )
            )
            row = connection.execute(select(shares).where(shares.c.id == id)).one()
            return _record(row), token

    def listed(self, project: str) -> list[Share]:
        """Links of a project, newest first, also those that work no more."""
        query = select(shares).where(shares.c.project == project).order_by(shares.c.created.desc(), shares.c.id)
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def share(self, id: str) -> Share:
        """One link, whatever its state; `NotFound` where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(shares).where(shares.c.id == id)).first()
            if row is None:
                raise NotFound("no_such_share", id=id[:80])
            return _record(row)

    def opened(self, token: str) -> Share | None:
        """The link of a token, None unless it works now."""
        return self._live(shares.c.token == hashed(token))

    def live(self, id: str) -> Share | None:
        """The link of an id, None unless it works now: not revoked, not expired, its project still there."""
        return self._live(shares.c.id == id)

    def revoke(self, id: str) -> None:
        """Stop a link at once; harmless on one that was stopped."""
        with self._database.writing() as connection:
            connection.execute(
                update(shares).where(shares.c.id == id, shares.c.revoked.is_(None)).values(revoked=time.time())
            )

    def _live(self, condition: Any) -> Share | None:
        query = (
            select(shares)
            .join(projects, projects.c.id == shares.c.project)
            .where(condition, shares.c.revoked.is_(None), shares.c.expires > time.time(), projects.c.deleted.is_(None))
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else _record(row)


def _record(row: Row[Any]) -> Share:
    created, expires = moment(row.created), moment(row.expires)
    assert created is not None and expires is not None
    return Share(
        id=row.id,
        project=row.project,
        name=row.name,
        page=row.page,
        query={name: tuple(values) for name, values in row.query.items()},
        author=row.author,
        created=created,
        expires=expires,
        revoked=moment(row.revoked),
    )
