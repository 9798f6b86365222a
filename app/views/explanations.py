"""Explanations: why this prediction, which features matter, what the errors have in common."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import (
    choices,
    explain_data,
    explain_global,
    explain_row,
    explain_subject,
    links,
    set_page,
    uploads,
)
from app.components.explain_subject import Picture
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.types import Task

TASKS = (Task.BINARY, Task.MULTICLASS, Task.REGRESSION)


def render() -> None:
    """Draw the page."""
    st.title(_("Explanations"), anchor=False)
    st.caption(_("Why this prediction, which features matter, and what do the errors have in common?"))
    uploads.report(stored=False)
    entry = set_page.entry()
    if entry is None:
        return
    predictions = loading.predictions(entry)
    if not set_page.fits(predictions, TASKS):
        return
    try:
        picture = explain_subject.obtain(predictions)
    except RunClinicError as error:
        st.warning(escape(error_text(error, language())))
        links.to_page("files", _("Runs & files") + " ›")
        return
    if picture is not None:
        _parts(picture)


def _parts(picture: Picture) -> None:
    set_page.line(explain_subject.method(picture))
    offered = {"all": _("All rows"), "row": _("One row")}
    part = choices.one(_("Show"), offered, key="part", default="all")
    {"all": _all, "row": _row}[part](picture)


def _all(picture: Picture) -> None:
    explain_global.draw(picture)
    st.subheader(_("One row"), anchor=False)
    explain_row.waterfall(picture, explain_data.pick_row(picture))
    with st.expander(_("All rows as a heatmap")):
        explain_global.heatmap(picture)


def _row(picture: Picture) -> None:
    place = explain_data.pick_row(picture)
    explain_row.waterfall(picture, place)
    explain_row.force(picture, place)
    explain_row.lime(picture, place)
