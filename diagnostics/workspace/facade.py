"""The workspace: projects, uploads, runs and prediction sets behind one door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from diagnostics.types import Predictions, Run
from diagnostics.workspace import (
    links,
    maintenance,
    memory,
    pictures,
    predictions,
    projects,
    rows,
    runs,
    tables,
    uploads,
)
from diagnostics.workspace.audit import Audit
from diagnostics.workspace.boards import Boards
from diagnostics.workspace.content import ContentStore, Incoming, Stored
from diagnostics.workspace.database import Database, database_url
from diagnostics.workspace.limits import Limits
from diagnostics.workspace.people import People
from diagnostics.workspace.records import IngestResult, PredictionsEntry, Project, RunEntry, Upload
from diagnostics.workspace.shares import Shares


class Workspace:
    """Everything that is stored; safe to share between threads and between processes.

    Every change takes an optional `version`: the one the caller saw. `Conflict` means that somebody else was faster
    and nothing was written. Without it the change applies to whatever is there.

    Attributes
    ----------
    boards : Boards
        The error boards and their events.
    people : People
        Who signed in, who may do what.
    shares : Shares
        Links that were shared.
    audit : Audit
        Who did what.
    """

    def __init__(self, home: Path, database: Database, limits: Limits) -> None:
        self.home = home
        self.limits = limits
        self._database = database
        self._store = ContentStore(home)
        self.boards = Boards(database)
        self.people = People(database)
        self.shares = Shares(database)
        self.audit = Audit(database)

    @classmethod
    def open(cls, home: Path, database: str | None = None, *, limits: Limits | None = None) -> Workspace:
        """Open a workspace, made or migrated where needed.

        Parameters
        ----------
        home : Path
            Folder for files, and for the database unless one is named.
        database : str, optional
            SQLAlchemy or libpq URL of a PostgreSQL database.
        limits : Limits, optional
        """
        home = home.expanduser().absolute()
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        base = Database(database_url(home, database))
        base.migrate()
        workspace = cls(home, base, limits or Limits())
        workspace._store.clear_stale()
        return workspace

    def close(self) -> None:
        """Close every database connection."""
        self._database.close()

    # Projects

    def projects(self, *, deleted: bool = False) -> tuple[Project, ...]:
        """Live (or deleted) projects: newest change first, the demo last."""
        with self._database.reading() as connection:
            return projects.listed(connection, deleted=deleted)

    def project(self, id: str) -> Project:
        """One project; `NotFound` where there is none."""
        with self._database.reading() as connection:
            return projects.record(rows.get(connection, tables.projects, id))

    def create_project(self, name: str, *, demo: bool = False, settings: Mapping[str, Any] | None = None) -> Project:
        """Make a project; its id is the slug of its name, numbered where that is taken."""
        return projects.create(self._database, name, demo=demo, settings=dict(settings or {}))

    def rename_project(self, id: str, name: str, *, version: int | None = None) -> Project:
        """Rename a project; its id stays."""
        return projects.change(self._database, id, {"name": name}, version=version)

    def set_project_settings(self, id: str, settings: Mapping[str, Any], *, version: int | None = None) -> Project:
        """Replace the free settings (JSON) of a project."""
        return projects.change(self._database, id, {"settings": dict(settings)}, version=version)

    def delete_project(self, id: str, *, version: int | None = None) -> None:
        """Delete a project with everything in it; `restore_project` takes it back until the next purge."""
        with self._database.writing() as connection:
            rows.delete(connection, tables.projects, id, version=version)

    def restore_project(self, id: str) -> Project:
        """Take the deletion of a project back."""
        with self._database.writing() as connection:
            rows.restore(connection, tables.projects, id)
            return projects.record(rows.get(connection, tables.projects, id))

    def ensure_demo(self, folder: Path, name: str, *, id: str = "demo") -> Project | None:
        """Make or refresh the demo project from a folder of runs; None where the user deleted it."""
        return maintenance.ensure_demo(self, folder, name, id)

    # Uploads

    @contextmanager
    def receive(self) -> Iterator[Incoming]:
        """A file to write bytes to; `commit()` it and `register` the result, else nothing stays."""
        with self._store.receive() as incoming:
            yield incoming

    def register(self, project: str, name: str, stored: Stored) -> Upload:
        """Note a received file in a project; the same name with the same content again is the same upload."""
        with self._database.writing() as connection:
            return uploads.register(connection, project, name, stored, self.limits)

    def add_upload(self, project: str, name: str, content: bytes | Path) -> Upload:
        """Store bytes or a file under a logical name."""
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        self.limits.check_file(name, size)
        stored = self._store.add_bytes(content) if isinstance(content, bytes) else self._store.add_file(content)
        return self.register(project, name, stored)

    def uploads(self, project: str) -> tuple[Upload, ...]:
        """Live uploads of a project, oldest first."""
        with self._database.reading() as connection:
            rows.get(connection, tables.projects, project)
            return tuple(uploads.record(row) for row in uploads.live(connection, project))

    def upload(self, id: str) -> Upload:
        """One upload."""
        with self._database.reading() as connection:
            return uploads.record(rows.get(connection, tables.uploads, id))

    def upload_path(self, id: str) -> Path:
        """The bytes of an upload, for reading only."""
        return self._store.path(self.upload(id).digest)

    def delete_upload(self, id: str, *, version: int | None = None) -> None:
        """Delete an upload and every run and prediction set that was read from it."""
        with self._database.writing() as connection:
            maintenance.delete_upload(connection, id, version)

    def restore_upload(self, id: str) -> Upload:
        """Take the deletion of an upload, and of what was read from it, back."""
        with self._database.writing() as connection:
            maintenance.restore_upload(connection, id)
            return uploads.record(rows.get(connection, tables.uploads, id))

    def ingest(self, project: str, upload_ids: Iterable[str]) -> IngestResult:
        """Read uploads into runs and prediction sets; files that came earlier join where they belong.

        Also for uploads that were read before, after a mapping was remembered. Files that cannot be read are in
        `failures` and change nothing that is stored.
        """
        from diagnostics.workspace.ingest import ingest

        return ingest(self._database, self._store, project, upload_ids, self.mappings(project))

    # Runs

    def runs(self, project: str, *, deleted: bool = False) -> tuple[RunEntry, ...]:
        """Live (or deleted) runs of a project, by group, then name."""
        with self._database.reading() as connection:
            rows.get(connection, tables.projects, project)
            return runs.listed(connection, project, deleted=deleted)

    def run_entry(self, id: str) -> RunEntry:
        """The list's row of one run."""
        with self._database.reading() as connection:
            return runs.entry(connection, id)

    def run(self, id: str) -> Run:
        """A run with its curves, under the name and group it has now."""
        with self._database.reading() as connection:
            return runs.load(self._store, rows.get(connection, tables.runs, id))

    def rename_run(self, id: str, name: str, *, version: int | None = None) -> RunEntry:
        """Rename a run; "" brings the original name back."""
        with self._database.writing() as connection:
            return runs.rename(connection, self._store, id, name, version=version)

    def set_group(self, id: str, group: str | None, *, version: int | None = None) -> RunEntry:
        """Put a run into a group, "" for none; None brings the group of its files back."""
        with self._database.writing() as connection:
            return runs.regroup(connection, self._store, id, group, version)

    def delete_run(self, id: str, *, version: int | None = None) -> None:
        """Delete a run; `restore_run` takes it back until the next purge."""
        with self._database.writing() as connection:
            links.delete_owner(connection, tables.runs, id, version=version)

    def restore_run(self, id: str) -> RunEntry:
        """Take the deletion of a run back."""
        with self._database.writing() as connection:
            links.restore_owner(connection, tables.runs, id)
            return runs.entry(connection, id)

    # Prediction sets

    def predictions(self, project: str, *, deleted: bool = False) -> tuple[PredictionsEntry, ...]:
        """Live (or deleted) prediction sets of a project by name."""
        with self._database.reading() as connection:
            rows.get(connection, tables.projects, project)
            return predictions.listed(connection, project, deleted=deleted)

    def prediction_set(self, id: str, *, as_read: bool = False) -> Predictions:
        """The handle on a stored prediction set; `as_read`: without the columns that were measured on pictures."""
        with self._database.reading() as connection:
            return predictions.load(self._store, rows.get(connection, tables.predictions, id), as_read=as_read)

    def pictures_waiting(self, id: str) -> bool:
        """Whether the project has pictures for a prediction set that `measure_pictures` has not measured."""
        with self._database.reading() as connection:
            return pictures.waiting(connection, id)

    def measure_pictures(
        self, id: str, *, progress: Callable[[float], None] | None = None, stopped: Callable[[], bool] | None = None
    ) -> bool:
        """Make brightness and size of the pictures that a prediction set names columns of it; whether it was done."""
        return pictures.measure(self._database, self._store, id, progress=progress, stopped=stopped)

    def predictions_entry(self, id: str) -> PredictionsEntry:
        """The list's row of one prediction set."""
        with self._database.reading() as connection:
            return predictions.entry(connection, id)

    def answer_predictions(self, id: str, given: Predictions, *, version: int | None = None) -> PredictionsEntry:
        """Keep a prediction set with the roles that the user confirmed or chose."""
        content = self._store.add_file(given.path).digest
        with self._database.writing() as connection:
            return predictions.answer(connection, given, id, content, version)

    def rename_predictions(self, id: str, name: str, *, version: int | None = None) -> PredictionsEntry:
        """Rename a prediction set; "" brings the original name back."""
        with self._database.writing() as connection:
            return predictions.rename(connection, id, name, version)

    def delete_predictions(self, id: str, *, version: int | None = None) -> None:
        """Delete a prediction set; `restore_predictions` takes it back until the next purge."""
        with self._database.writing() as connection:
            links.delete_owner(connection, tables.predictions, id, version=version)

    def restore_predictions(self, id: str) -> PredictionsEntry:
        """Take the deletion of a prediction set back."""
        with self._database.writing() as connection:
            links.restore_owner(connection, tables.predictions, id)
            return predictions.entry(connection, id)

    # Memory

    def mappings(self, project: str) -> dict[str, Any]:
        """Remembered answers by shape of the file: for every project, overruled by the project's own."""
        with self._database.reading() as connection:
            return memory.remembered(connection, project)

    def remember_mapping(
        self, shape: str, mapping: Mapping[str, Any], *, project: str | None = None, version: int | None = None
    ) -> int:
        """Keep an answer for files of a shape, in one project or (None) in all; the new version."""
        with self._database.writing() as connection:
            return memory.remember(connection, project or memory.EVERYWHERE, shape, mapping, version)

    def forget_mapping(self, shape: str, *, project: str | None = None) -> None:
        """Drop an answer."""
        with self._database.writing() as connection:
            memory.forget(connection, project or memory.EVERYWHERE, shape)

    def result(self, key: str) -> Any:
        """A derived result (JSON) by the digest of its inputs and the version of the code, or None."""
        with self._database.reading() as connection:
            return memory.result(connection, key)

    def keep_result(self, key: str, value: Any) -> None:
        """Keep a derived result; it may be dropped at any time."""
        with self._database.writing() as connection:
            memory.keep_result(connection, key, value)

    # Upkeep

    def purge(self, *, older_than_days: float = 30.0) -> int:
        """Remove for good what was deleted that long ago; bytes freed."""
        return maintenance.purge(self._database, self._store, older_than_days)

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the SQLite database beside which `files/` is to be copied."""
        self._database.backup(target)

    def used_bytes(self, project: str | None = None) -> int:
        """Bytes of the live uploads of a project, or of all."""
        with self._database.reading() as connection:
            return uploads.used(connection, project)


__all__: Sequence[str] = ["Workspace"]
