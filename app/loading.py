"""The only owner of `st.cache_*`: what pages read from the workspace and the engine.

Cache keys are content digests, never tables; nothing cached here reads session state.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import streamlit as st

from diagnostics.types import Predictions, Report, Run


@st.cache_resource(show_spinner=False)
def workspace() -> Any:
    """Return the process-wide workspace."""
    from diagnostics.workspace import Workspace

    home = os.environ.get("RUN_CLINIC_HOME") or Path.home() / ".run-clinic"
    return Workspace.open(Path(home), database=os.environ.get("RUN_CLINIC_DATABASE"))


def projects() -> tuple[Any, ...]:
    """Return all projects, the last changed first."""
    return workspace().projects()


def runs(project: str) -> tuple[Any, ...]:
    """Return the runs of a project as list entries (name, group, summary with sparklines, digest ...)."""
    return workspace().runs(project) if project else ()


def prediction_sets(project: str) -> tuple[Any, ...]:
    """Return the prediction sets of a project as list entries."""
    return workspace().predictions(project) if project else ()


def run(entry: Any) -> Run:
    """Return a run with its curves, by its list entry; keep the result unchanged."""
    return _run(entry.id, entry.digest, _project=entry.project)


@st.cache_resource(show_spinner=False, max_entries=512)
def _run(id: str, digest: str, *, _project: str) -> Run:
    return workspace().run(_project, id)


def predictions(entry: Any) -> Predictions:
    """Return the handle on a stored prediction set, by its list entry."""
    return workspace().prediction_set(entry.project, entry.id)


def report(project: str, runs: tuple[Any, ...], sets: tuple[Any, ...]) -> Report:
    """Return what the rules say about the entries given."""
    raise NotImplementedError
