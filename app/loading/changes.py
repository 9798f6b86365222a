"""Everything that changes what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app import access
from app.loading import labels
from app.loading.lists import uploads
from app.loading.store import workspace
from diagnostics.exceptions import NotFound, RunClinicError

if TYPE_CHECKING:
    from diagnostics.readers import Source
    from diagnostics.workspace import IngestResult, PredictionsEntry, RunEntry


def add_files(project_id: str, files: Iterable[tuple[str, bytes | Path]]) -> tuple[list[str], list[RunClinicError]]:
    """Store files under their logical names; return the ids of the uploads, and why others were not stored."""
    access.require(access.WRITE, project_id)
    stored: list[str] = []
    refused: list[RunClinicError] = []
    for name, content in files:
        try:
            stored.append(workspace().add_upload(project_id, name, content).id)
            access.note("upload", project_id, name)
        except RunClinicError as error:
            refused.append(error)
    return stored, refused


def ingest(project_id: str, upload_ids: Iterable[str]) -> IngestResult:
    """Read stored uploads into runs and prediction sets, and with them what arrived earlier but was never read."""
    access.require(access.WRITE, project_id)
    waiting = [upload.id for upload in uploads(project_id) if not upload.is_settled]
    result = workspace().ingest(project_id, dict.fromkeys((*upload_ids, *waiting)))
    labels.rejoin(project_id)
    return result


def rename(kind: str, id: str, name: str) -> None:
    """Rename a "run", "predictions" or "project"; "" brings a run's or a set's original name back."""
    owner = access.require_of(_change(kind), kind, id)
    change = {
        "run": workspace().rename_run,
        "predictions": workspace().rename_predictions,
        "project": workspace().rename_project,
    }[kind]
    change(id, name)
    access.note(f"rename_{kind}", owner, id, name=name)


def _change(kind: str) -> str:
    """Return the action that changing something takes: a whole project is for its owners."""
    return access.MANAGE if kind == "project" else access.WRITE


def set_group(ids: Iterable[str], group: str) -> None:
    """Put runs into a group, "" for none."""
    for id in ids:
        owner = access.require_of(access.WRITE, "run", id)
        workspace().set_group(id, group)
        access.note("set_group", owner, id, group=group)


def delete(kind: str, ids: Iterable[str]) -> None:
    """Delete; `restore` takes it back. What somebody else deleted first stays deleted."""
    change = {
        "run": workspace().delete_run,
        "predictions": workspace().delete_predictions,
        "upload": workspace().delete_upload,
        "project": workspace().delete_project,
    }[kind]
    for id in ids:
        with suppress(NotFound):
            owner = access.require_of(_change(kind), kind, id)
            change(id)
            access.note(f"delete_{kind}", owner, id)


def restore(kind: str, ids: Iterable[str]) -> None:
    """Take a deletion back."""
    change = {
        "run": workspace().restore_run,
        "predictions": workspace().restore_predictions,
        "upload": workspace().restore_upload,
        "project": workspace().restore_project,
    }[kind]
    for id in ids:
        with suppress(NotFound):
            owner = access.require_of(_change(kind), kind, id)
            change(id)
            access.note(f"restore_{kind}", owner, id)


def place_columns(entry: RunEntry, answers: Mapping[str, tuple[str, str | None, str]]) -> IngestResult:
    """Remember what columns are, for files of the same shape, and read the run's files again.

    Parameters
    ----------
    entry : RunEntry
    answers : mapping of column to (metric, split or None, role)
    """
    access.require(access.WRITE, entry.project)
    from diagnostics.readers.shapes import shapes

    for shape, names in shapes(_sources(entry)).items():
        given = {name: answer for name, answer in answers.items() if name in names}
        if given:
            known = workspace().mappings(entry.project).get(shape, {})
            # Where people share a server, an answer given in one project must not change how others are read.
            scope = entry.project if access.is_hosted() else None
            workspace().remember_mapping(shape, {**known, **given}, project=scope)
    return ingest(entry.project, entry.uploads)


def answer_roles(entry: PredictionsEntry, answers: Mapping[str, str]) -> IngestResult:
    """Remember which column plays which part, for every file of the same shape, and read the set's files again.

    Parameters
    ----------
    entry : PredictionsEntry
    answers : mapping of question code to answer
        As `diagnostics.readers.predictions.answered` takes them; a column that it does not have is refused there.
    """
    from diagnostics.readers.predictions import answered, shape_key

    access.require(access.WRITE, entry.project)
    # As it was read: the columns that were measured on pictures are not the file's.
    given = workspace().prediction_set(entry.id, as_read=True)
    shape = f"predictions:{shape_key(given.path)}"
    known = {**workspace().mappings(entry.project).get(shape, {}), **answers}
    answered(given, known)  # refuses what does not fit before anything is remembered
    workspace().remember_mapping(shape, known, project=entry.project)
    return ingest(entry.project, entry.uploads)


def _sources(entry: RunEntry) -> list[Source]:
    from diagnostics.readers import Source

    found = [workspace().upload(id) for id in entry.uploads]
    return [Source(name=upload.label, path=workspace().upload_path(upload.id)) for upload in found]
