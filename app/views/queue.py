"""Queue: one error at a time, large; the question is what kind of error it is."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import links
from app.components.board import attach, columns, narrow, page
from app.components.catalogue import agreement
from app.components.queue import collect, many, pad
from app.i18n import _


def render() -> None:
    """Draw the page."""
    st.title(_("Error queue"), anchor=False)
    st.caption(_("One error at a time: what kind of error is it?"))
    entry = page.entry()
    view = page.board(entry) if entry is not None else None
    if entry is None or view is None:
        return
    attach.told(view)
    narrow.told(loading.predictions(entry), view.state)
    session = agreement.session(view)
    pad.draw(entry, view.entry.id, blind=session)
    columns.make(entry, view)
    with st.container(horizontal=True):
        links.to_page("board", _("Board") + " ›")
        links.to_page("catalogue", _("Catalogue") + " ›")
    with st.expander(_("Tag many at once")):
        many.draw(entry, view)
    with st.expander(_("Collect more errors")):
        collect.draw(entry, view)
    with st.expander(_("Agreement of two people")):
        agreement.switch(view)
