"""Triage: what is wrong, why it is probably so, which check would tell, what to change."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import empty, messages
from app.components.files import uploads
from app.components.text import escape, shorten
from app.i18n import _
from diagnostics.workspace import Project, RunEntry


def render() -> None:
    """Draw the page."""
    picked = state.selection()
    project = loading.project(picked.project)
    runs = loading.runs(picked.project)
    sets = loading.prediction_sets(picked.project)
    chosen = [entry for entry in runs if not picked.runs or entry.id in picked.runs]
    _head(project, chosen if picked.runs else [])
    messages.draw()
    uploads.report()
    if project is None or not (runs or sets):
        empty.invite()
        return
    # Rules, knowledge and drawing are not needed to invite a first visitor, whose page must come at once.
    from app.components.findings.subjects import Subjects
    from app.components.triage import diagnosis

    about = loading.of_runs(sets, chosen) if picked.runs else sets
    diagnosis.draw(project.id, chosen, about, subjects=Subjects(runs, sets))


def _head(project: Project | None, chosen: list[RunEntry]) -> None:
    if len(chosen) == 1:
        st.title(_("What is wrong with {name}").format(name=escape(shorten(chosen[0].name, 60))), anchor=False)
    elif project is not None:
        st.title(_("What is wrong with {name}").format(name=escape(shorten(project.name, 60))), anchor=False)
    else:
        st.title(_("What is wrong with your training?"), anchor=False)
    st.caption(_("What the files say, why it is probably so, the one check that would tell, and what to change."))
