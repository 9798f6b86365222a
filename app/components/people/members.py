"""Who has a role in a project, and giving or taking one."""

from __future__ import annotations

import streamlit as st

from app import access, people, state
from app.components.frame.entrance import ROLES
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, ngettext
from diagnostics.workspace.people import Member, Role

_NONE = "none"


def draw(project: str) -> None:
    """Draw the members of a project and a form for another."""
    found = people.members(project)
    st.header(
        ngettext("{n} person has a role", "{n} people have a role", len(found)).format(n=len(found)), anchor=False
    )
    st.caption(_("Owners share, manage people and delete; editors upload and change; viewers look."))
    for member in found:
        _row(project, member)
    with (
        st.form("new_member", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("Add a person, as they sign in"), key="member_id", width=320, max_chars=200)
        st.selectbox(
            _("Role"), list(Role), index=2, format_func=lambda role: _(ROLES[role]), key="member_role", width=160
        )
        st.form_submit_button(_("Add"), on_click=_add, args=(project,))


def _row(project: str, member: Member) -> None:
    key = f"role-{project}-{member.person}"
    state.control(key, member.role.value)
    with st.container(horizontal=True, vertical_alignment="center"):
        same = member.name == member.person
        shown = escape(member.person) if same else f"{escape(member.name)} ({escape(member.person)})"
        st.markdown(shown, width=320)
        st.selectbox(
            _("Role of {name}").format(name=plain(member.name)),
            [*(role.value for role in Role), _NONE],
            format_func=lambda code: _("no role") if code == _NONE else _(ROLES[Role(code)]),
            key=key,
            on_change=_changed,
            args=(project, member.person, key),
            label_visibility="collapsed",
            width=160,
            disabled=member.person == access.who(),
        )


@guarded
def _add(project: str) -> None:
    id = str(state.widget("member_id", "")).strip()
    if id:
        people.set_role(project, id, Role(state.widget("member_role", Role.VIEWER)))


@guarded
def _changed(project: str, person: str, key: str) -> None:
    code = str(state.widget(key))
    people.set_role(project, person, None if code == _NONE else Role(code))
