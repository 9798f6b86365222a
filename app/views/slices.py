"""Slices: which subgroup fails, by how much, and whether it is more than chance."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import active_slice, set_page
from app.components.findings import topic
from app.components.slices import builder, column, controls, examples, pair, pictures, results, saved, tree
from app.components.slices.controls import Reading
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.types import Predictions
from diagnostics.workspace import PredictionsEntry

FINDINGS = ("weak_slice", "inconsistent_labels_slice")


def render() -> None:
    """Draw the page."""
    st.title(_("Slices"), anchor=False)
    st.caption(_("Which subgroup fails, by how much, and is it more than chance?"))
    entry = set_page.entry()
    if entry is None:
        return
    pictures.draw(entry)
    # The page looks at the whole set: the active slice is one of its subjects.
    predictions = loading.predictions(entry)
    topic.draw(entry, FINDINGS)
    try:
        reading = controls.draw(predictions)
        _mode(entry, predictions, reading)
        _active(predictions)
    except RunClinicError as error:
        st.warning(escape(error_text(error, language())))
    with st.expander(_("How this is counted")):
        _method()


def _mode(entry: PredictionsEntry, predictions: Predictions, reading: Reading) -> None:
    if reading.mode == "search":
        results.draw(predictions, reading)
    elif reading.mode == "own":
        builder.draw(predictions)
        saved.draw(predictions, reading)
    elif reading.mode == "column":
        column.values(predictions, reading)
    elif reading.mode == "cross":
        column.crossed(predictions, reading)
    elif reading.mode == "compare":
        pair.draw(entry, predictions, reading)
    else:
        tree.draw(predictions, reading)


def _active(predictions: Predictions) -> None:
    text = state.selection().slice
    if not active_slice.predicate():
        return
    narrowed = loading.narrowed(predictions, text)
    if narrowed is not None:
        saved.form()
        examples.draw(narrowed)


def _method() -> None:
    lines = [
        _("Every value of a category, every range of a number in up to 32 parts of equal size, missing values, and "
          "their combinations are tried."),
        _("Right-or-wrong answers are tested exactly, losses by ranks, so that a few huge ones neither make nor hide a "
          "slice. All p are adjusted together (Benjamini-Hochberg; for areas under curves the largest shortfall of "
          "random deals)."),
        _("A combination is listed only where it is worse than each of its parts; overlapping slices are told as one, "
          "the one with the largest excess loss (rows times difference)."),
        _("Of pictures that rows name and that were added to the project, brightness (0 black, 1 white) and size are "
          "attributes; a picture that is not there is a missing value."),
        _("Intervals are 95 %: Wilson and Newcombe for shares, Welch for means."),
    ]  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines))
