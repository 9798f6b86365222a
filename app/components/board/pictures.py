"""Pictures of examples, where the set names them and they were uploaded."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from app import loading
from diagnostics.workspace import PredictionsEntry

LARGE, SMALL = 720, 96
"""Longest side in pixels: alone on the page, and on a card."""


def of(entry: PredictionsEntry, names: Mapping[str, str], side: int = LARGE) -> dict[str, str]:
    """Return data URLs of the pictures that were uploaded, by the keys of `names`."""
    found = {key: loading.thumbnail(entry.project, name, side) for key, name in names.items() if name}
    return {
        key: f"data:image/png;base64,{base64.b64encode(content).decode()}" for key, content in found.items() if content
    }
