"""A process that writes without pause and says aloud what was acknowledged; started and killed by tests."""

import json
import sys
from contextlib import suppress
from pathlib import Path

from diagnostics.exceptions import Conflict
from diagnostics.workspace import Workspace


def count_up(workspace, project):
    """Add one to a counter with the version check, as often as it takes."""
    while True:
        seen = workspace.project(project)
        with suppress(Conflict):
            settings = {"count": seen.settings.get("count", 0) + 1}
            workspace.set_project_settings(project, settings, version=seen.version)
            return


def main(home, database, project, name, rounds):
    """Write `rounds` uploads and count each."""
    workspace = Workspace.open(Path(home), database or None)
    for number in range(int(rounds)):
        content = f"{name} {number} ".encode() * 50
        upload = workspace.add_upload(project, f"{name}/{number}.bin", content)
        count_up(workspace, project)
        sys.stdout.write(json.dumps([upload.id, upload.digest]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
