"""Making and changing categories: new, starters, rename, colour, merge, delete; every change can be taken back."""

from __future__ import annotations

import streamlit as st

from app import access, boards, state
from app.components.board import acts as board_acts
from app.components.board import feed
from app.components.guard import guarded
from app.components.text import escape, plain, shorten
from app.i18n import _, language
from diagnostics.catalogue import board as acts
from diagnostics.catalogue import knowledge as known
from diagnostics.catalogue.board import Category
from diagnostics.catalogue.board import board as drawn
from diagnostics.workspace import BoardView, PredictionsEntry


def make(entry: PredictionsEntry, view: BoardView, *, change: bool = False) -> None:
    """Draw the form of a new category, the starters that are not on the board yet, and what changes the others."""
    if not access.may(access.WRITE, entry.project):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="rc-new-category"):
        st.text_input(_("New category"), key="new_category", max_chars=board_acts.LONGEST_NAME, width=320,
                      on_change=_create, args=(entry, view.entry.id))  # fmt: skip
        st.button(_("Create"), key="create_category", on_click=_create, args=(entry, view.entry.id))
        _starters(entry, view)
        if change:
            _changes(entry, view)


def _starters(entry: PredictionsEntry, view: BoardView) -> None:
    ids = {id for id, fields in view.state.of("category") if not fields.get("deleted")}
    offered = [one for one in known.starters(language()) if one.id not in ids]
    if not offered:
        return
    with st.popover(_("Starter categories")):
        st.caption(_("Common kinds of errors. Take what fits; nothing is added by itself."))
        for one in offered:
            st.button(escape(one.name), key=f"starter_{one.id}", help=escape(one.hypothesis), type="tertiary",
                      on_click=_take, args=(entry, view.entry.id, one))  # fmt: skip


def _changes(entry: PredictionsEntry, view: BoardView) -> None:
    found = {category.id: category for category in drawn(view.state).categories}
    if not found:
        return
    with st.popover(_("Change a category")):
        id = st.selectbox(
            _("Category"), list(found), format_func=lambda one: plain(found[one].name), key="change_which"
        )
        _change(entry, view.entry.id, found[id], {one: c for one, c in found.items() if one != id})


def _change(entry: PredictionsEntry, board: str, category: Category, others: dict[str, Category]) -> None:
    place = (entry, board, category.id, category.version)
    name = f"rename_{category.id}_{category.version}"
    st.text_input(_("Name"), value=category.name, key=name, max_chars=board_acts.LONGEST_NAME,
                  on_change=_edit, args=(*place, "name", name))  # fmt: skip
    name = f"colour_{category.id}_{category.version}"
    st.color_picker(_("Colour"), feed.colour(category.colour, len(others)), key=name, on_change=_edit,
                    args=(*place, "colour", name))  # fmt: skip
    if others:
        name = f"merge_{category.id}"
        st.selectbox(_("Merge into"), list(others), index=None, placeholder=_("Pick a category"),
                     format_func=lambda one: plain(others[one].name), key=name, on_change=_merge,
                     args=(*place[:3], name))  # fmt: skip
    st.button(_("Delete category"), key=f"delete_{category.id}", on_click=_delete, args=place[:3],
              help=_("Its examples become untagged. Undo brings everything back."))  # fmt: skip


def taken_back(entry: PredictionsEntry, board: str) -> None:
    """Draw the button that undoes the person's last act."""
    if access.may(access.WRITE, entry.project):
        st.button(_("Undo"), key="board_undo", on_click=_undo, args=(entry, board),
                  help=_("Takes back the last thing you did on this board."))  # fmt: skip


@guarded
def _create(entry: PredictionsEntry, board: str) -> None:
    name = shorten(state.widget("new_category", "") or "", board_acts.LONGEST_NAME)
    if not name:
        return
    state.control("new_category", "")
    boards.write(entry.project, board, lambda now, who: board_acts.with_members(now, who, name, ()))


@guarded
def _take(entry: PredictionsEntry, board: str, one: known.Starter) -> None:
    boards.write(entry.project, board, lambda now, who: known.started(now, who, one))


@guarded
def _edit(entry: PredictionsEntry, board: str, id: str, version: int, field: str, widget: str) -> None:
    value = plain(state.widget(widget, ""))
    if value:
        expected = {f"category/{id}": version}
        boards.write(entry.project, board, lambda now, who: acts.edit(now, who, id, **{field: value}), expected)


@guarded
def _merge(entry: PredictionsEntry, board: str, id: str, widget: str) -> None:
    into = state.widget(widget)
    if into:
        boards.write(entry.project, board, lambda now, who: acts.merge(now, who, [id], into))


@guarded
def _delete(entry: PredictionsEntry, board: str, id: str) -> None:
    boards.write(entry.project, board, lambda now, who: acts.delete(now, who, id))


@guarded
def _undo(entry: PredictionsEntry, board: str) -> None:
    boards.take_back(entry.project, board)
