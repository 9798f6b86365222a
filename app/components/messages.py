"""Messages that wait for the next run: what was done and how to take it back, what a link named and is gone."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import state
from app.components.text import escape
from app.i18n import _, ngettext


def draw() -> None:
    """Draw the messages that wait, each once."""
    for message in state.flashes():
        (st.error if message["kind"] == "error" else st.info)(_text(message))


def _text(message: dict[str, Any]) -> str:
    kind = message["kind"]
    if kind == "project_missing":
        return _("The link names a project that is not here: {name}.").format(name=escape(message["name"]))
    if kind == "run_missing":
        return ngettext(
            "The link names a run that is not in this project.",
            "The link names {n} runs that are not in this project.",
            message["n"],
        ).format(n=message["n"])
    if kind == "predictions_missing":
        return _("The link names a prediction set that is not in this project.")
    return escape(message.get("text", kind))
