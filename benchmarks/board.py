"""The error board: edits that survive kills, and how fast a board of 5,000 cards and the queue answer.

`python -m benchmarks.board [storm] [page]`; the storm is 4 processes x 300 edits, one of them killed in the middle,
20 rounds, on SQLite and on PostgreSQL. `--rounds` and `--edits` make it smaller.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from diagnostics.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
PROCESSES = 4
Edit = tuple[int, str, str]


def start(home: Path, database: str | None, board: str, who: str, edits: int) -> subprocess.Popen[str]:
    """One process that edits without pause and says aloud what was acknowledged."""
    command = [sys.executable, "-m", "tests.workspace.board_writer", str(home), database or "", board, who, str(edits)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def heard(process: subprocess.Popen[str]) -> list[Edit]:
    """Acknowledged edits; a half-written line does not count."""
    lines = process.stdout.readlines()
    process.wait()
    return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


def storm_round(home: Path, database: str | None, board: str, edits: int, number: int) -> list[Edit]:
    """Four processes at once, one killed at a random moment; what was acknowledged."""
    processes = [start(home, database, board, f"r{number}-p{i}", edits) for i in range(PROCESSES)]
    first = [processes[0].stdout.readline() for _ in range(random.randint(1, max(1, edits // 2)))]
    os.kill(processes[0].pid, signal.SIGKILL)
    said = [tuple(json.loads(line)) for line in first if line.endswith("\n")]
    return said + [edit for process in processes for edit in heard(process)]


def storm(name: str, home: Path, database: str | None, rounds: int, edits: int) -> bool:
    """All rounds on one board; prints what was lost."""
    workspace = Workspace.open(home, database)
    project = workspace.create_project("storm").id
    table = b"id,label,prediction\n1,a,b\n2,b,b\n3,a,a\n4,b,a\n"
    (chosen,) = workspace.ingest(project, [workspace.add_upload(project, "p.csv", table).id]).predictions
    acknowledged, started = [], time.perf_counter()
    for number in range(rounds):
        board = workspace.boards.open(project, chosen).id
        acknowledged += storm_round(home, database, board, edits, number)
    view = Workspace.open(home, database).boards.view(board)
    stored = {(e.number, e.who, e.changes[1].object) for e in view.events}
    lost = len(set(acknowledged) - stored)
    counter = view.state.get("category/shared", "severity")
    gaps = [e.number for e in view.events] != list(range(1, len(view.events) + 1))
    seconds = time.perf_counter() - started
    print(
        f"{name}: {rounds} rounds, {len(acknowledged)} acknowledged, {lost} lost; {len(view.events)} stored, "
        f"counter {counter}, gaps {gaps}; {seconds:.0f} s"
    )
    workspace.close()
    return lost == 0 and counter == len(view.events) and not gaps


def table(rows: int) -> bytes:
    """A prediction file in which every answer is wrong."""
    lines = ["id,label,prediction,p_a,p_b,camera,review"]
    for i in range(rows):
        a, b = ("a", "b") if i % 2 else ("b", "a")
        lines.append(f"e{i:05d},{a},{b},{0.2 + i % 7 / 20:.3f},{0.8 - i % 7 / 20:.3f},{('day', 'night')[i % 3 % 2]},"
                     f"some words about the example number {i}")  # fmt: skip
    return "\n".join(lines).encode()


def filled(home: Path, cards: int) -> tuple[str, str]:
    """A workspace with a board of so many cards; project and prediction set."""
    from diagnostics.catalogue import collecting
    from diagnostics.catalogue.board import create
    from diagnostics.catalogue.errors import errors_of

    workspace = Workspace.open(home)
    project = workspace.create_project("big").id
    (chosen,) = workspace.ingest(project, [workspace.add_upload(project, "p.csv", table(cards)).id]).predictions
    errors = errors_of(workspace.prediction_set(chosen))
    board = workspace.boards.open(project, chosen).id
    named = {"predictions": chosen, "digest": workspace.predictions_entry(chosen).digest}
    numbers = range(len(errors))
    workspace.boards.write(board, lambda s, e: collecting.collect_rows(s, "x", errors, numbers, "loss", set=named))
    for name in ("Dark", "Blurred"):
        workspace.boards.write(board, lambda s, e, name=name: create(s, "x", name.lower(), name))
    workspace.close()
    return project, chosen


def page_times(cards: int, repeats: int) -> None:
    """Seconds until the board is there, until a move is seen by the mover, and from one example to the next."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import ARGUMENTS, obtain_browser
    from tests.support.screenshots import settled
    from tests.support.server import Server

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home")
        project, chosen = filled(server.home, cards)
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=obtain_browser(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            query = f"?project={project}&predictions={chosen}"
            opened = []
            for _ in range(repeats):
                page.goto("about:blank")
                start = time.perf_counter()
                page.goto(f"{server.url}/board{query}")
                page.locator(".rc-board .card").first.wait_for()
                opened.append(time.perf_counter() - start)
            settled(page)
            moved = [page.evaluate(MOVE) for _ in range(repeats)]
            page.goto(f"{server.url}/queue{query}")
            page.locator(".rc-queue .stage h2").wait_for()
            settled(page)
            nexts = []
            for _ in range(3 * repeats):
                nexts.append(page.evaluate(NEXT))
                page.wait_for_timeout(150)
            browser.close()
        finally:
            server.stop()
    print(f"board of {cards} cards opens: {tell(opened)}")
    print(f"a move is seen by the mover: {tell(moved)}")
    print(f"queue, next example with its text: {tell(nexts)}")


def tell(values: list[float]) -> str:
    """Best, median and worst of some seconds."""
    return f"best {min(values):.3f} s, median {statistics.median(values):.3f} s, worst {max(values):.3f} s"


# By the keyboard as a person does it: Space, arrow, Space; until the count of the other column has changed on screen.
MOVE = """async () => {
  const deep = (selector, root = document) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches(selector)) return node;
      const found = node.shadowRoot && deep(selector, node.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const card = deep('section[data-lane=""] .card[tabindex="0"], section[data-lane=""] .card');
  const count = () => deep('section[data-lane="blurred"], section[data-lane="dark"]').parentNode.textContent;
  card.focus();
  const before = deep('section[data-lane=""] .count').textContent;
  const start = performance.now();
  for (const key of [" ", "ArrowRight", " "])
    card.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  while (deep('section[data-lane=""] .count').textContent === before) await frame();
  await frame();
  return (performance.now() - start) / 1000;
}"""
NEXT = """async () => {
  const host = [...document.querySelectorAll("*")].map((n) => n.shadowRoot?.querySelector(".rc-queue")).find(Boolean)
    || document.querySelector(".rc-queue");
  const title = () => host.querySelector(".stage h2")?.textContent;
  const before = title();
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const start = performance.now();
  host.querySelector(".stage").dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true, composed: true }));
  while (!title() || title() === before) await frame();
  await frame();
  return (performance.now() - start) / 1000;
}"""


def main() -> int:
    """Run what was asked for; the exit code is 1 where an acknowledged edit was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["storm", "page"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--edits", type=int, default=300)
    parser.add_argument("--cards", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    kept = True
    if "storm" in given.what:
        from tests.support.postgres import Postgres, obtain_binaries

        with tempfile.TemporaryDirectory() as folder:
            kept &= storm("SQLite", Path(folder) / "sqlite", None, given.rounds, given.edits)
            if binaries := obtain_binaries():
                server = Postgres(binaries).start()
                kept &= storm("PostgreSQL", Path(folder) / "postgres", server.new_database(), given.rounds, given.edits)
                server.stop()
    if "page" in given.what:
        page_times(given.cards, given.repeats)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
