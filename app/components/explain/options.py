"""What is asked of a visitor before anything is explained: from what, which class, how many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components import choices
from app.components.explain import store
from app.components.text import shorten
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer
from diagnostics.types import Predictions, Task

if TYPE_CHECKING:
    from diagnostics.workspace import Upload

ROWS = {"200": 200, "500": 500, "1000": 1000, "2000": 2000}


def kind(has_model: bool, files: list[Upload]) -> str:
    """Draw the choice of what to explain from, and return "model", "values" or "surrogate"."""
    offered = {"model": _("Uploaded model"), "values": _("Uploaded SHAP values"), "surrogate": _("Stand-in")}
    default = "model" if has_model else "surrogate"
    if not has_model and any("shap" in file.name.lower() for file in files):
        default = "values"
    return choices.one(
        _("Explained from"), offered, key="source", default=default,
        help=_("A stand-in is a small model fitted to the file's own answers, for when there is no model."),
    )  # fmt: skip


def class_number(predictions: Predictions) -> int:
    """Number of the class to explain; the positive one of two without asking."""
    from diagnostics.types import Labels

    names = predictions.classes
    if predictions.task is Task.REGRESSION or not names:
        return 0
    positive = Labels(names).code(predictions.roles.positive) if predictions.roles.positive else -1
    if len(names) == 2:
        return positive if positive >= 0 else 1
    state.from_address("class")
    offered = [str(place) for place in range(len(names))]
    if state.widget("class") not in offered:
        state.control("class", "0")
    chosen: str = st.selectbox(
        _("Class"), offered, format_func=lambda place: shorten(names[int(place)]), key="class", width=220
    )
    state.to_address("class", chosen, default="0")
    return int(chosen)


def rows(model: Upload | None) -> int:
    """Draw the choice of how many rows to explain and return their number."""
    from diagnostics.explanations.explaining import TREES

    default = "1000" if model is not None and store.kind(model) in TREES else "200"
    state.from_address("explained")
    if state.widget("explained") not in ROWS:
        state.control("explained", default)
    chosen: str = st.selectbox(
        _("Rows"), list(ROWS), format_func=lambda code: integer(ROWS[code], language()), key="explained", width=110,
        help=_("Evenly spread over the file. The first 200 are explained before the others."),
    )  # fmt: skip
    state.to_address("explained", chosen, default=default)
    return ROWS[chosen]
