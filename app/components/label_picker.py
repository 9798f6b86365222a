"""One label of a multilabel set, chosen by the reader and kept in the address."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components.text import plain
from app.i18n import _
from diagnostics import queries
from diagnostics.types import Predictions, Task


def draw(predictions: Predictions) -> Predictions:
    """Draw the choice and return the set of the label; any other set as it is."""
    if predictions.task is not Task.MULTILABEL:
        return predictions
    sets = dict(zip(predictions.classes, queries.outputs(predictions), strict=True))
    state.from_address("label")
    if state.widget("label") not in sets:
        state.control("label", next(iter(sets)))
    chosen: str = st.selectbox(_("Label"), list(sets), format_func=plain, key="label", width=360)
    state.to_address("label", chosen, default=next(iter(sets)))
    st.caption(_("Several labels may hold at once, so each label is looked at on its own."))
    return sets[chosen]
