"""Making, renaming and deleting projects."""

from __future__ import annotations

import streamlit as st

from app import access, loading, state
from app.components import undo
from app.components.guard import guarded
from app.i18n import _
from diagnostics.workspace import Project


def draw(project: Project | None) -> None:
    """Draw the form, folded away."""
    if project is not None and not access.may(access.MANAGE, project.id):
        project = None
    if project is None and not access.may(access.CREATE):
        return
    with st.expander(_("Project: make, rename, delete")):
        left, right = st.columns(2, gap="large")
        if access.may(access.CREATE):
            with left, st.form("new_project", clear_on_submit=True, border=False):
                st.text_input(_("Name of a new project"), key="new_project_name")
                st.form_submit_button(_("Make it"), on_click=_create)
        if project is None:
            return
        with right:
            key = f"project-name-{project.id}-{project.version}"
            st.text_input(
                _("Name of this project"), value=project.name, key=key, on_change=_rename, args=(project.id, key)
            )
            st.button(_("Delete this project"), key="delete_project", on_click=_delete, args=(project.id, project.name))


@guarded
def _create() -> None:
    name = str(state.widget("new_project_name", "")).strip()
    if name:
        state.select(project=loading.create_project(name).id)
        state.keep("last_reading", None)


@guarded
def _rename(id: str, key: str) -> None:
    name = str(state.widget(key, "")).strip()
    if name:
        loading.rename("project", id, name)


@guarded
def _delete(id: str, name: str) -> None:
    loading.delete("project", [id])
    undo.offer("project", [id], _("Project {name} deleted.").format(name=name))
    state.select(project="")
    state.keep("last_reading", None)
