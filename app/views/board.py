"""Board: all collected errors as cards, in columns by category."""

from __future__ import annotations

import streamlit as st

from app.components import board_attach, board_columns, board_kanban, board_page, board_suggest, links
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error board"), anchor=False)
    st.caption(_("Which kinds of error are there, and how many of each?"))
    entry = board_page.entry()
    view = board_page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    board_attach.told(view)
    board_columns.make(entry, view, change=True)
    board_kanban.draw(entry, view.entry.id)
    with st.container(horizontal=True):
        links.to_page("queue", _("Queue") + " ›")
        links.to_page("catalogue", _("Catalogue") + " ›")
    look = st.expander(_("Suggestions for untagged errors"), key="suggestions", on_change="rerun")
    if look.open:
        with look:
            board_suggest.draw(entry, view)
