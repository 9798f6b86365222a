"""Tagging everything a filter holds at once, after a look at how much it is; one undo takes it back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import access, boards, loading, state
from app.components.board import narrow
from app.components.guard import guarded
from app.components.queue import collect
from app.components.text import plain
from app.i18n import _, ngettext
from diagnostics.catalogue import board as acts
from diagnostics.catalogue.board import board as drawn
from diagnostics.workspace import BoardView, PredictionsEntry


def draw(entry: PredictionsEntry, view: BoardView) -> None:
    """Draw the filter, the category, and the button that says how many it is about."""
    categories = {c.id: plain(c.name) for c in drawn(view.state).categories}
    if not categories or not access.may(access.WRITE, entry.project):
        st.caption(_("Make a category first."))
        return
    predictions = loading.predictions(entry)
    matching, inside = set(collect.filtered(predictions, "many").tolist()), narrow.rows(predictions)
    matching = matching if inside is None else matching & inside
    only = st.toggle(_("Only untagged examples"), value=True, key="many_untagged")
    keys = [
        key for key, row in boards.rows(view.state).items()
        if row in matching and not (only and view.state.get(f"example/{key}", "category"))
    ]  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = st.selectbox(
            _("Category"), list(categories), format_func=categories.__getitem__, key="many_category", width=280
        )
        text = ngettext("Tag the only one in this filter", "Tag all {n} in this filter", len(keys))
        with st.popover(text.format(n=len(keys)), disabled=not keys):
            _confirm(entry, view.entry.id, keys, category, categories[category])


def _confirm(entry: PredictionsEntry, board: str, keys: Sequence[str], category: str, name: str) -> None:
    text = ngettext(
        "{n} example gets the category {name}. One undo takes all of it back.",
        "{n} examples get the category {name}. One undo takes all of it back.",
        len(keys),
    )
    st.text(text.format(n=len(keys), name=name))
    st.button(_("Tag them"), key="many_tag", type="primary", on_click=_tag, args=(entry, board, keys, category))


@guarded
def _tag(entry: PredictionsEntry, board: str, keys: Sequence[str], category: str) -> None:
    boards.write(entry.project, board, lambda now, who: acts.tag(now, who, keys, category))
    state.flash("tagged", text=ngettext("{n} example tagged.", "{n} examples tagged.", len(keys)).format(n=len(keys)))
