"""Queue: one error at a time, large; the question is what kind of error it is."""

from __future__ import annotations

import streamlit as st

from app.components import (
    board_attach,
    board_columns,
    board_page,
    catalogue_agreement,
    links,
    queue_collect,
    queue_many,
    queue_pad,
)
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error queue"), anchor=False)
    st.caption(_("One error at a time: what kind of error is it?"))
    entry = board_page.entry()
    view = board_page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    board_attach.told(view)
    session = catalogue_agreement.session(view)
    queue_pad.draw(entry, view.entry.id, blind=session)
    board_columns.make(entry, view)
    with st.container(horizontal=True):
        links.to_page("board", _("Board") + " ›")
        links.to_page("catalogue", _("Catalogue") + " ›")
    with st.expander(_("Tag many at once")):
        queue_many.draw(entry, view)
    with st.expander(_("Collect more errors")):
        queue_collect.draw(entry, view)
    with st.expander(_("Agreement of two people")):
        catalogue_agreement.switch(view)
