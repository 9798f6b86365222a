"""Triage: what is wrong, why, which check would tell, what to change."""

from __future__ import annotations

import streamlit as st

from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Triage"))
