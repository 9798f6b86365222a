"""What a project holds: runs, prediction sets, files; and what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import streamlit as st

from app import access
from app.loading.content import predictions
from app.loading.store import workspace
from diagnostics.exceptions import NotFound

if TYPE_CHECKING:
    from diagnostics.workspace import PredictionsEntry, RunEntry, Upload


def runs(project_id: str) -> tuple[RunEntry, ...]:
    """Return the runs of a project as list entries (name, group, summary with sparklines, digest ...)."""
    with suppress(NotFound):
        return access.shown("run", workspace().runs(project_id)) if access.may(access.READ, project_id) else ()
    return ()


def prediction_sets(project_id: str) -> tuple[PredictionsEntry, ...]:
    """Return the prediction sets of a project as list entries."""
    with suppress(NotFound):
        return (
            access.shown("predictions", workspace().predictions(project_id))
            if access.may(access.READ, project_id)
            else ()
        )
    return ()


def uploads(project_id: str) -> tuple[Upload, ...]:
    """Return the uploaded files of a project, oldest first."""
    with suppress(NotFound):
        return workspace().uploads(project_id) if access.may(access.READ, project_id) else ()
    return ()


def label(entry: PredictionsEntry, among: Sequence[PredictionsEntry]) -> str:
    """Return a prediction set's name, behind the folder of its file where others have the same name."""
    if sum(other.name == entry.name for other in among) < 2:
        return entry.name
    folder = PurePosixPath(predictions(entry).source.name).parent.name
    return f"{folder} / {entry.name}" if folder else entry.name


@st.cache_resource(show_spinner=False)
def formats() -> dict[str, tuple[str, ...]]:
    """Return the ids of the formats that can be read, by kind of reader."""
    from diagnostics.readers.registry import registered

    found: dict[str, list[str]] = {}
    for registration in registered():
        found.setdefault(registration.kind, []).append(registration.format)
    return {kind: tuple(names) for kind, names in found.items()}


def of_runs(sets: Sequence[PredictionsEntry], run_entries: Sequence[RunEntry]) -> tuple[PredictionsEntry, ...]:
    """Return the prediction sets whose file lies in the folder of one of the runs."""
    folders = {str(PurePosixPath(source.name).parent) for entry in run_entries for source in entry.sources}
    return tuple(entry for entry in sets if str(PurePosixPath(predictions(entry).source.name).parent) in folders)
