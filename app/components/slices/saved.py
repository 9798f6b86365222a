"""Slices that were saved under a name: kept with the project, measured again for the picked set."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import loading, state
from app.components import active_slice
from app.components.guard import guarded
from app.components.slices import forest, table, words
from app.components.slices.controls import Reading
from app.components.text import plain
from app.i18n import _
from diagnostics.slices.listing import defined
from diagnostics.slices.notation import from_text, to_text
from diagnostics.types import Predictions

SETTING = "slices"
MOST = 200
"""Slices kept with a project."""

NAME = 80


def kept(project: str) -> dict[str, str]:
    """Return the saved slices of a project: name to text, in the order they were saved."""
    return _readable(loading.setting(project, SETTING, {}))


def _readable(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def name_of(text: str) -> str:
    """Return the name a slice was saved under, or ""."""
    saved = kept(state.selection().project)
    return next((name for name, own in saved.items() if own == text), "")


def form() -> None:
    """Draw the form that saves the active slice."""
    text = to_text(active_slice.predicate())
    if not text:
        return
    if name := name_of(text):
        st.caption(_("Saved as {name}.").format(name=plain(name)))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        told = active_slice.told(from_text(text))
        st.text_input(_("Name of the active slice"), key="slice_name", max_chars=NAME, placeholder=told, width=340)
        st.button(_("Save slice"), key="save_slice", on_click=_save, args=(text,))


@guarded
def _save(text: str) -> None:
    name = plain(state.widget("slice_name") or "")[:NAME] or active_slice.told(from_text(text))[:NAME]

    def add(now: Any) -> dict[str, str]:
        saved = _readable(now)
        saved.pop(name, None)
        return dict(list({**saved, name: text}.items())[-MOST:])

    loading.change_setting(state.selection().project, SETTING, add, {})


@guarded
def _drop(name: str) -> None:
    def without(now: Any) -> dict[str, str]:
        return {own: text for own, text in _readable(now).items() if own != name}

    loading.change_setting(state.selection().project, SETTING, without, {})


def draw(predictions: Predictions, reading: Reading) -> None:
    """Draw the saved slices with their numbers on the picked set."""
    saved = kept(state.selection().project)
    if not saved:
        st.caption(_("No slice is saved yet. Put one together, make it active, and save it under a name."))
        return
    found = loading.measured(defined, predictions, reading.metric, reading.min_size, *saved.values())
    names = list(saved)
    key = predictions.digest[:12]
    forest.draw(found.slices, found.overall, key=f"saved-{key}", names=names)
    table.draw(found.slices, found.overall, key=f"saved-table-{key}", names=names, alt=_("Saved slices"), tested=False)
    st.caption(words.untested())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(_("Remove a saved slice"), names, key="drop_slice", index=None, placeholder=_("Choose"), width=340)
        if chosen := state.widget("drop_slice"):
            st.button(_("Remove"), key="drop_slice_now", on_click=_drop, args=(chosen,))
