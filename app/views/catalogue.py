"""Catalogue: how frequent each kind of error is, what mending it is worth, who does what."""

from __future__ import annotations

import streamlit as st

from app import boards, loading
from app.components import links
from app.components.board import attach, columns, narrow, page
from app.components.board import facts as board_facts
from app.components.catalogue import agreement, detail, exchange, table
from app.components.text import escape
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error catalogue"), anchor=False)
    st.caption(_("How frequent is each kind of error, and what is mending it worth?"))
    entry = page.entry()
    view = page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    attach.told(view)
    narrow.told(loading.predictions(entry), view.state)
    facts = board_facts.progress(view.state)
    st.markdown(escape(_("Reviewed {done} of {total}").format(**facts) + f", {facts['of']}."))
    predictions = loading.predictions(entry)
    rows = list(board_facts.rows(view.state, boards.errors(predictions)))
    if not rows:
        st.caption(_("No category yet. Make one, or tag examples on the queue."))
        columns.make(entry, view)
        links.to_page("queue", _("Queue") + " ›")
        return
    titles = {key: card.title for key, card in boards.cards(predictions, view.state).items()}
    table.draw(entry, view, rows, titles)
    with st.container(horizontal=True, vertical_alignment="center"):
        columns.taken_back(entry, view.entry.id)
        links.to_page("queue", _("Queue") + " ›")
        links.to_page("board", _("Board") + " ›")
    detail.draw(entry, view, rows)
    with st.expander(_("Agreement of two people")):
        agreement.draw(entry, view)
    with st.expander(_("Export and import")):
        exchange.draw(entry, view, rows)
