"""The only owner of `st.cache_*`: what pages read from the workspace and the engine, past the gate of `app.access`.

Cache keys are content digests, never tables; nothing cached here reads session state.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from app import access, settings
from diagnostics.exceptions import Conflict, NotFound, RunClinicError
from diagnostics.types import ConfusionCounts, Predictions, Report, RuleOutcome, Run, Slice, Subject

if TYPE_CHECKING:
    from diagnostics.readers import Source
    from diagnostics.readers.pictures import Pictures
    from diagnostics.workspace import IngestResult, PredictionsEntry, Project, RunEntry, Upload, Workspace

DEMO = Path(__file__).resolve().parent.parent / "demo_data" / "runs"
DEMO_ID = "demo"
Measured = TypeVar("Measured")


def workspace() -> Workspace:
    """Return the workspace of this process; see `app.settings` for where it lies."""
    chosen = settings.load()
    return _open(str(chosen.home), chosen.database, _settings=chosen)


@st.cache_resource(show_spinner=False)
def _open(home: str, database: str | None, *, _settings: settings.Settings) -> Workspace:
    return settings.open_workspace(_settings)


# Projects


def projects() -> tuple[Project, ...]:
    """Return the projects this person may read: the last changed first, the demo last."""
    return access.readable(workspace().projects())


def project(id: str) -> Project | None:
    """Return a project, or None where there is none of that id."""
    with suppress(NotFound):
        return workspace().project(id) if access.may(access.READ, id) else None
    return None


def create_project(name: str) -> Project:
    """Make a project; who makes it owns it."""
    access.require(access.CREATE)
    made = workspace().create_project(name)
    access.own(made.id)
    access.note("create_project", made.id, made.name)
    return made


def open_demo(name: str) -> Project | None:
    """Make or refresh the demo project and return it, also where it was deleted before."""
    if not access.may(access.ADMINISTER):
        return project(DEMO_ID)
    found = workspace().ensure_demo(DEMO, name)
    if found is None:
        workspace().restore_project(DEMO_ID)
        found = workspace().ensure_demo(DEMO, name)
    return found


def change_setting(project_id: str, name: str, change: Callable[[Any], Any], default: Any = None) -> None:
    """Change a setting that is kept with a project; what others changed meanwhile is read anew, nothing is lost."""
    access.require(access.WRITE, project_id)
    for _attempt in range(20):
        found = workspace().project(project_id)
        value = change(found.settings.get(name, default))
        with suppress(Conflict):
            workspace().set_project_settings(project_id, {**found.settings, name: value}, version=found.version)
            return
    raise Conflict("changed_meanwhile", id=project_id[:80], expected=None, found=None)


def setting(project_id: str, name: str, default: Any = None) -> Any:
    """Return a setting that is kept with a project."""
    found = project(project_id)
    return default if found is None else found.settings.get(name, default)


def keep_setting(project_id: str, name: str, value: Any) -> None:
    """Keep a setting with a project; another change at the same moment is kept too."""
    access.require(access.WRITE, project_id)
    for _attempt in range(5):
        found = workspace().project(project_id)
        with suppress(Conflict):
            workspace().set_project_settings(project_id, {**found.settings, name: value}, version=found.version)
            return


# Lists


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


# Content


def run(entry: RunEntry) -> Run:
    """Return a run with its curves, by its list entry; several sessions share it, so leave it unchanged."""
    access.require(access.READ, entry.project)
    return _run(entry.digest, entry.group, _id=entry.id)


@st.cache_resource(show_spinner=False, max_entries=512)
def _run(digest: str, group: str, *, _id: str) -> Run:
    return workspace().run(_id)


def predictions(entry: PredictionsEntry) -> Predictions:
    """Return the handle on a stored prediction set, by its list entry."""
    access.require(access.READ, entry.project)
    return _predictions(entry.id, entry.digest, entry.name)


@st.cache_resource(show_spinner=False, max_entries=512)
def _predictions(id: str, digest: str, name: str) -> Predictions:
    return workspace().prediction_set(id)


def narrowed(predictions: Predictions, text: str) -> Predictions | None:
    """Return a set narrowed to a slice, given as text; None where it lacks a column, or the text names no slice."""
    with suppress(KeyError, ValueError):
        return measured(_restricted, predictions, text)
    return None


def _restricted(predictions: Predictions, text: str) -> Predictions:
    from diagnostics.queries.restriction import restricted
    from diagnostics.slices.notation import from_text

    return restricted(predictions, from_text(text))


def label(entry: PredictionsEntry, among: Sequence[PredictionsEntry]) -> str:
    """Return a prediction set's name, behind the folder of its file where others have the same name."""
    if sum(other.name == entry.name for other in among) < 2:
        return entry.name
    folder = PurePosixPath(predictions(entry).source.name).parent.name
    return f"{folder} / {entry.name}" if folder else entry.name


def confusion(predictions: Predictions) -> ConfusionCounts:
    """Return how often each true class was answered with each class."""
    return _confusion(predictions.digest, _predictions=predictions)


@st.cache_resource(show_spinner=False, max_entries=256)
def _confusion(digest: str, *, _predictions: Predictions) -> ConfusionCounts:
    from diagnostics.queries import confusion as count

    return count(_predictions)


def measured(function: Callable[..., Measured], predictions: Predictions, *arguments: Hashable) -> Measured:
    """Return what an engine function says of a prediction set and some settings; computed once for the content.

    Parameters
    ----------
    function : callable
        Takes the set and the arguments; named at the top of a module. Its results are shared, so leave them unchanged.
    """
    name, part = f"{function.__module__}.{function.__qualname__}", repr(sorted(predictions.part.items()))
    found: Measured = _measured(name, predictions.digest + part, arguments, _function=function, _given=predictions)
    return found


@st.cache_resource(show_spinner=False, max_entries=1024)
def _measured(name: str, digest: str, arguments: tuple[Hashable, ...], *, _function: Any, _given: Predictions) -> Any:
    return _function(_given, *arguments)


def thumbnail(project_id: str, name: str, side: int) -> bytes | None:
    """Return the picture that a row names, small and as PNG, from the project's uploads; None where there is none."""
    files = tuple((upload.id, upload.label) for upload in uploads(project_id) if _may_hold_pictures(upload.label))
    return _thumbnail(files, name, side) if files else None


def _may_hold_pictures(name: str) -> bool:
    return name.lower().endswith((".zip", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"))


@st.cache_data(show_spinner=False, max_entries=4096)
def _thumbnail(files: tuple[tuple[str, str], ...], name: str, side: int) -> bytes | None:
    return _pictures(files).thumbnail(name, side)


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(files: tuple[tuple[str, str], ...]) -> Pictures:
    from diagnostics.readers import Source
    from diagnostics.readers.pictures import Pictures

    return Pictures([Source(name=label, path=workspace().upload_path(id)) for id, label in files])


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


# Diagnosis


def report(run_entries: Sequence[RunEntry], set_entries: Sequence[PredictionsEntry] = ()) -> Report:
    """Return what the rules say of the entries given; each is examined once for its content."""
    from diagnostics.report.diagnosis import report_of
    from diagnostics.rules.joined import belonging

    for project_id in {entry.project for entry in (*run_entries, *set_entries)}:
        access.require(access.READ, project_id)
    examined_runs = [examine_run(entry) for entry in run_entries]
    examined_sets = [examine_predictions(entry) for entry in set_entries]
    parts = examined_runs + examined_sets
    pairs = belonging(
        [(part[0], [s.name for s in entry.sources]) for part, entry in zip(examined_runs, run_entries, strict=True)],
        [(part[0], predictions(entry).source.name) for part, entry in zip(examined_sets, set_entries, strict=True)],
    )
    return report_of(
        [part[0] for part in parts],
        [outcome for part in parts for outcome in part[1]],
        [found for part in parts for found in part[2]],
        pairs,
    )


Examined = tuple[Subject, tuple[RuleOutcome, ...], tuple[Slice, ...]]


def examine_run(entry: RunEntry) -> Examined:
    """Return subject and outcomes of one run."""
    return _examine_run(entry.digest, _entry=entry)


@st.cache_resource(show_spinner=False, max_entries=4096)
def _examine_run(digest: str, *, _entry: RunEntry) -> Examined:
    from diagnostics.report import diagnose

    found = diagnose(runs=[run(_entry)])
    return found.subjects[0], found.outcomes, found.slices


def examine_predictions(entry: PredictionsEntry) -> Examined:
    """Return subject and outcomes of one prediction set."""
    return _examine_predictions(entry.digest, entry.name, _entry=entry)


@st.cache_resource(show_spinner=False, max_entries=1024)
def _examine_predictions(digest: str, name: str, *, _entry: PredictionsEntry) -> Examined:
    from diagnostics.report import diagnose

    found = diagnose(predictions=[predictions(_entry)])
    return found.subjects[0], found.outcomes, found.slices


# Changes


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
    return workspace().ingest(project_id, dict.fromkeys((*upload_ids, *waiting)))


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


def columns(predictions: Predictions) -> list[str]:
    """Return the columns of a prediction set's table, in file order."""
    return measured(_columns, predictions)


def _columns(predictions: Predictions) -> list[str]:
    from diagnostics.queries import default_engine

    engine = default_engine()
    table = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0")
    return [name for name in table.schema.names if name != "__row__"]


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
    given = predictions(entry)
    shape = f"predictions:{shape_key(given.path)}"
    known = {**workspace().mappings(entry.project).get(shape, {}), **answers}
    answered(given, known)  # refuses what does not fit before anything is remembered
    workspace().remember_mapping(shape, known, project=entry.project)
    return ingest(entry.project, entry.uploads)


def _sources(entry: RunEntry) -> list[Source]:
    from diagnostics.readers import Source

    found = [workspace().upload(id) for id in entry.uploads]
    return [Source(name=upload.label, path=workspace().upload_path(upload.id)) for upload in found]
