"""What hosted use adds to the frame: who may see anything at all, who is here, the way out."""

from __future__ import annotations

import streamlit as st

from app import access, loading, state
from app.components.text import escape
from app.i18n import N_, _
from app.server.passes import NOBODY
from diagnostics.workspace.people import Role
from diagnostics.workspace.shares import Share

ROLES = {Role.OWNER: N_("owner"), Role.EDITOR: N_("editor"), Role.VIEWER: N_("viewer")}


def admit() -> bool:
    """Return whether there is anything to show to this visitor; a guest is put before the view of their link."""
    if not access.is_hosted():
        return True
    share = access.guest()
    if share is not None:
        _show(share)
        return True
    return bool(access.who()) and (access.may(access.CREATE) or bool(loading.projects()))


def refused() -> None:
    """Draw why there is nothing to see."""
    if access.visitor() == NOBODY:
        st.title(_("You are signed out"), anchor=False)
        st.markdown(_("Your sign-in has ended, or the link you opened was revoked or has expired."))
        _link("/", _("Sign in again"))
        return
    st.title(_("No project is open to you yet"), anchor=False)
    who = escape(access.who())
    st.markdown(_("You are signed in as {who}. Ask an owner of a project to give you a role in it.").format(who=who))


def elsewhere(path: str) -> bool:
    """Return whether a guest has left the page of their link, and draw the way back if so."""
    share = access.guest()
    if share is None or path == share.page:
        return False
    st.title(_("This page is not part of the link"), anchor=False)
    st.markdown(_("The link shows one view of one project. Everything else needs a role in the project."))
    _link(f"/{share.page}", _("Back to the shared view"))
    return True


def is_guest() -> bool:
    """Return whether this session looks through a shared link."""
    return access.guest() is not None


def identity() -> None:
    """Draw who is here and the way out; nothing in local use."""
    if not access.is_hosted():
        return
    with st.container(key="rc-identity", gap="small"):
        if is_guest():
            st.caption(_("Shared view, read only."))
            _link("/_auth/leave", _("Leave the shared view"))
            return
        role = access.role(state.selection().project)
        shown = f"{escape(access.who())} · {_(ROLES[role])}" if role else escape(access.who())
        st.caption(shown)
        _link("/_auth/logout", _("Sign out"))


def _show(share: Share) -> None:
    query = share.query
    held = {entry.id for entry in loading.runs(share.project)}
    state.select(project=share.project)
    state.select(
        runs=[id for id in query.get("run", ()) if id in held],
        predictions=next(iter(query.get("predictions", ())), ""),
        slice=next(iter(query.get("slice", ())), ""),
    )


def _link(path: str, label: str) -> None:
    """Draw a link out of the page, in the same tab; both are our own words."""
    st.html(f'<a href="{path}" target="_self">{label}</a>')
