"""Board: all collected errors as cards, in columns by category."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import links
from app.components.board import attach, columns, kanban, narrow, page, suggestions
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error board"), anchor=False)
    st.caption(_("Which kinds of error are there, and how many of each?"))
    entry = page.entry()
    view = page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    attach.told(view)
    narrow.told(loading.predictions(entry), view.state)
    columns.make(entry, view, change=True)
    kanban.draw(entry, view.entry.id)
    with st.container(horizontal=True):
        links.to_page("queue", _("Queue") + " ›")
        links.to_page("catalogue", _("Catalogue") + " ›")
    look = st.expander(_("Suggestions for untagged errors"), key="suggestions", on_change="rerun")
    if look.open:
        with look:
            suggestions.draw(entry, view)
