"""Error boards: an append-only log of events a board, and the state it amounts to, kept up to date in memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import IntegrityError

from diagnostics.catalogue.events import Change, Event, State, apply, check_versions
from diagnostics.exceptions import Conflict, NotFound
from diagnostics.workspace import rows
from diagnostics.workspace.database import Database
from diagnostics.workspace.names import new_id
from diagnostics.workspace.tables import board_events, boards, predictions, projects

_KEPT = 64
"""Boards whose state stays in memory."""

Build = Callable[[State, Sequence[Event]], Event]
"""Makes an event from the state and the log as they are inside the write transaction."""


@dataclass(frozen=True, kw_only=True)
class BoardEntry:
    """A board in the list; `number` is that of its last event."""

    id: str
    project: str
    predictions: str
    number: int


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """A board as it stood at one moment; never changed afterwards.

    Attributes
    ----------
    entry : BoardEntry
    state : State
        Leave it unchanged: others read the same object.
    events : tuple of Event
        The whole log.
    """

    entry: BoardEntry
    state: State
    events: tuple[Event, ...]


class Boards:
    """All boards of a workspace; safe to share between threads, and between processes through the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views: dict[str, BoardView] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def listed(self, project: str) -> tuple[BoardEntry, ...]:
        """Boards of a project, oldest first."""
        with self._database.reading() as connection:
            rows.get(connection, projects, project)
            found = connection.execute(select(boards).where(boards.c.project == project).order_by(boards.c.created))
            return tuple(_entry(row) for row in found)

    def entry(self, id: str) -> BoardEntry:
        """One board; `NotFound` where there is none."""
        with self._database.reading() as connection:
            return _entry(_row(connection, id))

    def open(self, project: str, predictions_id: str) -> BoardEntry:
        """The board that is attached to a prediction set, made where there is none."""
        for _attempt in range(2):
            try:
                with self._database.writing() as connection:
                    return _opened(connection, project, predictions_id)
            except IntegrityError:
                continue  # another process made it between the look and the insert
        raise Conflict("changed_meanwhile", id=predictions_id[:80])

    def view(self, id: str) -> BoardView:
        """The board as it is now; only events that are new since the last look are read."""
        known = self._views.get(id)
        with self._database.reading() as connection:
            entry = _entry(_row(connection, id))
            if known is not None and known.entry == entry:
                return known
            fresh = _since(connection, id, known.entry.number if known else 0)
        found = _moved(known, entry, fresh)
        return self._keep(found)

    def write(self, id: str, build: Build, expected: Mapping[str, int] | None = None) -> BoardView:
        """Append one event that is built on the state inside the write transaction.

        Parameters
        ----------
        id : str
        build : callable
            Gets the current state and log, returns the event; what it raises ends the transaction.
        expected : mapping of object to the version the writer saw, optional

        Returns
        -------
        BoardView
            With the event in it; unchanged where the event changes nothing.

        Raises
        ------
        Conflict
            Somebody touched one of the expected objects since; nothing was written.
        """
        with self._lock(id):
            known = self._views.get(id)
            with self._database.writing() as connection:
                row = _row(connection, id, lock=True)
                fresh = _since(connection, id, known.entry.number if known else 0)
                before = _moved(known, _entry(row), fresh)
                check_versions(before.state, expected or {})
                event = build(before.state, before.events)
                if not event.changes:
                    return self._keep(before)
                event = replace(event, number=row.number + 1, at=time.time())
                after = _moved(before, replace(before.entry, number=event.number), (event,))
                after = _append(connection, row, after, event)
            return self._keep(after)  # only what the database has acknowledged

    def _lock(self, id: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(id, threading.Lock())

    def _keep(self, view: BoardView) -> BoardView:
        with self._guard:
            newest = self._views.get(view.entry.id)
            if newest is None or newest.entry.number <= view.entry.number:
                self._views.pop(view.entry.id, None)
                self._views[view.entry.id] = view
            while len(self._views) > _KEPT:
                self._views.pop(next(iter(self._views)))
        return view


def _opened(connection: Connection, project: str, predictions_id: str) -> BoardEntry:
    rows.get(connection, projects, project)
    if rows.get(connection, predictions, predictions_id).project != project:
        raise NotFound("no_such_prediction", id=predictions_id[:80])
    query = select(boards).where(boards.c.project == project, boards.c.predictions == predictions_id)
    found = connection.execute(query).first()
    if found is not None:
        return _entry(found)
    id, now = new_id(), time.time()
    values = {"id": id, "project": project, "predictions": predictions_id, "created": now, "updated": now}
    connection.execute(boards.insert().values(number=0, **values))
    return BoardEntry(id=id, project=project, predictions=predictions_id, number=0)


def _append(connection: Connection, row: Row[Any], after: BoardView, event: Event) -> BoardView:
    """Insert the event; a board whose "predictions" field changed is attached to that set."""
    attached = str(after.state.get("board/it", "predictions") or row.predictions)
    values: dict[str, Any] = {"number": event.number, "updated": event.at}
    if attached != row.predictions:
        taken = select(boards.c.id).where(boards.c.project == row.project, boards.c.predictions == attached)
        if connection.execute(taken).first() is not None:
            raise Conflict("board_attached", predictions=attached)
        values["predictions"] = attached
    connection.execute(
        board_events.insert().values(
            board=row.id,
            number=event.number,
            at=event.at,
            who=event.who[:200],
            kind=event.kind,
            undoes=event.undoes,
            changes=[[c.object, c.field, c.before, c.after] for c in event.changes],
        )
    )
    # The version in the condition makes a lost update impossible even where a row lock would not hold.
    done = connection.execute(update(boards).where(boards.c.id == row.id, boards.c.number == row.number).values(values))
    if done.rowcount != 1:
        raise Conflict("board_changed", object="board")
    return replace(after, entry=replace(after.entry, predictions=attached))


def _moved(known: BoardView | None, entry: BoardEntry, fresh: Sequence[Event]) -> BoardView:
    """A view moved on by some events; the one it starts from stays as it was."""
    if known is None:
        state = State()
        for event in fresh:
            apply(state, event)
        return BoardView(entry=entry, state=state, events=tuple(fresh))
    old = known.state
    objects = dict(old.objects)
    for name in {change.object for event in fresh for change in event.changes}:
        if name in objects:
            objects[name] = dict(objects[name])
    state = State(objects=objects, versions=dict(old.versions), number=old.number, undone=set(old.undone))
    for event in fresh:
        apply(state, event)
    return BoardView(entry=entry, state=state, events=(*known.events, *fresh))


def _since(connection: Connection, id: str, number: int) -> tuple[Event, ...]:
    query = select(board_events).where(board_events.c.board == id, board_events.c.number > number)
    found = connection.execute(query.order_by(board_events.c.number))
    return tuple(
        Event(
            number=row.number,
            at=row.at,
            who=row.who,
            kind=row.kind,
            undoes=row.undoes,
            changes=tuple(Change(object=o, field=f, before=b, after=a) for o, f, b, a in row.changes),
        )
        for row in found
    )


def _row(connection: Connection, id: str, *, lock: bool = False) -> Row[Any]:
    query = select(boards).where(boards.c.id == id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("no_such_board", id=id[:80])
    rows.get(connection, projects, row.project)
    return row


def _entry(row: Row[Any]) -> BoardEntry:
    return BoardEntry(id=row.id, project=row.project, predictions=row.predictions, number=row.number)
