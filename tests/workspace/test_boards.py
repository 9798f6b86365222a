"""The same promises on SQLite and PostgreSQL: nothing acknowledged is lost, nothing is overwritten unseen."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from diagnostics.catalogue import board as acts
from diagnostics.catalogue.events import Event, rebuild, setting, undo
from diagnostics.exceptions import Conflict, NotFound
from diagnostics.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
TABLE = b"id,label,prediction\n" + b"".join(b"%d,%s,a\n" % (i, b"ab"[i % 2 : i % 2 + 1]) for i in range(40))


def prediction_set(workspace, project, name="predictions.csv", table=TABLE):
    done = workspace.ingest(project, [workspace.add_upload(project, name, table).id])
    assert done.predictions, done
    return done.predictions[0]


@pytest.fixture
def project(workspace):
    return workspace.create_project("errors").id


@pytest.fixture
def board(workspace, project):
    return workspace.boards.open(project, prediction_set(workspace, project)).id


def say(kind, who, **fields):
    return lambda state, events: Event(kind=kind, who=who, changes=tuple(setting(state, "category/a", **fields)))


def test_a_set_has_one_board(workspace, project):
    chosen = prediction_set(workspace, project)
    first, again = workspace.boards.open(project, chosen), workspace.boards.open(project, chosen)
    assert first == again
    assert workspace.boards.listed(project) == (first,)


def test_events_are_numbered_and_come_back_after_opening_anew(workspace, board, home, database):
    for name in ("one", "two", "three"):
        workspace.boards.write(board, say("edit_category", "ana", name=name))
    other = Workspace.open(home, database)
    view = other.boards.view(board)
    assert [e.number for e in view.events] == [1, 2, 3] and all(e.at > 0 for e in view.events)
    assert view.state.get("category/a", "name") == "three"
    assert rebuild(view.events).objects == view.state.objects
    other.close()


def test_a_stale_write_is_refused_and_writes_nothing(workspace, board, home, database):
    other = Workspace.open(home, database)
    workspace.boards.write(board, say("edit_category", "ana", name="one"))
    seen = other.boards.view(board).state.version("category/a")
    workspace.boards.write(board, say("edit_category", "ana", name="two"))
    with pytest.raises(Conflict) as raised:
        other.boards.write(board, say("edit_category", "bo", name="mine"), {"category/a": seen})
    assert raised.value.code == "board_changed"
    assert [e.who for e in other.boards.view(board).events] == ["ana", "ana"]
    other.close()


def test_an_event_without_changes_is_not_stored(workspace, board):
    workspace.boards.write(board, say("edit_category", "ana", name="one"))
    assert workspace.boards.write(board, say("edit_category", "ana", name="one")).entry.number == 1


def test_what_building_raises_leaves_everything_as_it_was(workspace, board):
    with pytest.raises(NotFound):
        workspace.boards.write(board, lambda state, events: acts.tag(state, "ana", ["none"], None))
    workspace.boards.write(board, say("edit_category", "ana", name="one"))
    assert workspace.boards.view(board).entry.number == 1


def test_a_view_never_changes_under_its_reader(workspace, board):
    before = workspace.boards.write(board, say("edit_category", "ana", name="one"))
    workspace.boards.write(board, say("edit_category", "ana", name="two"))
    assert before.state.get("category/a", "name") == "one" and before.entry.number == 1


def test_undo_goes_through_the_same_door(workspace, board):
    workspace.boards.write(board, say("edit_category", "ana", name="one"))
    view = workspace.boards.write(board, lambda state, events: undo(state, events, "ana"))
    assert view.state.get("category/a", "name") is None
    assert view.events[-1].undoes == 1


def test_a_board_moves_to_another_set_unless_that_has_one(workspace, project, board):
    new = prediction_set(workspace, project, "later.csv", TABLE.replace(b"0,a,a", b"0,b,a"))

    def attach(state, events):
        return Event(kind="attach", who="ana", changes=tuple(setting(state, "board/it", predictions=new)))

    assert workspace.boards.write(board, attach).entry.predictions == new
    assert workspace.boards.open(project, new).id == board
    third = prediction_set(workspace, project, "third.csv", TABLE.replace(b"2,a,a", b"2,b,a"))
    workspace.boards.open(project, third)

    def occupied(state, events):
        return Event(kind="attach", who="ana", changes=tuple(setting(state, "board/it", predictions=third)))

    with pytest.raises(Conflict):
        workspace.boards.write(board, occupied)


def test_foreign_ids_are_not_found(workspace, project, board):
    other = workspace.create_project("other").id
    for wrong in (lambda: workspace.boards.view("nothing"), lambda: workspace.boards.open(project, "nothing")):
        with pytest.raises(NotFound):
            wrong()
    chosen = workspace.boards.entry(board).predictions
    with pytest.raises(NotFound):
        workspace.boards.open(other, chosen)
    workspace.delete_project(project)
    with pytest.raises(NotFound):
        workspace.boards.view(board)


def test_threads_of_one_process_lose_nothing(workspace, board):
    def raise_counter():
        for _ in range(10):
            workspace.boards.write(
                board,
                lambda s, e: Event(
                    kind="x",
                    who="t",
                    changes=tuple(
                        setting(s, "category/shared", severity=int(s.get("category/shared", "severity") or 0) + 1)
                    ),
                ),
            )

    threads = [threading.Thread(target=raise_counter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert workspace.boards.view(board).state.get("category/shared", "severity") == 40


def start(home, database, board, who, rounds):
    command = [sys.executable, "-m", "tests.workspace.board_writer", str(home), database or "", board, who, str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def acknowledged(lines):
    return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


def check(view, heard):
    """Everything heard is stored as it was heard, numbers have no gap, and the shared counter counted every event."""
    stored = {(e.number, e.who, e.changes[1].object) for e in view.events}
    assert set(heard) <= stored
    assert [e.number for e in view.events] == list(range(1, len(view.events) + 1))
    assert view.state.get("category/shared", "severity") == len(view.events)


def test_four_processes_and_a_kill_lose_no_acknowledged_edit(workspace, board, home, database):
    victim = start(home, database, board, "victim", 100_000)
    others = [start(home, database, board, f"w{n}", 25) for n in range(3)]
    lines = [victim.stdout.readline() for _ in range(15)]
    os.kill(victim.pid, signal.SIGKILL)
    lines += victim.stdout.readlines()
    victim.wait()
    heard = acknowledged(lines)
    for process in others:
        said = process.communicate(timeout=120)[0].splitlines(keepends=True)
        assert process.returncode == 0
        heard += acknowledged(said)
    assert len(heard) >= 15 + 3 * 25
    check(workspace.boards.view(board), heard)
    workspace.boards.write(board, say("edit_category", "ana", name="still writable"))
