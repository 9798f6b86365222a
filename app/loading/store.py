"""The workspace of this process, its projects and their settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import access, settings
from diagnostics.exceptions import Conflict, NotFound

if TYPE_CHECKING:
    from diagnostics.workspace import Project, Workspace


DEMO = Path(__file__).resolve().parents[2] / "demo_data" / "runs"
DEMO_ID = "demo"


def workspace() -> Workspace:
    """Return the workspace of this process; see `app.settings` for where it lies."""
    chosen = settings.load()
    return _open(str(chosen.home), chosen.database, _settings=chosen)


@st.cache_resource(show_spinner=False)
def _open(home: str, database: str | None, *, _settings: settings.Settings) -> Workspace:
    return settings.open_workspace(_settings)


def projects() -> tuple[Project, ...]:
    """Return the projects this person may read: the last changed first, the demo last."""
    return access.readable(workspace().projects())


def project(id: str) -> Project | None:
    """Return a project, or None where there is none of that id."""
    with suppress(NotFound):
        return workspace().project(id) if access.may(access.READ, id) else None
    return None


def create_project(name: str) -> Project:
    """Make a project; who makes it owns it."""
    access.require(access.CREATE)
    made = workspace().create_project(name)
    access.own(made.id)
    access.note("create_project", made.id, made.name)
    return made


def open_demo(name: str) -> Project | None:
    """Make or refresh the demo project and return it, also where it was deleted before."""
    if not access.may(access.ADMINISTER):
        return project(DEMO_ID)
    found = workspace().ensure_demo(DEMO, name)
    if found is None:
        workspace().restore_project(DEMO_ID)
        found = workspace().ensure_demo(DEMO, name)
    return found


def change_setting(project_id: str, name: str, change: Callable[[Any], Any], default: Any = None) -> None:
    """Change a setting that is kept with a project; what others changed meanwhile is read anew, nothing is lost."""
    access.require(access.WRITE, project_id)
    for _attempt in range(20):
        found = workspace().project(project_id)
        value = change(found.settings.get(name, default))
        with suppress(Conflict):
            workspace().set_project_settings(project_id, {**found.settings, name: value}, version=found.version)
            return
    raise Conflict("changed_meanwhile", id=project_id[:80], expected=None, found=None)


def setting(project_id: str, name: str, default: Any = None) -> Any:
    """Return a setting that is kept with a project."""
    found = project(project_id)
    return default if found is None else found.settings.get(name, default)


def keep_setting(project_id: str, name: str, value: Any) -> None:
    """Keep a setting with a project, whatever it was before; another change at the same moment is kept too."""
    change_setting(project_id, name, lambda _: value)
