"""Stored runs: a row for the list, one Arrow file for the numbers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select

from diagnostics.types import Run, Setting
from diagnostics.workspace import codec, links, plain, projects, rows, summary
from diagnostics.workspace.content import ContentStore
from diagnostics.workspace.names import clean, new_id
from diagnostics.workspace.records import RunEntry, moment
from diagnostics.workspace.tables import run_uploads, runs


def record(row: Row[Any], uploads: Sequence[str]) -> RunEntry:
    """A row as the workspace hands it out."""
    created, updated = moment(row.created), moment(row.updated)
    assert created is not None and updated is not None
    return RunEntry(
        id=row.id,
        project=row.project,
        name=row.name,
        original_name=row.key.rpartition("|")[2],
        group=row.grouping,
        setting=Setting(row.setting),
        n_curves=row.n_curves,
        summary=summary.decode(row.summary),
        notes=tuple(plain.decode_note(note) for note in row.notes),
        unplaced=tuple(row.unplaced),
        sources=tuple(plain.decode_source(source) for source in row.sources),
        uploads=tuple(uploads),
        digest=row.digest,
        version=row.version,
        created=created,
        updated=updated,
        deleted=moment(row.deleted),
    )


def listed(connection: Connection, project: str, *, deleted: bool = False) -> tuple[RunEntry, ...]:
    """Live (or deleted) runs of a project, by group, then name."""
    alive = runs.c.deleted.is_not(None) if deleted else runs.c.deleted.is_(None)
    query = select(runs).where(runs.c.project == project, alive)
    found = connection.execute(query.order_by(runs.c.grouping, runs.c.name, runs.c.key, runs.c.id)).all()
    used = links.of(connection, run_uploads, [row.id for row in found])
    return tuple(record(row, used.get(row.id, ())) for row in found)


def entry(connection: Connection, id: str, *, deleted: bool = False) -> RunEntry:
    """One run's row."""
    row = rows.get(connection, runs, id, deleted=deleted)
    return record(row, links.of(connection, run_uploads, [id]).get(id, ()))


def load(store: ContentStore, row: Row[Any]) -> Run:
    """The run itself, under the name and group it has now."""
    run = codec.load(store.path(row.content))
    if run.name == row.name and run.group == row.grouping:
        return run
    return replace(run, name=row.name, group=row.grouping)


def values(store: ContentStore, run: Run) -> dict[str, Any]:
    """Store a run's numbers; the columns that describe it."""
    stored = store.add_bytes(codec.encode(run))
    run = codec.load(stored.path)
    return {
        "key": key(run),
        "name": run.name,
        "grouping": run.group,
        "setting": str(run.setting),
        "n_curves": len(run.curves),
        "summary": summary.encode(summary.summarise(run)),
        "notes": [plain.encode_note(note) for note in run.notes],
        "unplaced": list(run.unplaced),
        "sources": [plain.encode_source(source) for source in run.sources],
        "content": stored.digest,
        "digest": run.digest,
    }


def key(run: Run) -> str:
    """What a run is recognised by when its files are read again."""
    return f"{run.sources[0].name if run.sources else ''}|{run.name}"


def insert(connection: Connection, project: str, described: dict[str, Any]) -> str:
    """A new row; its id."""
    id, now = new_id(), time.time()
    connection.execute(
        runs.insert().values(
            id=id, project=project, renamed=False, regrouped=False, version=1, created=now, updated=now, **described
        )
    )
    return id


def refresh(connection: Connection, store: ContentStore, row: Row[Any], described: dict[str, Any]) -> None:
    """Put what was read anew in the place of what is there; the user's own name and group stay."""
    fresh = {**described, "updated": time.time(), "deleted": None}
    if row.regrouped:
        fresh["grouping"] = row.grouping
    if row.renamed:
        fresh["name"] = row.name
        fresh["digest"] = replace(codec.load(store.path(fresh["content"])), name=row.name).digest
    rows.change(connection, runs, row.id, fresh, version=None, deleted=True)


def rename(connection: Connection, store: ContentStore, id: str, name: str, *, version: int | None) -> RunEntry:
    """Give a run another name; an empty one brings the original back."""
    row = rows.get(connection, runs, id)
    run = codec.load(store.path(row.content))
    chosen = clean(name)
    run = replace(run, name=chosen or run.name)
    change = {"name": run.name, "renamed": bool(chosen), "digest": run.digest, "updated": time.time()}
    rows.change(connection, runs, id, change, version=version)
    projects.touch(connection, row.project)
    return entry(connection, id)


def regroup(connection: Connection, store: ContentStore, id: str, group: str | None, version: int | None) -> RunEntry:
    """Put a run into a group ("" for none); None brings the group of its files back."""
    row = rows.get(connection, runs, id)
    chosen = codec.load(store.path(row.content)).group if group is None else clean(group)
    change = {"grouping": chosen, "regrouped": group is not None, "updated": time.time()}
    rows.change(connection, runs, id, change, version=version)
    projects.touch(connection, row.project)
    return entry(connection, id)
