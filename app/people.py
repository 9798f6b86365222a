"""People, links and the audit log as pages use them: every read and write passes the gate, every change is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app import access, loading
from diagnostics.exceptions import Forbidden
from diagnostics.workspace.audit import AuditEntry
from diagnostics.workspace.people import Member, Person, Role
from diagnostics.workspace.shares import Share

DAY = 86400.0


def members(project: str) -> list[Member]:
    """Return who has a role in a project."""
    access.require(access.MANAGE, project)
    return loading.workspace().people.members(project)


def set_role(project: str, person: str, role: Role | None) -> None:
    """Give a person a role in a project, None for none."""
    access.require(access.MANAGE, project)
    loading.workspace().people.set_role(project, person, role)
    access.note("set_role", project, person, role=role.value if role else "none")


def links(project: str) -> list[Share]:
    """Return the links of a project, newest first."""
    access.require(access.MANAGE, project)
    return loading.workspace().shares.listed(project)


def make_link(project: str, page: str, query: Mapping[str, Sequence[str]], *, days: int, name: str) -> str:
    """Make a link to a view; returns the path with its token, which is shown once."""
    access.require(access.MANAGE, project)
    share, token = loading.workspace().shares.create(
        project, author=access.who(), page=page, query=query, seconds=days * DAY, name=name
    )
    access.note("make_link", project, share.id, page=page, name=name)
    return f"/s/{token}"


def revoke(project: str, link: str) -> None:
    """Stop a link at once, also for those who look through it now."""
    access.require(access.MANAGE, project)
    if loading.workspace().shares.share(link).project != project:
        raise Forbidden("not_allowed", action="manage", project=project)
    loading.workspace().shares.revoke(link)
    access.note("revoke_link", project, link)


def log(project: str | None, *, limit: int = 500, before: int | None = None) -> list[AuditEntry]:
    """Return lines of the audit log, newest first; None for those of the whole workspace."""
    access.require(access.ADMINISTER if project is None else access.MANAGE, project or "")
    return loading.workspace().audit.entries(project, limit=limit, before=before)


def everyone() -> list[Person]:
    """Return all people who ever signed in or were given a role."""
    access.require(access.ADMINISTER)
    return loading.workspace().people.everyone()


def sign_out_everywhere(person: str) -> None:
    """End every sign-in of a person."""
    access.require(access.ADMINISTER)
    loading.workspace().people.sign_out_everywhere(person)
    access.note("sign_out_everywhere", "", person)
