"""A process that tags without pause and says aloud what was acknowledged; started and killed by tests."""

import json
import sys
from pathlib import Path

from diagnostics.catalogue.events import Event, setting
from diagnostics.workspace import Workspace


def counted(state, events, *, who):
    """Two edits in one event: a counter everybody raises, and a mark of one's own."""
    now = int(state.get("category/shared", "severity") or 0)
    mine = len([e for e in events if e.who == who])
    changes = setting(state, "category/shared", severity=now + 1) + setting(state, f"example/{who}-{mine}", seen=True)
    return Event(kind="tag", who=who, changes=tuple(changes))


def main(home, database, board, who, rounds):
    """Append `rounds` events."""
    boards = Workspace.open(Path(home), database or None).boards
    for _round in range(int(rounds)):
        view = boards.write(board, lambda state, events: counted(state, events, who=who))
        event = view.events[-1]
        sys.stdout.write(json.dumps([event.number, event.who, event.changes[1].object]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
