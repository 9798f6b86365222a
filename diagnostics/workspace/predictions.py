"""Stored prediction sets: a row with the roles, one Parquet file with the table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from diagnostics.types import Predictions, Question, Roles, Task
from diagnostics.workspace import links, pictures, plain, projects, rows
from diagnostics.workspace.content import ContentStore
from diagnostics.workspace.names import clean, new_id
from diagnostics.workspace.records import PredictionsEntry, moment
from diagnostics.workspace.tables import prediction_uploads, predictions


def record(row: Row[Any], uploads: Sequence[str]) -> PredictionsEntry:
    """A row as the workspace hands it out."""
    created, updated = moment(row.created), moment(row.updated)
    assert created is not None and updated is not None
    return PredictionsEntry(
        id=row.id,
        project=row.project,
        name=row.name,
        task=Task(row.task),
        n_rows=row.n_rows,
        n_questions=len(row.record["questions"]),
        answered=row.answered,
        uploads=tuple(uploads),
        digest=row.digest,
        version=row.version,
        created=created,
        updated=updated,
        deleted=moment(row.deleted),
        measured=pictures.content_of(row),
    )


def listed(connection: Connection, project: str, *, deleted: bool = False) -> tuple[PredictionsEntry, ...]:
    """Live (or deleted) prediction sets of a project by name."""
    alive = predictions.c.deleted.is_not(None) if deleted else predictions.c.deleted.is_(None)
    query = select(predictions).where(predictions.c.project == project, alive)
    found = connection.execute(query.order_by(predictions.c.name, predictions.c.key, predictions.c.id)).all()
    used = links.of(connection, prediction_uploads, [row.id for row in found])
    return tuple(record(row, used.get(row.id, ())) for row in found)


def entry(connection: Connection, id: str, *, deleted: bool = False) -> PredictionsEntry:
    """One prediction set's row."""
    row = rows.get(connection, predictions, id, deleted=deleted)
    return record(row, links.of(connection, prediction_uploads, [id]).get(id, ()))


def load(store: ContentStore, row: Row[Any], *, as_read: bool = False) -> Predictions:
    """The handle on the stored table: the one with what was measured on pictures, unless it is wanted as it was read.

    The digest is that of the list entry's `digest_of_table` then.
    """
    kept = plain.decode(row.record)
    found = _as_read(store, row, kept)
    if as_read or not pictures.content_of(row):
        return found
    attributes = (*found.roles.attributes, *kept[pictures.NAME]["columns"])
    return replace(
        found, path=store.path(pictures.content_of(row)), roles=replace(found.roles, attributes=attributes),
        digest=record(row, ()).digest_of_table,
    )  # fmt: skip


def _as_read(store: ContentStore, row: Row[Any], kept: dict[str, Any]) -> Predictions:
    return Predictions(
        name=row.name,
        task=Task(row.task),
        path=store.path(row.content),
        roles=_roles(kept["roles"]),
        n_rows=row.n_rows,
        classes=tuple(kept["classes"]),
        digest=row.digest,
        source=plain.decode_source(kept["source"]),
        questions=tuple(Question(**{**q, "options": tuple(q["options"])}) for q in kept["questions"]),
        notes=tuple(plain.decode_note(note) for note in row.record["notes"]),
        part=kept["part"],
    )


def _roles(kept: dict[str, Any]) -> Roles:
    known = {field.name for field in fields(Roles)}
    given: dict[str, Any] = {name: value for name, value in kept.items() if name in known}
    return Roles(**given)


def values(given: Predictions, content: str) -> dict[str, Any]:
    """The columns that describe a prediction set whose table is stored as `content`."""
    kept = {
        "roles": {field.name: getattr(given.roles, field.name) for field in fields(Roles)},
        "classes": list(given.classes),
        "source": plain.encode_source(given.source),
        "questions": [{field.name: getattr(q, field.name) for field in fields(Question)} for q in given.questions],
        "notes": [plain.encode_note(note) for note in given.notes],
        "part": given.part,
    }
    part = ",".join(f"{column}={given.part[column]}" for column in sorted(given.part))
    return {
        "key": f"{given.source.name}|{part}|{given.name}",
        "name": given.name,
        "task": str(given.task),
        "n_rows": given.n_rows,
        "record": plain.encode(kept),
        "content": content,
        "digest": given.digest,
    }


def insert(connection: Connection, project: str, described: dict[str, Any]) -> str:
    """A new row; its id."""
    id, now = new_id(), time.time()
    connection.execute(
        predictions.insert().values(
            id=id, project=project, renamed=False, answered=False, version=1, created=now, updated=now, **described
        )
    )
    return id


def refresh(connection: Connection, row: Row[Any], described: dict[str, Any]) -> None:
    """Put what was read anew in the place of what is there; the user's name stays, and answers for the same table."""
    fresh = {**described, "updated": time.time(), "deleted": None}
    if row.renamed:
        fresh["name"] = row.name
    if row.answered and row.content == described["content"]:
        fresh |= {name: getattr(row, name) for name in ("task", "n_rows", "record", "digest")}
    else:
        fresh["answered"] = False
        fresh["record"] = pictures.carried(row, described)
    rows.change(connection, predictions, row.id, fresh, version=None, deleted=True)


def answer(connection: Connection, given: Predictions, id: str, content: str, version: int | None) -> PredictionsEntry:
    """Keep the roles that the user confirmed or chose."""
    row = rows.get(connection, predictions, id)
    described = values(given, content)
    del described["key"], described["name"]
    rows.change(connection, predictions, id, {**described, "answered": True, "updated": time.time()}, version=version)
    projects.touch(connection, row.project)
    return entry(connection, id)


def rename(connection: Connection, id: str, name: str, version: int | None) -> PredictionsEntry:
    """Give a prediction set another name; an empty one brings the original back."""
    row = rows.get(connection, predictions, id)
    chosen = clean(name)
    change = {
        "name": chosen or row.key.rpartition("|")[2], "renamed": bool(chosen), "updated": time.time(),
    }  # fmt: skip
    rows.change(connection, predictions, id, change, version=version)
    projects.touch(connection, row.project)
    return entry(connection, id)
