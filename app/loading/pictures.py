"""Pictures that prediction rows name, found in the uploaded files of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app.loading.lists import uploads
from app.loading.store import workspace

if TYPE_CHECKING:
    from diagnostics.readers.pictures import Pictures


def thumbnail(project_id: str, name: str, side: int) -> bytes | None:
    """Return the picture that a row names, small and as PNG, from the project's uploads; None where there is none."""
    files = _files(project_id)
    return _thumbnail(files, name, side) if files else None


def picture(project_id: str, name: str) -> bytes | None:
    """Return the file that a row names as it was uploaded, for decoding only; None where there is none."""
    files = _files(project_id)
    return _pictures(files).bytes_of(name) if files else None


def with_pictures(project_id: str, names: Sequence[str]) -> list[bool]:
    """Return for each name whether a file of that name was uploaded."""
    files = _files(project_id)
    if not files:
        return [False] * len(names)
    known = _pictures(files)
    return [name in known for name in names]


def _files(project_id: str) -> tuple[tuple[str, str], ...]:
    return tuple((upload.id, upload.label) for upload in uploads(project_id) if _may_hold_pictures(upload.label))


def _may_hold_pictures(name: str) -> bool:
    return name.lower().endswith((".zip", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"))


@st.cache_data(show_spinner=False, max_entries=4096)
def _thumbnail(files: tuple[tuple[str, str], ...], name: str, side: int) -> bytes | None:
    return _pictures(files).thumbnail(name, side)


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(files: tuple[tuple[str, str], ...]) -> Pictures:
    from diagnostics.readers import Source
    from diagnostics.readers.pictures import Pictures

    return Pictures([Source(name=label, path=workspace().upload_path(id)) for id, label in files])
