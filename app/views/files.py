"""Runs and files: upload, list, name, group, delete with undo, pairing, columns nobody could place."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import access, loading, state
from app.components import empty, links, messages, undo
from app.components.files import labels, mapping, pairing, uploaded, uploads
from app.components.files import runs as run_table
from app.components.files import sets as set_table
from app.components.frame import projects
from app.components.text import escape, shorten
from app.i18n import _
from diagnostics.workspace import PredictionsEntry, RunEntry


def render() -> None:
    """Draw the page."""
    st.title(_("Runs & files"), anchor=False)
    st.caption(_("What was uploaded, how it was understood, and what could not be read."))
    messages.draw()
    undo.draw()
    uploads.report(stored=False)
    picked = state.selection().project
    project = loading.project(picked)
    runs, sets, files = loading.runs(picked), loading.prediction_sets(picked), loading.uploads(picked)
    uploads.waiting(files)
    if project is None or not any(file.is_settled for file in files):
        empty.invite()
        projects.draw(project)
        return
    uploads.area(key="files")
    uploaded.refused(files)
    if runs:
        _runs(runs)
    if sets:
        _sets(sets)
    with st.expander(_("Files ({n})").format(n=len(files))):
        uploaded.draw(files, runs)
    projects.draw(project)


def _runs(runs: Sequence[RunEntry]) -> None:
    st.header(_("Runs ({n})").format(n=len(runs)), anchor=False)
    _unplaced([run for run in runs if run.unplaced])
    ticked = run_table.draw(runs)
    if not ticked:
        st.caption(_("Tick rows to rename, group, delete or see how their columns were understood."))
        return
    run_table.actions(ticked)
    links.to_page("curves", _("Open in learning curves") + " ›", runs=tuple(run.id for run in ticked))
    if len(ticked) == 1:
        st.subheader(_("How {name} was understood").format(name=escape(shorten(ticked[0].name))), anchor=False)
        pairing.draw(loading.run(ticked[0]))


def _unplaced(runs: Sequence[RunEntry]) -> None:
    """Draw the mapping form of the first run that needs it; the others follow once it is answered."""
    if not runs or not access.may(access.WRITE, runs[0].project):
        return
    with st.expander(_("Columns that need your word: {name}").format(name=escape(shorten(runs[0].name)))):
        mapping.draw(runs[0], loading.run(runs[0]))


def _sets(sets: Sequence[PredictionsEntry]) -> None:
    st.header(_("Prediction sets ({n})").format(n=len(sets)), anchor=False)
    ticked = set_table.draw(sets)
    labels.invite(sets)
    if not ticked:
        return
    set_table.actions(ticked)
    if len(ticked) == 1:
        labels.joined(ticked[0])
    links.to_set(ticked[0])
