"""What the three pages about errors share: the set they are about, its board, and what stands in the way."""

from __future__ import annotations

import streamlit as st

from app import access, boards, state
from app.components import links, messages, picked_set
from app.components.board import attach
from app.components.queue import collect
from app.i18n import _
from diagnostics.workspace import BoardView, PredictionsEntry


def entry() -> PredictionsEntry | None:
    """Return the picked prediction set; say what to do where there is none that has errors."""
    picked = state.selection()
    messages.draw()
    found = picked_set.entry()
    if found is None:
        st.info(_("No prediction file in this project yet. Add a file with a true and a predicted column."))
        links.to_page("files", _("Runs & files") + " ›")
        return None
    if not access.may(access.READ, picked.project):
        st.error(_("This project is not yours to see."))
        return None
    if problem := collect.usable(found):
        st.warning(problem)
        links.to_page("files", _("Runs & files") + " ›")
        return None
    return found


def board(of: PredictionsEntry) -> BoardView | None:
    """Return the board of a set where it has examples; else offer to carry tags over or to collect errors."""
    view = boards.find(of)
    attach.offer(of, view)
    if view is not None and boards.rows(view.state):
        return view
    st.header(_("Collect errors"), anchor=False)
    st.caption(_("200 to 500 errors are enough to know what goes wrong, and how often."))
    collect.draw(of, view)
    return None
