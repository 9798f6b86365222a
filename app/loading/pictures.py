"""Pictures that prediction rows name, found in the uploaded files of a project."""

from __future__ import annotations

import hashlib
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import streamlit as st

from app import access, jobs
from app.jobs import Job
from app.loading.lists import prediction_sets, uploads
from app.loading.store import workspace
from diagnostics.readers.pictures import may_hold_pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from diagnostics.readers.pictures import Pictures
    from diagnostics.workspace import PredictionsEntry, Workspace


def measuring(entry: PredictionsEntry) -> Job | None:
    """Return the work that makes brightness and size of a set's pictures columns of it, started where it was not.

    None where no picture waits for it. What comes out is stored with the set and changes its `digest_of_table`.
    """
    access.require(access.READ, entry.project)
    if not workspace().pictures_waiting(entry.id):
        jobs.forget_slow(_key(entry))
        return None
    return jobs.start_slow(_key(entry), partial(_measure, workspace(), entry.id))


def measure_uploaded(project_id: str) -> None:
    """Start measuring the pictures that wait for it in a project, so that it is done when somebody asks for slices.

    Work that ended before the newest pictures came starts anew; what somebody stopped stays stopped.
    """
    if _files(project_id):
        for entry in prediction_sets(project_id):
            job = measuring(entry)
            if job is not None and job.ready() and not job.stopped:
                measure_again(entry)
                measuring(entry)


def measure_again(entry: PredictionsEntry) -> None:
    """Let work that was stopped, or that did not know the newest files, start anew."""
    jobs.forget_slow(_key(entry))


def _key(entry: PredictionsEntry) -> str:
    return f"pictures {workspace().home} {entry.id} {entry.digest}"


def _measure(store: Workspace, id: str, *, progress: Callable[[float], None], cancel: Event) -> bool:
    return store.measure_pictures(id, progress=progress, stopped=cancel.is_set)


def thumbnail(project_id: str, name: str, side: int) -> bytes | None:
    """Return the picture that a row names, small and as PNG, from the project's uploads; None where there is none."""
    files = _files(project_id)
    return _thumbnail(files, name, side) if files else None


def uploaded_pictures(project_id: str) -> tuple[str, Pictures] | None:
    """Return the pictures of a project, to be decoded by the engine, with a key of their content; None for none."""
    files = _files(project_id)
    return (hashlib.sha256(repr(files).encode()).hexdigest(), _pictures(files)) if files else None


def pixels(project_id: str, name: str) -> NDArray[np.uint8] | None:
    """Return the picture that a row names as an array (height, width, 3), to be left unchanged; None for none."""
    files = _files(project_id)
    return _pixels(files, name) if files else None


@st.cache_resource(show_spinner=False, max_entries=32)
def _pixels(files: tuple[tuple[str, str], ...], name: str) -> NDArray[np.uint8] | None:
    from diagnostics.readers.pictures import pixels

    content = _pictures(files).bytes_of(name)
    return None if content is None else pixels(content)


def _files(project_id: str) -> tuple[tuple[str, str], ...]:
    return tuple((upload.id, upload.label) for upload in uploads(project_id) if may_hold_pictures(upload.label))


@st.cache_data(show_spinner=False, max_entries=4096)
def _thumbnail(files: tuple[tuple[str, str], ...], name: str, side: int) -> bytes | None:
    return _pictures(files).thumbnail(name, side)


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(files: tuple[tuple[str, str], ...]) -> Pictures:
    from diagnostics.readers import Source
    from diagnostics.readers.pictures import Pictures

    return Pictures([Source(name=label, path=workspace().upload_path(id)) for id, label in files])
