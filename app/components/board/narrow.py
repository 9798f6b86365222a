"""The active slice on the pages about errors: which examples fall into it, and what is said about the others."""

from __future__ import annotations

import streamlit as st

from app import boards, loading
from app.components import active_slice
from app.i18n import _, language
from diagnostics.catalogue.errors import matching
from diagnostics.catalogue.events import State
from diagnostics.knowledge.numbers import integer
from diagnostics.types import Predictions


def rows(predictions: Predictions) -> frozenset[int] | None:
    """Return the rows of the file that fall into the active slice; None where nothing is narrowed."""
    narrowed = active_slice.narrowed(predictions)
    return None if narrowed is predictions else loading.measured(_rows, narrowed)


def keys(predictions: Predictions, now: State) -> frozenset[str] | None:
    """Return the examples of a board that fall into the active slice; None where nothing is narrowed."""
    inside = rows(predictions)
    return None if inside is None else frozenset(key for key, row in boards.rows(now).items() if row in inside)


def told(predictions: Predictions, now: State) -> None:
    """Say how many examples of the board are shown, and of what the estimates speak."""
    inside = keys(predictions, now)
    if inside is None:
        return
    text = _("{n} of {all} examples on the board fall into the slice. Frequency and worth speak of all errors.")
    total = integer(len(boards.rows(now)), language())
    st.caption(text.format(n=integer(len(inside), language()), all=total))


def _rows(narrowed: Predictions) -> frozenset[int]:
    return frozenset(matching(narrowed, "TRUE").tolist())
