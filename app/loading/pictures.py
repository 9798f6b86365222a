"""Pictures that prediction rows name, found in the uploaded files of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.loading.lists import uploads
from app.loading.store import workspace

if TYPE_CHECKING:
    from diagnostics.readers.pictures import Pictures


def thumbnail(project_id: str, name: str, side: int) -> bytes | None:
    """Return the picture that a row names, small and as PNG, from the project's uploads; None where there is none."""
    files = tuple((upload.id, upload.label) for upload in uploads(project_id) if _may_hold_pictures(upload.label))
    return _thumbnail(files, name, side) if files else None


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
