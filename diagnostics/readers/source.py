"""A file to be read: bytes on disk under a logical name, and the cheap look at its head that sniffing uses."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from diagnostics.types import SourceFile

HEAD_BYTES = 64 * 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file on disk, known to people by `name`.

    Attributes
    ----------
    name : str
        Logical name with folders, "/"-separated, as uploaded or as found in an archive. Never a host path.
    path : Path
        Where the bytes are; may be a content-addressed file without any suffix.
    walked : bool
        Found in a folder or an archive, not named by the user: that it is no log is no news then.
    """

    name: str
    path: Path
    walked: bool = False

    @cached_property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.path.open("rb") as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def encoding(self) -> str:
        """utf-8, a BOM's encoding, or latin-1 where the head is not valid UTF-8."""
        for bom, encoding in _BOMS:
            if self.head.startswith(bom):
                return encoding
        try:
            self.head.decode("utf-8")
        except UnicodeDecodeError as error:
            # A multi-byte character may be cut at the end of the head.
            return "utf-8" if error.start >= len(self.head) - 3 and len(self.head) == HEAD_BYTES else "latin-1"
        return "utf-8"

    @cached_property
    def is_text(self) -> bool:
        """Whether the head looks like text: no NUL byte (unless UTF-16) and few control characters."""
        if self.encoding == "utf-16":
            return True
        control = sum(self.head.count(c) for c in range(32) if c not in (8, 9, 10, 12, 13, 27))
        return b"\x00" not in self.head and control <= len(self.head) // 100

    @cached_property
    def head_text(self) -> str:
        """The head as text ("" for binary files), without BOM."""
        return self.head.decode(self.encoding, errors="replace") if self.is_text else ""

    @property
    def stem(self) -> str:
        """File name without folders and last suffix."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Lower-case last suffix with its dot, or ""."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def folder(self) -> str:
        """Logical folder, "" at the top."""
        parent = str(PurePosixPath(self.name).parent)
        return "" if parent == "." else parent

    def text(self) -> str:
        """The whole file as text."""
        return self.path.read_bytes().decode(self.encoding, errors="replace")

    def described(self, format: str) -> SourceFile:
        """The provenance record for a file read as `format`."""
        return SourceFile(name=self.name, format=format, digest=self.digest, size=self.size)
