"""Who is here and what they may do: the one gate in front of everything a board reads and writes.

Locally there is one user, and everything is theirs.
"""

from __future__ import annotations

from diagnostics.exceptions import Forbidden

LOCAL = "local"

READ, WRITE, MANAGE = "read", "write", "manage"


def who() -> str:
    """Return the id of the person of this session."""
    return LOCAL


def may(action: str, project: str) -> bool:
    """Return whether this person may "read", "write" or "manage" a project."""
    return bool(project) and action in (READ, WRITE, MANAGE)


def require(action: str, project: str) -> None:
    """Raise `Forbidden` where the person may not."""
    if not may(action, project):
        raise Forbidden("not_allowed", action=action, project=project)
