"""How much the workspace takes in: byte caps for a file, a project and the whole store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diagnostics.exceptions import TooLarge

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Byte caps; None is no cap.

    Attributes
    ----------
    file_bytes : int or None
        One uploaded file.
    project_bytes : int or None
        All live uploads of a project.
    total_bytes : int or None
        All live uploads.
    """

    file_bytes: int | None = 4 * GIB
    project_bytes: int | None = None
    total_bytes: int | None = None

    def check_file(self, name: str, size: int) -> None:
        """Raise `TooLarge` where one file has more bytes than allowed."""
        if self.file_bytes is not None and size > self.file_bytes:
            raise TooLarge("file_over_limit", file=name, remedy="smaller_file", **_facts(size, self.file_bytes))

    def check_room(self, name: str, size: int, *, in_project: int, in_all: int) -> None:
        """Raise `TooLarge` where a file of `size` bytes does not fit beside what is stored already."""
        if self.project_bytes is not None and in_project + size > self.project_bytes:
            raise TooLarge("project_full", file=name, remedy="delete_files", **_facts(size, self.project_bytes))
        if self.total_bytes is not None and in_all + size > self.total_bytes:
            raise TooLarge("workspace_full", file=name, remedy="delete_files", **_facts(size, self.total_bytes))


def _facts(size: int, limit: int) -> dict[str, Any]:
    """What fills the sentence: bytes, and megabytes as people read them."""
    return {"size": size, "limit": limit, "size_mb": size / MIB, "limit_mb": limit / MIB}
