"""Status: what this installation offers, what it holds, and which locks uploaded models run behind."""

from __future__ import annotations

import streamlit as st

from app import access
from app.components.status import locks, storage, versions
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Status"), anchor=False)
    st.caption(_("What does this installation offer, and how are uploaded models kept in?"))
    locks.draw()
    if access.is_hosted() and not access.may(access.ADMINISTER):
        st.caption(_("Storage and versions are shown to those who administer this server."))
        return
    storage.draw()
    versions.draw()
