"""The chip that says which slice every page is narrowed to, with a way out."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components.text import escape, shorten
from app.i18n import _


def draw() -> None:
    """Draw the chip while a slice is active."""
    active = state.selection().slice
    if not active:
        return
    with st.container(key="rc-chip", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_('Slice')}** {escape(shorten(active, 80))}", width="content")
        st.button(
            "×", key="leave_slice", help=_("Leave this slice"), on_click=_leave, type="tertiary"
        )  # fmt: skip


def _leave() -> None:
    state.select(slice="")
