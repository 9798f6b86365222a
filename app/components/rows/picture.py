"""Pictures of rows: found among the project's uploads, decoded anew by the engine, shown as inline PNG."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from app import loading, state


def thumbnail(name: object, *, side: int = 128) -> bytes | None:
    """The picture that a row names, as PNG; None where no uploaded file has it."""
    project = state.selection().project
    return loading.thumbnail(project, str(name), side) if name and project else None


def thumbnails(names: Sequence[object]) -> list[str | None] | None:
    """Pictures of a page of rows as data addresses; None where no row has one."""
    found = [thumbnail(name) for name in names]
    if not any(found):
        return None
    return [None if one is None else f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in found]
