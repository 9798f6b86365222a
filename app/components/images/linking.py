"""From a row to the page that explains its picture, wherever rows are shown.

There is a link where the row's picture was uploaded and the project holds a model that takes pictures.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from app import access, loading, state
from app.components.explain import store
from app.components.images import fitting
from app.i18n import _
from diagnostics.types import Predictions
from diagnostics.workspace import PredictionsEntry

ROW = "picture"
"""Name of the row in the address of the page."""


def label() -> str:
    """Return what the link says."""
    return _("Where the model looked") + " ›"


def address(entry: PredictionsEntry) -> str:
    """Return the address of the page up to the row; "" where it explains no row, or that is not known yet."""
    query = _query(entry, 0.0)
    return f"/images?{urlencode({**query, ROW: ''}, doseq=True)}" if query else ""


def has(entry: PredictionsEntry, name: object) -> bool:
    """Return whether the picture that a row names was uploaded."""
    found = loading.uploaded_pictures(entry.project) if name else None
    return found is not None and str(name) in found[1]


def of_row(entry: PredictionsEntry, predictions: Predictions, row: int, name: object) -> None:
    """Draw the link to one row's picture, as soon as it is known that there is one.

    Parameters
    ----------
    row : int
        Place in the file, from 0.
    name : object
        Of the picture, as the file has it.
    """
    if not predictions.roles.image or not has(entry, name):
        return
    query = _query(entry, store.PATIENCE)
    if query is None:
        _soon(entry)
    elif query:
        _draw(query, row)


@st.fragment(run_every=store.TICK)
def _soon(entry: PredictionsEntry) -> None:
    """The link once the models have said what they take; a page is not held up by it."""
    if _query(entry, 0.0) is not None:
        st.rerun()


def _draw(query: dict[str, str | list[str]], row: int) -> None:
    page = state.page("images")
    if page is not None:
        st.page_link(page, label=label(), query_params={**query, ROW: str(row)})


def _query(entry: PredictionsEntry, patience: float) -> dict[str, str | list[str]] | None:
    """What the address says but for the row; empty where there is no link, None while that is not known."""
    if access.guest() is not None or entry.task not in fitting.TASKS:
        return {}
    if loading.uploaded_pictures(entry.project) is None:
        return {}
    found = fitting.any_takes_pictures(store.of_kinds(entry.project, ("onnx",)), patience=patience)
    if found is None:
        return None
    return {**state.address(predictions=entry.id), "look": "one"} if found else {}
