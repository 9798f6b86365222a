"""Pictures inside a tar archive, found in one pass so that each can be read alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diagnostics.readers.archives import MAX_BYTES, MAX_FILES, MAX_RATIO, RATIO_FROM
from diagnostics.readers.source import Source
from diagnostics.readers.tars import open_tar

SUFFIXES = (".tar", ".tar.gz", ".tgz")


@dataclass(frozen=True)
class Slice:
    """Part of a file.

    Attributes
    ----------
    path : Path
    start, size : int
        In bytes.
    """

    path: Path
    start: int
    size: int

    def read(self) -> bytes:
        """Its bytes."""
        with self.path.open("rb") as stream:
            stream.seek(self.start)
            return stream.read(self.size)


def slices(source: Source, wanted: Callable[[str, int], bool], copy: Path) -> Iterator[tuple[str, Slice]]:
    """Members of an archive with their places.

    A compressed archive can only be read from its beginning: what is wanted of it is copied, everything else is passed
    over. It ends where the archive would expand to more than readers take.

    Parameters
    ----------
    source : Source
    wanted : callable
        Whether a member of a name and a size in bytes is of interest.
    copy : Path
        File that members of a compressed archive are written to, one after the other.

    Raises
    ------
    tarfile.TarError, zlib.error, OSError, EOFError
        The archive is damaged; what came before is good.
    """
    packed = source.head[:2] == b"\x1f\x8b"
    left = min(MAX_BYTES, max(RATIO_FROM, MAX_RATIO * source.size))
    with open_tar(source.path, "r|gz" if packed else "r:") as archive, copy.open("wb") as target:
        for number, entry in enumerate(archive):
            left -= entry.size
            if number >= MAX_FILES or left < 0:
                return
            if not entry.isreg() or entry.issparse() or not wanted(entry.name, entry.size):
                continue
            if not packed:
                yield entry.name, Slice(source.path, entry.offset_data, entry.size)
            elif (stream := archive.extractfile(entry)) is not None:
                start = target.tell()
                shutil.copyfileobj(stream, target)
                target.flush()
                yield entry.name, Slice(copy, start, entry.size)
