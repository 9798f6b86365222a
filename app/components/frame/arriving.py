"""The demo project of a server that has just started: while it is still being read, pages wait for it."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.i18n import _
from app.server import runtime


def waits() -> bool:
    """Whether the page is about the demo project and that is not there in full yet."""
    return runtime.is_preparing() and state.selection().project == loading.DEMO_ID


@st.fragment(run_every=0.5)
def draw() -> None:
    """Say what is waited for; the page draws itself as soon as it is there."""
    if not runtime.is_preparing():
        st.rerun()
    st.info(_("The demo project is being read. This page opens by itself."))
