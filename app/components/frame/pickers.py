"""The pickers of the sidebar: project, runs, prediction set; they survive page switches and live in the address."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import picked_set
from app.components.text import plain, shorten
from app.i18n import _, ngettext
from diagnostics.workspace import Project


def sidebar(page: str) -> None:
    """Draw the pickers that have something to choose from, and settle what the address left open.

    Parameters
    ----------
    page : str
        Path of the page on the screen, "" for the first.
    """
    projects = {project.id: project for project in loading.projects()}
    _settle(projects)
    picked_set.settle(page)
    if not projects:
        return
    picked = state.selection()
    state.control("pick_project", picked.project or None)
    st.selectbox(
        _("Project"),
        list(projects),
        format_func=lambda id: plain(projects[id].name),
        key="pick_project",
        on_change=_project_chosen,
        placeholder=_("Pick a project"),
    )
    if not picked.project:
        return
    _runs(picked)
    _predictions(picked)


def _runs(picked: state.Selection) -> None:
    runs = {run.id: run for run in loading.runs(picked.project)}
    if not runs:
        return
    state.control("pick_runs", [id for id in picked.runs if id in runs])
    st.multiselect(
        _("Runs"),
        list(runs),
        format_func=lambda id: shorten(runs[id].name),
        key="pick_runs",
        on_change=_runs_chosen,
        placeholder=ngettext("The only run", "All {n} runs", len(runs)).format(n=len(runs)),
    )


def _predictions(picked: state.Selection) -> None:
    sets = {entry.id: entry for entry in loading.prediction_sets(picked.project)}
    if not sets:
        return
    state.control("pick_predictions", picked.predictions if picked.predictions in sets else next(iter(sets)))
    st.selectbox(
        _("Predictions"),
        list(sets),
        format_func=lambda id: shorten(loading.label(sets[id], tuple(sets.values()))),
        key="pick_predictions",
        on_change=_predictions_chosen,
    )


def _settle(projects: dict[str, Project]) -> None:
    """Replace what no longer exists by what does, and say so once."""
    picked = state.selection()
    if picked.project and picked.project not in projects:
        state.flash("project_missing", name=picked.project)
        picked = state.Selection()
    if not picked.project:
        # The demo alone is offered, not opened: the first page invites the visitor's own files.
        own = next((id for id, project in projects.items() if not project.demo), "")
        state.select(project=own, runs=(), predictions="", slice="")
        picked = state.selection()
    if not picked.project:
        return
    known = {run.id for run in loading.runs(picked.project)}
    if missing := [id for id in picked.runs if id not in known]:
        state.flash("run_missing", n=len(missing))
        state.select(runs=[id for id in picked.runs if id in known])
    sets = [entry.id for entry in loading.prediction_sets(picked.project)]
    if picked.predictions not in sets:
        if picked.predictions:
            state.flash("predictions_missing")
        state.select(predictions=next(iter(sets), ""))


def _project_chosen() -> None:
    state.select(project=state.widget("pick_project"))


def _runs_chosen() -> None:
    state.select(runs=state.widget("pick_runs"))


def _predictions_chosen() -> None:
    state.select(predictions=state.widget("pick_predictions"))
