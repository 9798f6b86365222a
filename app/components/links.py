"""Links between pages that keep what is picked."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import state
from app.components.text import escape


def to_page(name: str, label: str, *, help: str | None = None, **changes: Any) -> None:
    """Draw a link to a page of the frame with the selection changed (fields of `state.Selection`).

    Parameters
    ----------
    name : str
        "triage", "curves", "confusion", "files".
    label : str
        Plain text.
    """
    page = state.page(name)
    if page is None:
        st.markdown(escape(label))
        return
    st.page_link(page, label=escape(label), help=help, query_params=state.address(**changes))
