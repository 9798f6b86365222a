"""Where the data lies, how much there is, and how much is allowed."""

from __future__ import annotations

import streamlit as st

from app import loading, settings, state
from app.i18n import _, language
from diagnostics.knowledge.numbers import number

UNITS = (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10))


def draw() -> None:
    """Draw database, folder, sizes and limits."""
    chosen = settings.load()
    st.header(_("Storage"), anchor=False)
    rows = {
        _("Database"): "PostgreSQL" if chosen.database else "SQLite",
        _("Folder"): str(chosen.home),
        _("Files of all projects"): size(loading.used_bytes()),
        _("Room for all files"): _("no limit of its own") if chosen.quota is None else size(chosen.quota),
        _("Largest file taken"): size(chosen.max_upload),
    }
    if state.selection().project:
        rows[_("Files of this project")] = size(loading.used_bytes(state.selection().project))
    st.dataframe(
        {_("What"): list(rows), _("Value"): list(rows.values())}, hide_index=True, key="status_storage",
        alt=_("Storage and its limits"),
    )  # fmt: skip
    st.caption(_("Set with RUN_CLINIC_HOME, RUN_CLINIC_DATABASE, RUN_CLINIC_QUOTA and RUN_CLINIC_MAX_UPLOAD."))


def size(count: int) -> str:
    """Return bytes as people read them."""
    for unit, bytes_of_unit in UNITS:
        if count >= bytes_of_unit:
            return f"{number(count / bytes_of_unit, language())} {unit}"
    return f"{count} B"
