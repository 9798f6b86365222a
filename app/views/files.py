"""Runs and files: upload, list, name, group, delete, place columns."""

from __future__ import annotations

import streamlit as st

from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Runs & files"))
