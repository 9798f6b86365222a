"""Try the locks of this machine out: a process closes them behind itself and then attempts what they forbid.

Run by `measure` as `python -I -m diagnostics.explanations.sandbox.probe`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diagnostics.explanations.sandbox import ModelError, lockdown
from diagnostics.explanations.sandbox.client import CPU_SECONDS, MEMORY_BYTES, START_SECONDS


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a locked process could and could not do.

    Attributes
    ----------
    locks : mapping of lock to whether the kernel took it
        "limits", "landlock", "seccomp".
    refused : mapping of attempt to whether it failed
        "read_file", "open_socket", "start_program", "end_process", "take_memory".
    """

    locks: Mapping[str, bool]
    refused: Mapping[str, bool]

    @property
    def holds(self) -> bool:
        """Whether everything that was attempted was refused."""
        return bool(self.refused) and all(self.refused.values())


def measure() -> Probe:
    """Start a process, have it lock itself and try everything.

    Raises
    ------
    ModelError
        "probe_failed" where the process does not come to an end, so that nothing is known.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "diagnostics.explanations.sandbox.probe"], capture_output=True, check=True,
            timeout=START_SECONDS, cwd="/", env={"PATH": "/nowhere"},
        )  # fmt: skip
        said = json.loads(done.stdout)
        return Probe(
            locks={str(name): bool(held) for name, held in said["locks"].items()},
            refused={str(name): bool(held) for name, held in said["refused"].items()},
        )
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, AttributeError) as error:
        raise ModelError("probe_failed") from error


def _read_file() -> None:
    with open(sys.executable, "rb"):  # noqa: PTH123  (the plain call, as a library would make it)
        pass


def _open_socket() -> None:
    socket.socket().close()


def _start_program() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _end_process() -> None:
    os.kill(os.getppid(), 0)


def _take_memory() -> None:
    bytearray(2 * MEMORY_BYTES)


ATTEMPTS: dict[str, Callable[[], None]] = {
    "read_file": _read_file, "open_socket": _open_socket, "start_program": _start_program,
    "end_process": _end_process, "take_memory": _take_memory,
}  # fmt: skip


def _refused(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def main() -> None:
    """Lock, try, tell."""
    locks = lockdown.lock(MEMORY_BYTES, CPU_SECONDS)
    refused = {name: _refused(attempt) for name, attempt in ATTEMPTS.items()}
    sys.stdout.write(json.dumps({"locks": locks.as_dict(), "refused": refused}))


if __name__ == "__main__":
    main()
