"""Files by the SHA-256 of what is in them: written aside, synced, then renamed; never under a name from outside."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from diagnostics.exceptions import NotFound

CHUNK_BYTES = 1 << 20
STALE_SECONDS = 24 * 3600.0
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file in the store."""

    digest: str
    size: int
    path: Path


class Incoming:
    """A file on its way in: write to it, then `commit`; whatever is not committed leaves nothing behind."""

    def __init__(self, store: ContentStore) -> None:
        self._store = store
        handle, name = tempfile.mkstemp(dir=store.incoming, prefix="part-")
        self.path = Path(name)
        self._stream: IO[bytes] = os.fdopen(handle, "wb")
        self._hasher = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append some bytes."""
        self._hasher.update(data)
        self._stream.write(data)
        self.size += len(data)

    def commit(self) -> Stored:
        """Sync and move to the final place; the same content twice is one file."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        digest = self._hasher.hexdigest()
        return Stored(digest=digest, size=self.size, path=self._store.adopt(self.path, digest))

    def discard(self) -> None:
        """Forget what was written; harmless after `commit`."""
        self._stream.close()
        self.path.unlink(missing_ok=True)


class ContentStore:
    """The files of one workspace.

    Parameters
    ----------
    home : Path
        `files/ab/abcdef...` and `incoming/` are made below it.
    """

    def __init__(self, home: Path) -> None:
        self.root = home / "files"
        self.incoming = home / "incoming"
        for folder in (self.root, self.incoming):
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the content with this digest lies (or would lie).

        Raises
        ------
        NotFound
            When it is not a digest.
        """
        if not _DIGEST.fullmatch(digest):
            raise NotFound("no_such_file", digest=digest[:80])
        return self.root / digest[:2] / digest

    @contextmanager
    def receive(self) -> Iterator[Incoming]:
        """A new file to write to; removed at the end of the block unless committed."""
        incoming = Incoming(self)
        try:
            yield incoming
        finally:
            incoming.discard()

    def add_bytes(self, data: bytes) -> Stored:
        """Store some bytes."""
        with self.receive() as incoming:
            incoming.write(data)
            return incoming.commit()

    def add_file(self, path: Path) -> Stored:
        """Store a copy of a file, in chunks."""
        with self.receive() as incoming, path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                incoming.write(chunk)
            return incoming.commit()

    def adopt(self, path: Path, digest: str) -> Path:
        """Move a finished file of known digest to its place."""
        target = self.path(digest)
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            # Freshen it, so that a purge running right now does not take it for an orphan.
            os.utime(target)
            path.unlink()
            return target
        path.replace(target)
        _sync_folder(target.parent)
        return target

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for the time of one reading."""
        folder = Path(tempfile.mkdtemp(dir=self.incoming, prefix="read-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, keep: set[str], *, older_than: float) -> int:
        """Remove files that nothing refers to, and leftovers of interrupted writes.

        Parameters
        ----------
        keep : set of str
            Digests still in use.
        older_than : float
            Only files last touched more than this many seconds ago.

        Returns
        -------
        int
            Bytes freed.
        """
        limit, freed = time.time() - older_than, 0
        for path in self.root.glob("??/*"):
            facts = path.stat()
            if path.name not in keep and facts.st_mtime < limit:
                path.unlink(missing_ok=True)
                freed += facts.st_size
        return freed

    def clear_stale(self, *, older_than: float = STALE_SECONDS) -> None:
        """Remove what interrupted uploads and readings left in `incoming`."""
        limit = time.time() - older_than
        for path in self.incoming.iterdir():
            try:
                if path.stat().st_mtime < limit:
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process cleared it first


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there; the rename itself is journalled
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
