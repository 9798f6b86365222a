"""People and what they may do: owners of the workspace, roles in projects, sign-ins that can be ended.

What nobody allowed is refused: a person without a role in a project cannot even see that it exists.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Table, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from diagnostics.exceptions import Forbidden, NotFound, RunClinicError
from diagnostics.workspace import rows, tables
from diagnostics.workspace.database import Database
from diagnostics.workspace.names import clean
from diagnostics.workspace.records import moment
from diagnostics.workspace.tables import members, people, projects, sign_ins

_KINDS: dict[str, Table] = {
    "run": tables.runs,
    "predictions": tables.predictions,
    "upload": tables.uploads,
    "project": tables.projects,
}


class Role(StrEnum):
    """What a person is in a project."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Action(StrEnum):
    """What somebody may want to do: read, write and manage a project; create one; administer the workspace."""

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"
    CREATE = "create"
    ADMINISTER = "administer"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.OWNER: frozenset({Action.READ, Action.WRITE, Action.MANAGE}),
    Role.EDITOR: frozenset({Action.READ, Action.WRITE}),
    Role.VIEWER: frozenset({Action.READ}),
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who signed in or was given a role; `owner` may do everything in every project."""

    id: str
    name: str
    owner: bool
    seen: datetime | None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person's role in a project."""

    project: str
    person: str
    name: str
    role: Role


def person_id(name: str) -> str:
    """A person's id as it is kept and compared: one line, lower-case, at most 200 characters."""
    return clean(name).lower()


def hashed(secret: str) -> str:
    """What is stored of a secret value that a browser keeps (SHA-256; the values are random and long)."""
    return hashlib.sha256(secret.encode()).hexdigest()


class People:
    """The people of a workspace; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Who

    def arrive(self, id: str, name: str = "", *, owners: Iterable[str] = ()) -> Person:
        """Note that a person is here; made where unknown.

        Parameters
        ----------
        id : str
        name : str
            As the sign-in service writes it.
        owners : iterable of str
            Ids that own the workspace. Where it is empty, the first person who ever arrives does.
        """
        id, name, named = person_id(id), clean(name), {person_id(owner) for owner in owners}
        if not id:
            raise RunClinicError("no_person")
        with self._database.writing() as connection:
            first = not named and self._is_first(connection)
            known = connection.execute(select(people).where(people.c.id == id)).first()
            owner = id in named if named else first or bool(known and known.owner)
            values = {"name": name or (known.name if known else id), "owner": owner, "seen": time.time()}
            if known is None:
                connection.execute(people.insert().values(id=id, created=time.time(), **values))
            else:
                connection.execute(update(people).where(people.c.id == id).values(values))
            return _person(connection, id)

    def _is_first(self, connection: Connection) -> bool:
        """Whether nobody owns the workspace yet; two who arrive at the same moment take turns."""
        count = select(func.count()).where(people.c.owner.is_(True))
        if connection.execute(count).scalar():
            return False
        if not self._database.is_sqlite:
            connection.execute(text("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE"))
        return not connection.execute(count).scalar()

    def set_owners(self, owners: Iterable[str]) -> None:
        """Make exactly these people owners of the workspace, as far as they are known; the others follow on arrival."""
        ids = {person_id(owner) for owner in owners}
        with self._database.writing() as connection:
            connection.execute(update(people).values(owner=people.c.id.in_(ids)))

    def person(self, id: str) -> Person:
        """One person; `NotFound` where unknown."""
        with self._database.reading() as connection:
            return _person(connection, id)

    def everyone(self) -> list[Person]:
        """All people by name."""
        with self._database.reading() as connection:
            return [_record(row) for row in connection.execute(select(people).order_by(people.c.name, people.c.id))]

    # Sign-ins

    def sign_in(self, secret: str, person: str, *, seconds: float) -> None:
        """Keep a sign-in whose secret value the browser holds.

        Raises
        ------
        Forbidden
            The value was used before.
        """
        now = time.time()
        try:
            with self._database.writing() as connection:
                connection.execute(delete(sign_ins).where(sign_ins.c.expires < now - 30 * 86400))
                connection.execute(
                    sign_ins.insert().values(id=hashed(secret), person=person, created=now, expires=now + seconds)
                )
        except IntegrityError as error:
            raise Forbidden("sign_in_used") from error

    def signed_in(self, id: str) -> str | None:
        """The person of a sign-in by its id (the hash of its secret), None where it ended, expired or never was."""
        query = select(sign_ins.c.person).where(
            sign_ins.c.id == id, sign_ins.c.ended.is_(None), sign_ins.c.expires > time.time()
        )
        with self._database.reading() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def sign_out(self, id: str) -> None:
        """End a sign-in."""
        with self._database.writing() as connection:
            connection.execute(update(sign_ins).where(sign_ins.c.id == id).values(ended=time.time()))

    def sign_out_everywhere(self, person: str) -> None:
        """End every sign-in of a person."""
        with self._database.writing() as connection:
            connection.execute(
                update(sign_ins)
                .where(sign_ins.c.person == person, sign_ins.c.ended.is_(None))
                .values(ended=time.time())
            )

    # Roles

    def members(self, project: str) -> list[Member]:
        """Who has a role in a project, by name."""
        query = (
            select(members, people.c.name)
            .join(people, people.c.id == members.c.person)
            .where(members.c.project == project)
            .order_by(people.c.name, people.c.id)
        )
        with self._database.reading() as connection:
            return [
                Member(project=row.project, person=row.person, name=row.name, role=Role(row.role))
                for row in connection.execute(query)
            ]

    def set_role(self, project: str, person: str, role: Role | None) -> None:
        """Give a person a role in a project, None for none; people unknown so far are kept by their id.

        Raises
        ------
        RunClinicError
            "no_person" for an empty id.
        """
        id = person_id(person)
        if not id:
            raise RunClinicError("no_person")
        now = time.time()
        with self._database.writing() as connection:
            rows.get(connection, projects, project)
            connection.execute(delete(members).where(members.c.project == project, members.c.person == id))
            if role is None:
                return
            if connection.execute(select(people.c.id).where(people.c.id == id)).first() is None:
                connection.execute(people.insert().values(id=id, name=clean(person), owner=False, created=now))
            connection.execute(members.insert().values(project=project, person=id, role=role.value, updated=now))

    def role(self, person: str, project: str) -> Role | None:
        """The role in a project; an owner of the workspace is owner of each."""
        with self._database.reading() as connection:
            return _role(connection, person, project)

    def may(self, person: str, action: Action, project: str = "") -> bool:
        """Whether a person may do something: no without a role that says yes.

        Parameters
        ----------
        person : str
            "" for nobody.
        action : Action
        project : str
            Id; "" for actions on the workspace. Deleted projects count, so that a deletion can be taken back.
        """
        if not person:
            return False
        with self._database.reading() as connection:
            if _owns_all(connection, person):
                return True
            if action is Action.CREATE:
                return _edits_somewhere(connection, person)
            role = _role(connection, person, project) if project and action is not Action.ADMINISTER else None
            return role is not None and action in ALLOWED[role]

    def readable(self, person: str) -> frozenset[str] | None:
        """Ids of the projects that a person may read; None for all of them."""
        with self._database.reading() as connection:
            if _owns_all(connection, person):
                return None
            found = connection.execute(select(members.c.project).where(members.c.person == person)).scalars()
            return frozenset(found)

    def project_of(self, kind: str, id: str) -> str:
        """The project that a "run", "predictions", "upload" or "project" belongs to, also a deleted one."""
        with self._database.reading() as connection:
            row = rows.get(connection, _KINDS[kind], id, deleted=True)
            return str(row.id if kind == "project" else row.project)


def _owns_all(connection: Connection, person: str) -> bool:
    return bool(connection.execute(select(people.c.owner).where(people.c.id == person)).scalar())


def _edits_somewhere(connection: Connection, person: str) -> bool:
    writers = [role.value for role in Role if Action.WRITE in ALLOWED[role]]
    query = select(members.c.project).where(members.c.person == person, members.c.role.in_(writers))
    return connection.execute(query).first() is not None


def _role(connection: Connection, person: str, project: str) -> Role | None:
    if _owns_all(connection, person):
        return Role.OWNER
    query = select(members.c.role).where(members.c.project == project, members.c.person == person)
    found = connection.execute(query).scalar()
    return None if found is None else Role(found)


def _person(connection: Connection, id: str) -> Person:
    row = connection.execute(select(people).where(people.c.id == id)).first()
    if row is None:
        raise NotFound("no_such_person", id=id[:80])
    return _record(row)


def _record(row: object) -> Person:
    values = row._mapping  # type: ignore[attr-defined]
    return Person(id=values["id"], name=values["name"], owner=values["owner"], seen=moment(values["seen"]))
