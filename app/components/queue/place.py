"""Which example the queue opens at: named in the address, so that a card, a row or a friend can point at it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from app import access, state
from app.components.text import escape

NAME = "example"


def asked() -> str:
    """Return the key of the example that the address names, or ""."""
    return state.asked(NAME)


def address() -> str:
    """Return the address of the queue up to the key; "" for guests, who see no other page than their own."""
    if access.guest() is not None:
        return ""
    return f"/queue?{urlencode({**state.address(), NAME: ''}, doseq=True)}"


def link(key: str, label: str, **changes: Any) -> None:
    """Draw a link to an example in the queue; nothing for guests.

    Parameters
    ----------
    key : str
        Of the example.
    label : str
        Plain text.
    **changes
        Fields of `state.Selection`: the set, where the picked one is another.
    """
    page = state.page("queue")
    if page is not None and access.guest() is None:
        st.page_link(page, label=escape(label), query_params={**state.address(**changes), NAME: key})
