"""Labels of a second file: what a join would bring, the join, and the join again when the answers are read again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import access
from app.loading.content import predictions
from app.loading.store import workspace
from diagnostics.exceptions import NotFound, RunClinicError

if TYPE_CHECKING:
    from diagnostics.readers.predictions.labels import LabelMatch
    from diagnostics.types import Predictions
    from diagnostics.workspace import PredictionsEntry

JOINED = "labels:"
"""Before the id of a prediction set in the mappings: how labels are joined to its rows."""


def label_match(
    entry: PredictionsEntry, labels: PredictionsEntry, columns: tuple[str, str, str] | None = None
) -> LabelMatch | None:
    """Return what joining would bring; by the columns that fit best where none are given, None where none fit."""
    access.require(access.READ, entry.project)
    access.require(access.READ, labels.project)
    return _match(entry.digest, labels.digest, columns, _entry=entry, _labels=labels)


@st.cache_resource(show_spinner=False, max_entries=256)
def _match(
    digest: str, labels_digest: str, columns: tuple[str, str, str] | None, *, _entry: Any, _labels: Any
) -> LabelMatch | None:
    from diagnostics.readers.predictions.labels import match_labels, suggest

    ours, theirs = predictions(_entry), predictions(_labels)
    if columns is None:
        return suggest(ours, theirs)
    key, labels_key, label = columns
    return match_labels(ours, theirs, key=key, labels_key=labels_key, label=label)


def join_labels(entry: PredictionsEntry, labels: PredictionsEntry, columns: tuple[str, str, str]) -> None:
    """Join labels to a set, and remember it for whenever the file of answers is read again.

    Parameters
    ----------
    columns : tuple of str
        Id of the answers, id of the labels, label.
    """
    access.require(access.WRITE, entry.project)
    access.require(access.READ, labels.project)
    recipe = dict(zip(("key", "labels_key", "label"), columns, strict=True)) | {"labels": labels.id}
    _join(entry, labels, recipe)
    workspace().remember_mapping(f"{JOINED}{entry.id}", recipe, project=entry.project)
    access.note("join_labels", entry.project, entry.id, labels=labels.id)


def take_labels_off(entry: PredictionsEntry) -> None:
    """Forget a join and read the file of answers as it was uploaded."""
    access.require(access.WRITE, entry.project)
    workspace().forget_mapping(f"{JOINED}{entry.id}", project=entry.project)
    workspace().ingest(entry.project, entry.uploads)
    access.note("take_labels_off", entry.project, entry.id)


def has_joined(given: Predictions) -> bool:
    """Return whether the truth of a set came from a second file."""
    return any(note.code == "joined" for note in given.notes)


def rejoin(project_id: str) -> None:
    """Join again what was joined before and has just been read anew; what no longer fits stays as it was read."""
    access.require(access.WRITE, project_id)
    known = workspace().mappings(project_id)
    if not any(shape.startswith(JOINED) for shape in known):
        return
    entries = {entry.id: entry for entry in workspace().predictions(project_id)}
    for entry in entries.values():
        recipe = known.get(f"{JOINED}{entry.id}")
        labels = entries.get(str(recipe["labels"])) if recipe else None
        if recipe and labels is not None and not has_joined(predictions(entry)):
            with suppress(RunClinicError):
                _join(entry, labels, recipe)


def _join(entry: PredictionsEntry, labels: PredictionsEntry, recipe: Mapping[str, str]) -> None:
    from diagnostics.readers.predictions import answered, shape_key
    from diagnostics.readers.predictions import join_labels as joined_sets

    given, known = predictions(entry), workspace().mappings(entry.project)
    with tempfile.TemporaryDirectory() as folder:
        found = joined_sets(
            given, predictions(labels), key=recipe["key"], labels_key=recipe["labels_key"], label=recipe["label"],
            target=Path(folder) / "joined.parquet", answers=_told(known, shape_key(given.path)),
        )  # fmt: skip
        if told := _told(known, shape_key(found[0].path)):
            roles = {name: getattr(found[0].roles, name) for name in ("truth", "predicted")}
            found = answered(found[0], {name: column for name, column in roles.items() if column} | told)
        same = [one for one in found if dict(one.part) == dict(given.part)]
        if not same:
            raise NotFound("no_such_prediction", id=entry.id[:80])
        workspace().answer_predictions(entry.id, same[0], version=entry.version)


def _told(known: Mapping[str, Any], shape: str) -> dict[str, str]:
    """What was said about files of a shape."""
    return {code: str(answer) for code, answer in known.get(f"predictions:{shape}", {}).items()}
