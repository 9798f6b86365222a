"""Who is here and what they may do: the one gate in front of everything that is read or written.

Used locally there is one person, and everything is theirs. Hosted, the door (`app.server.door`) says who somebody is;
here it is looked up at every question whether that still holds and what it allows. What nobody allowed is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from app import hosting
from app.server import passes
from app.server.passes import NOBODY, Visitor
from diagnostics.exceptions import Forbidden
from diagnostics.workspace.people import Action, Role

if TYPE_CHECKING:
    from diagnostics.workspace import Workspace
    from diagnostics.workspace.shares import Share

LOCAL = "local"

READ, WRITE, MANAGE, CREATE, ADMINISTER = (
    Action.READ,
    Action.WRITE,
    Action.MANAGE,
    Action.CREATE,
    Action.ADMINISTER,
)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


def is_hosted() -> bool:
    """Whether people sign in here."""
    return hosting.is_on()


def who() -> str:
    """Return the id of the person of this session; "link ..." for a guest, "" for nobody."""
    return visitor().label if is_hosted() else LOCAL


def visitor() -> Visitor:
    """Return who is behind this session right now, `NOBODY` where a sign-in ended or a link was revoked."""
    import streamlit as st

    shown = st.user.get(passes.USER_KEY)
    return passes.visitor(_workspace(), passes.from_text(str(shown))) if shown else NOBODY


def guest() -> Share | None:
    """Return the link through which this session looks, None for people."""
    return visitor().share if is_hosted() else None


def may(action: str, project: str = "") -> bool:
    """Return whether this person may "read", "write" or "manage" a project, "create" one, or "administer" all."""
    if not is_hosted():
        return action in tuple(Action) and (bool(project) or action in (CREATE, ADMINISTER))
    return allowed(_workspace(), visitor(), action, project)


def allowed(workspace: Workspace, visitor: Visitor, action: str, project: str = "") -> bool:
    """Return whether somebody may; the whole of the rule for hosted use."""
    if action not in tuple(Action):
        return False
    if visitor.share is not None:
        return action == READ and project == visitor.share.project
    return workspace.people.may(visitor.person, Action(action), project)


def require(action: str, project: str = "") -> None:
    """Raise `Forbidden` where the person may not."""
    if not may(action, project):
        raise Forbidden("not_allowed", action=str(action), project=project)


def require_of(action: str, kind: str, id: str) -> str:
    """Raise `Forbidden` where the person may not do that to a run, prediction set, upload or project; its project."""
    if not is_hosted():
        return ""
    project = _workspace().people.project_of(kind, id)
    require(action, project)
    return project


def role(project: str) -> Role | None:
    """Return this person's role in a project; a guest is a viewer."""
    if not is_hosted():
        return Role.OWNER
    now = visitor()
    if now.share is not None:
        return Role.VIEWER if now.share.project == project else None
    return _workspace().people.role(now.person, project) if now.person else None


def readable(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return those of some projects that this person may read."""
    if not is_hosted():
        return tuple(entries)
    now = visitor()
    if now.share is not None:
        return tuple(entry for entry in entries if entry.id == now.share.project)
    known = _workspace().people.readable(now.person) if now.person else frozenset()
    return tuple(entry for entry in entries if known is None or entry.id in known)


def shown(kind: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return those runs ("run") or prediction sets ("predictions") of a readable project that a link shows.

    People see all. A link that names no run shows every run; one that names no prediction set shows none.
    """
    share = guest()
    if share is None:
        return tuple(entries)
    named = share.query.get(kind, ())
    return tuple(entry for entry in entries if entry.id in named or (kind == "run" and not named))


def own(project: str) -> None:
    """Make this person owner of a project that they have just made."""
    if is_hosted():
        _workspace().people.set_role(project, visitor().person, Role.OWNER)


def note(action: str, project: str = "", object: str = "", **details: Any) -> None:
    """Write what this person just did to the audit log; used locally there is none."""
    if is_hosted():
        _workspace().audit.note(who(), action, project, object, **details)


def view_of(share: Share) -> Mapping[str, tuple[str, ...]]:
    """Return the query of the view that a link shows."""
    return {"project": (share.project,), **share.query}


def _workspace() -> Workspace:
    from app import loading  # loading asks here before it reads

    return loading.workspace()
