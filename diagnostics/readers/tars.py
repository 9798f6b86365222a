"""Tar archives opened so that no header of theirs can fill the memory."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Literal

LARGEST_HEADER = 1 << 20
"""Bytes of names and attributes of one member; tarfile reads all of them at once."""

_EXTENDED = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip


class _Member(tarfile.TarInfo):
    """A member whose headers are bounded; `_proc_member` is where tarfile lets subclasses in."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _EXTENDED and self.size > LARGEST_HEADER:
            raise tarfile.ReadError(f"a header of {self.size} bytes")
        if self.type == tarfile.GNUTYPE_SPARSE:
            raise tarfile.ReadError("a sparse member")
        found: tarfile.TarInfo = super()._proc_member(archive)  # type: ignore[misc]
        return found

    def _proc_gnusparse_10(self, *_: object) -> None:
        raise tarfile.ReadError("a sparse member")


def open_tar(path: Path, mode: Literal["r|*", "r|gz", "r:"]) -> tarfile.TarFile:
    """Open an archive for reading.

    Raises
    ------
    tarfile.TarError
        Also while it is read: a header larger than `LARGEST_HEADER`, or a member with holes, whose map has no bound.
    """
    return tarfile.open(path, mode, tarinfo=_Member)
