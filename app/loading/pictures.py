"""Pictures that prediction rows name, found in the uploaded files of a project."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from app.loading.lists import uploads
from app.loading.store import workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from diagnostics.readers.pictures import Pictures


def thumbnail(project_id: str, name: str, side: int) -> bytes | None:
    """Return the picture that a row names, small and as PNG, from the project's uploads; None where there is none."""
    files = _files(project_id)
    return _thumbnail(files, name, side) if files else None


def pictures(project_id: str) -> tuple[str, Pictures] | None:
    """Return the pictures of a project, to be decoded by the engine, with a key of their content; None for none."""
    files = _files(project_id)
    return (hashlib.sha256(repr(files).encode()).hexdigest(), _pictures(files)) if files else None


def pixels(project_id: str, name: str) -> NDArray[np.uint8] | None:
    """Return the picture that a row names as an array (height, width, 3), to be left unchanged; None for none."""
    files = _files(project_id)
    return _pixels(files, name) if files else None


@st.cache_resource(show_spinner=False, max_entries=32)
def _pixels(files: tuple[tuple[str, str], ...], name: str) -> NDArray[np.uint8] | None:
    from diagnostics.readers.pictures import pixels

    content = _pictures(files).bytes_of(name)
    return None if content is None else pixels(content)


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
