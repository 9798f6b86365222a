"""The bar that offers to take the last deletion back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state
from app.components.guard import guarded
from app.components.text import escape
from app.i18n import _

_KEPT = "undo"


def offer(kind: str, ids: Sequence[str], text: str) -> None:
    """Keep a deletion so that `draw` offers to take it back.

    Parameters
    ----------
    kind : str
        "run", "predictions", "upload" or "project".
    ids : sequence of str
    text : str
        Plain sentence that says what was deleted.
    """
    state.keep(_KEPT, {"kind": kind, "ids": list(ids), "text": text})


def draw() -> None:
    """Draw the bar while there is something to take back."""
    last = state.kept(_KEPT)
    if not last:
        return
    with st.container(key="rc-undo", horizontal=True, vertical_alignment="center"):
        st.markdown(escape(last["text"]), width="content")
        st.button(_("Undo"), key="undo", on_click=_undo, type="primary")
        st.button(_("Dismiss"), key="undo_dismiss", on_click=state.keep, args=(_KEPT, None), type="tertiary")


@guarded
def _undo() -> None:
    last = state.kept(_KEPT)
    state.keep(_KEPT, None)
    loading.restore(last["kind"], last["ids"])
    if last["kind"] == "project":
        state.select(project=last["ids"][0], runs=())
