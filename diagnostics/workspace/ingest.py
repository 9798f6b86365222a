"""Uploads in, runs and prediction sets out: read outside of any transaction, written in one.

A failing read leaves what is stored untouched. When another ingest of the same project was faster and changed what
belongs together, the reading is done again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from diagnostics.exceptions import Conflict
from diagnostics.readers import ReadResult, Source, read
from diagnostics.types import Predictions
from diagnostics.workspace import merging, planning, predictions, projects, runs, uploads
from diagnostics.workspace.content import ContentStore
from diagnostics.workspace.database import Database
from diagnostics.workspace.merging import Item
from diagnostics.workspace.planning import Plan
from diagnostics.workspace.records import IngestResult, UploadState
from diagnostics.workspace.relatives import without_archive_suffix

_TRIES = 5


def ingest(
    database: Database, store: ContentStore, project: str, upload_ids: Iterable[str], mappings: Mapping[str, Any]
) -> IngestResult:
    """Read uploads of a project and store what comes out.

    Parameters
    ----------
    upload_ids : iterable of str
        New uploads, or stored ones to be read again.
    mappings : mapping
        Remembered answers about series names.

    Raises
    ------
    NotFound
        No such project or upload.
    Conflict
        Other ingests of the project kept changing what belongs together.
    """
    ids = list(dict.fromkeys(upload_ids))
    for _ in range(_TRIES):
        with database.reading() as connection:
            planned = planning.plan(connection, store, project, ids)
        with store.scratch() as scratch:
            result = read(_sources(store, planned), mappings=mappings, scratch=scratch)
            prepared = _prepare(store, planned, result)
        with database.writing() as connection:
            projects.lock(connection, project)
            if planning.plan(connection, store, project, ids) == planned:
                return _write(connection, store, project, planned, prepared)
    raise Conflict("changed_meanwhile", id=project, expected=None, found=None)


def _sources(store: ContentStore, planned: Plan) -> list[Source]:
    return [
        Source(name=name, path=store.path(planned.digests[id]), walked="/" in name)
        for id, name in planned.labels.items()
    ]


@dataclass(frozen=True, kw_only=True)
class _Prepared:
    """What was read, its bytes already stored; only rows are missing."""

    runs: tuple[Item, ...]
    predictions: tuple[Item, ...]
    read: frozenset[str]
    result: ReadResult


def _prepare(store: ContentStore, planned: Plan, result: ReadResult) -> _Prepared:
    owner = _Owner(planned)
    run_items = tuple(
        Item(key=runs.key(run), uploads=owner.of_all(s.name for s in run.sources), values=runs.values(store, run))
        for run in result.runs
    )
    contents: dict[Path, str] = {}
    prediction_items = []
    for given in result.predictions:
        described = predictions.values(given, _keep(store, given, contents))
        prediction_items.append(Item(key=described["key"], uploads=owner.of_all([given.source.name]), values=described))
    used = {id for item in (*run_items, *prediction_items) for id in item.uploads}
    used |= {id for config in result.configs if (id := owner.of(config.source.name)) is not None}
    return _Prepared(runs=run_items, predictions=tuple(prediction_items), read=frozenset(used), result=result)


def _keep(store: ContentStore, given: Predictions, contents: dict[Path, str]) -> str:
    """Store the table of a prediction set; several sets may share one file."""
    if given.path not in contents:
        contents[given.path] = store.add_file(given.path).digest
    return contents[given.path]


class _Owner:
    """Finds the upload that a source name came from: the file itself, or the archive it was a member of."""

    def __init__(self, planned: Plan) -> None:
        self._new = planned.new
        self._exact = {name: id for id, name in planned.labels.items()}
        folders = {without_archive_suffix(name): id for name, id in self._exact.items()}
        self._folders = sorted(folders.items(), key=lambda pair: -len(pair[0]))

    def of(self, name: str) -> str | None:
        if name in self._exact:
            return self._exact[name]
        return next((id for folder, id in self._folders if name == folder or name.startswith(folder + "/")), None)

    def of_all(self, names: Iterable[str]) -> frozenset[str]:
        found = frozenset(id for name in names if (id := self.of(name)) is not None)
        return found or frozenset(self._new[:1])


def _write(
    connection: Connection, store: ContentStore, project: str, planned: Plan, prepared: _Prepared
) -> IngestResult:
    planning.settle(connection, planned, time.time())
    scope = {*planned.labels, *planned.replaced.values()}
    new = frozenset(planned.new)
    changed_runs = merging.merge(
        connection, merging.RUNS, project, prepared.runs, scope, new, planned.replaced,
        lambda row, described: runs.refresh(connection, store, row, described),
    )  # fmt: skip
    changed_predictions = merging.merge(
        connection, merging.PREDICTIONS, project, prepared.predictions, scope, new, planned.replaced,
        lambda row, described: predictions.refresh(connection, row, described),
    )  # fmt: skip
    owner = _Owner(planned)
    result = prepared.result
    failures = [(owner.of(error.file), error) for error in result.failures]
    ignored = [(owner.of(error.file), error) for error in result.ignored]
    for id in planned.new:
        mine = [error for found, error in failures if found == id]
        mine += [error for found, error in ignored if found == id and id not in prepared.read]
        read_some = id in prepared.read or not mine
        uploads.settle(connection, id, UploadState.READ if read_some else UploadState.REFUSED, mine)
    projects.touch(connection, project)
    return IngestResult(
        runs=changed_runs,
        predictions=changed_predictions,
        failures=tuple(error for id, error in failures if id is None or id in new),
        ignored=tuple(error for id, error in ignored if id is None or id in new),
    )
