"""People and audit: who has which role, which links work, who did what; for owners."""

from __future__ import annotations

import streamlit as st

from app import access, people, state
from app.components import messages
from app.components.frame import share
from app.components.guard import guarded
from app.components.people import audit, members
from app.components.text import plain
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("People & audit"), anchor=False)
    messages.draw()
    if not access.is_hosted():
        st.markdown(_("Used on one machine there is one person, and nobody signs in."))
        st.caption(_("How to host Run Clinic for a team stands in docs/hosting.md."))
        return
    project = state.selection().project
    if project and access.may(access.MANAGE, project):
        members.draw(project)
        st.header(_("Links"), anchor=False)
        share.links(project, key="page")
        st.header(_("What happened in this project"), anchor=False)
        audit.draw(project)
    else:
        st.markdown(_("Only owners of a project see its people, its links and its log."))
    if access.may(access.ADMINISTER):
        _everyone()


def _everyone() -> None:
    st.header(_("Everybody"), anchor=False)
    found = people.everyone()
    st.dataframe(
        {
            _("Person"): [plain(person.id) for person in found],
            _("Name"): [plain(person.name) for person in found],
            _("Owns everything"): [person.owner for person in found],
            _("Last seen (UTC)"): [person.seen for person in found],
        },
        hide_index=True,
        column_config={_("Last seen (UTC)"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
        alt=_("Everybody who has signed in or has a role"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        picked = st.selectbox(
            _("End all sign-ins of"),
            [person.id for person in found],
            format_func=plain,
            index=None,
            width=320,
            placeholder=_("Choose"),
        )
        st.button(_("End them"), disabled=picked is None, on_click=_end, args=(picked,), key="end_sign_ins")
    with st.expander(_("What happened everywhere")):
        audit.draw(None)


@guarded
def _end(person: str) -> None:
    people.sign_out_everywhere(person)
