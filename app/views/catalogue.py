"""Catalogue: how frequent each kind of error is, what mending it is worth, who does what."""

from __future__ import annotations

import streamlit as st

from app import boards, loading
from app.components import (
    board_attach,
    board_columns,
    board_facts,
    board_page,
    catalogue_agreement,
    catalogue_detail,
    catalogue_files,
    catalogue_table,
    links,
)
from app.components.text import escape
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error catalogue"), anchor=False)
    st.caption(_("How frequent is each kind of error, and what is mending it worth?"))
    entry = board_page.entry()
    view = board_page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    board_attach.told(view)
    facts = board_facts.progress(view.state)
    st.markdown(escape(_("Reviewed {done} of {total}").format(**facts) + f", {facts['of']}."))
    rows = list(board_facts.rows(view.state))
    if not rows:
        st.caption(_("No category yet. Make one, or tag examples on the queue."))
        board_columns.make(entry, view)
        links.to_page("queue", _("Queue") + " ›")
        return
    titles = {key: card.title for key, card in boards.cards(loading.predictions(entry), view.state).items()}
    catalogue_table.draw(entry, view, rows, titles)
    with st.container(horizontal=True, vertical_alignment="center"):
        board_columns.taken_back(entry, view.entry.id)
        links.to_page("queue", _("Queue") + " ›")
        links.to_page("board", _("Board") + " ›")
    catalogue_detail.draw(entry, view, rows)
    with st.expander(_("Agreement of two people")):
        catalogue_agreement.draw(entry, view)
    with st.expander(_("Export and import")):
        catalogue_files.draw(entry, view, rows)
