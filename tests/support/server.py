"""A real server for browser tests: starts `run-clinic serve`, waits until it answers, can be restarted."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from diagnostics.workspace import Workspace

PATIENCE = 90.0
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Return as soon as the condition holds.

    Raises
    ------
    TimeoutError
        When it still does not after `patience` seconds.
    """
    tick = threading.Event()
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {patience:.0f} s")
        tick.wait(0.05)


class Server:
    """`run-clinic serve` on a port of its own, with its own home folder."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.parent / f"{home.name}.log"

    @property
    def url(self) -> str:
        """Address without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"

    def healthy(self) -> bool:
        """Whether `/healthz` answers 200; raises when the process has ended."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_for_demo(self) -> None:
        """Wait until the new server has read its demo project."""
        opened = Workspace.open(self.home)
        try:
            # Its settings are written last, once all its files are read.
            wait_until(lambda: any(found.demo and found.settings for found in opened.projects()), "the demo project")
        finally:
            opened.close()

    def start(self) -> "Server":
        """Start and wait until it is healthy."""
        command = [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port), "--home", str(self.home)]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self.healthy, "a healthy server")
        return self

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process and everything it started."""
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, how)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self) -> None:
        """Kill without warning and start anew on the same port and home."""
        self.stop(signal.SIGKILL)
        self.start()
