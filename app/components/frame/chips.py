"""The chip that says which slice every page is narrowed to, with a way out."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components.text import escape, shorten
from app.i18n import _, language, ngettext
from diagnostics.workspace import PredictionsEntry


def draw() -> None:
    """Draw the chip while a slice is active."""
    if not state.selection().slice:
        return
    from app.components import active_slice, picked_set

    conditions = active_slice.predicate()
    with st.container(key="rc-chip", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_('Slice')}** {escape(shorten(active_slice.told(conditions), 80))}", width="content")
        st.caption(
            _size(picked_set.entry()) if conditions else _("This link names no slice that can be read."),
            width="content",
        )
        st.button(
            "×", key="leave_slice", help=_("Leave this slice"), on_click=_leave, type="tertiary"
        )  # fmt: skip


def _size(entry: PredictionsEntry | None) -> str:
    if entry is None:
        return _("No prediction set to narrow.")
    whole = loading.predictions(entry)
    narrowed = loading.narrowed(whole, state.selection().slice)
    if narrowed is None:
        return _("This prediction set lacks a column of the slice: all its rows are shown.")
    from diagnostics.knowledge.numbers import integer

    if not narrowed.n_rows:
        return _("No row of this prediction set falls into it.")
    n = narrowed.n_rows
    text = ngettext("{n} row of {all}; findings speak of all", "{n} rows of {all}; findings speak of all", n)
    return text.format(n=integer(n, language()), all=integer(whole.n_rows, language()))


def _leave() -> None:
    state.select(slice="")
