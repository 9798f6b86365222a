"""Links between pages that keep what is picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import access, state
from app.components.text import escape
from app.i18n import _
from diagnostics.types import Task
from diagnostics.workspace import PredictionsEntry


def to_page(
    name: str, label: str, *, help: str | None = None, choices: Mapping[str, str] | None = None, **changes: Any
) -> None:  # fmt: skip
    """Draw a link to a page of the frame with the selection changed (fields of `state.Selection`); nothing for guests.

    Parameters
    ----------
    name : str
        A key of `main.PAGES`.
    label : str
        Plain text.
    choices : mapping of key to code, optional
        Widgets of that page and what they are to show.
    """
    if access.guest() is not None:
        return  # they see the view of their link and nothing else
    page = state.page(name)
    if page is None:
        st.markdown(escape(label))
        return
    st.page_link(page, label=escape(label), help=help, query_params={**state.address(**changes), **(choices or {})})


def to_set(entry: PredictionsEntry) -> None:
    """Draw a link to the page that shows a prediction set of its task."""
    page, label = {
        Task.REGRESSION: ("regression", _("Open in regression")),
        Task.RANKING: ("ranking", _("Open in ranking")),
    }.get(Task(entry.task), ("confusion", _("Open in confusion matrix")))
    to_page(page, f"{label} ›", predictions=entry.id)
