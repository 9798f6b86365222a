"""From a list of rows to the error board: one row, or all that a filter holds; sent twice they are there once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from app import access, boards, loading, state
from app.components.queue import place
from app.components.text import escape
from app.i18n import _, language, ngettext
from diagnostics.catalogue import collecting, picking
from diagnostics.catalogue.errors import matching
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import integer
from diagnostics.types import IntArray, Predictions
from diagnostics.workspace import PredictionsEntry

MOST = 500
"""Errors that one click sends: as many as people look at."""


def entry_of(predictions: Predictions) -> PredictionsEntry | None:
    """The stored set that a handle, a slice of it or one of its labels belongs to."""
    offered = loading.prediction_sets(state.selection().project)
    return next((entry for entry in offered if predictions.digest.startswith(entry.digest)), None)


def row(entry: PredictionsEntry, number: int, *, key: str) -> None:
    """Draw where a row is on the board of its set, or the button that sends it."""
    board = boards.find(entry)
    there = None if board is None else picking.key_of_row(board.state, number)
    if there is not None:
        place.link(there, _("On the error board: open it in the queue") + " ›", predictions=entry.id)
    elif access.may(access.WRITE, entry.project):
        st.button(
            _("Send to the error board"), key=f"{key}-send-{number}", on_click=_send,
            args=(entry, f"{key}-{number}", lambda: np.array([number], dtype=np.int64)),
        )  # fmt: skip
        _told(f"{key}-{number}", entry)


def rows(predictions: Predictions, where: str, total: int, *, key: str) -> None:
    """Draw the button that sends every error among the listed rows; viewers do not see it."""
    entry = entry_of(predictions)
    if entry is None or not access.may(access.WRITE, entry.project):
        return
    text = ngettext("Send the listed row to the error board", "Send the {n} listed rows to the error board", total)
    st.button(
        text.format(n=integer(total, language())), key=f"{key}-send", on_click=_send,
        args=(entry, key, lambda: matching(predictions, where or "TRUE")),
        help=_("Errors among them are collected for review, the costliest first, at most {n} at once. Rows that are "
               "answered right stay out.").format(n=integer(MOST, language())),
    )  # fmt: skip
    _told(key, entry)


def _send(entry: PredictionsEntry, key: str, chosen: Callable[[], IntArray]) -> None:
    try:
        state.remember(f"sent-{key}", _sent(entry, chosen))
    except RunClinicError as error:
        state.remember(f"sent-{key}", {"error": error_text(error, language())})


def _sent(entry: PredictionsEntry, chosen: Callable[[], IntArray]) -> dict[str, Any]:
    """Put the errors among the chosen rows on the board of their set; what became of them."""
    errors = boards.errors(loading.predictions(entry))
    before = boards.find(entry)
    found = picking.picked(errors, chosen(), None if before is None else before.state, most=MOST)
    if found.numbers:
        named = {"predictions": entry.id, "digest": entry.digest}
        boards.write(
            entry.project, boards.create(entry).entry.id,
            lambda now, who: collecting.collect_rows(
                now, who, errors, found.numbers, collecting.FILTER, set=named),
        )  # fmt: skip
    return {"found": found}


def _told(key: str, entry: PredictionsEntry) -> None:
    """Say what the last click sent, and link to it."""
    said = state.recall(f"sent-{key}")
    if not said:
        return
    if "error" in said:
        st.warning(escape(said["error"]))
        return
    found: picking.Picked = said["found"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(" ".join(_sentences(found)), width="content")
        if found.keys:
            place.link(found.keys[0], _("Open in the queue") + " ›", predictions=entry.id)


def _sentences(found: picking.Picked) -> list[str]:
    n = len(found.keys)
    if not n:
        return [_("No error among these rows: the board collects wrong answers only.")]
    parts = [ngettext("✓ {n} error is on the board.", "✓ {n} errors are on the board.", n).format(
        n=integer(n, language()))]  # fmt: skip
    told = (
        (found.known, _("There before: {n}.")), (found.right, _("Answered right and left out: {n}.")),
        (found.beyond, _("Cheaper errors that did not fit: {n}.")),
    )  # fmt: skip
    return parts + [text.format(n=integer(count, language())) for count, text in told if count]
