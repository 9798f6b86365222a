import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from diagnostics.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 15


def start(home, database, project, name, rounds):
    command = [sys.executable, "-m", "tests.workspace.writer", str(home), database or "", project, name, str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def acknowledged(lines):
    return {tuple(json.loads(line)) for line in lines if line.endswith("\n")}


def check_consistent(workspace, project, expected):
    stored = {(u.id, u.digest) for u in workspace.uploads(project)}
    assert expected <= stored
    for upload in workspace.uploads(project):
        assert hashlib.sha256(workspace.upload_path(upload.id).read_bytes()).hexdigest() == upload.digest


def test_processes_that_write_at_once_lose_nothing(workspace, home, database):
    project = workspace.create_project("busy").id
    writers = [start(home, database, project, f"w{n}", ROUNDS) for n in range(3)]
    said = [writer.communicate(timeout=120)[0].splitlines(keepends=True) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    expected = set().union(*(acknowledged(lines) for lines in said))
    assert len(expected) == 3 * ROUNDS
    check_consistent(workspace, project, expected)
    assert workspace.project(project).settings == {"count": 3 * ROUNDS}


def test_a_kill_in_the_middle_keeps_what_was_acknowledged(workspace, home, database):
    project = workspace.create_project("killed").id
    expected, heard = set(), 0
    for round in range(3):
        victim = start(home, database, project, f"v{round}", 100_000)
        lines = [victim.stdout.readline() for _ in range(5 + 3 * round)]
        os.kill(victim.pid, signal.SIGKILL)
        lines += victim.stdout.readlines()
        victim.wait()
        expected |= acknowledged(lines)
        heard += len(acknowledged(lines))
    again = Workspace.open(home, database)
    check_consistent(again, project, expected)
    # Killed between the count and its acknowledgement at most once a round.
    assert heard <= again.project(project).settings["count"] <= heard + 3
    again.rename_project(project, "still writable")
    if database is None:
        with again._database.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    again.close()
