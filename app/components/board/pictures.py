"""Pictures of examples, where the set names them and they were uploaded."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from app import loading
from diagnostics.workspace import PredictionsEntry

SIDE = 720


def of(entry: PredictionsEntry, names: Mapping[str, str]) -> dict[str, str]:
    """Return data URLs of the pictures that were uploaded, by the keys of `names`."""
    found = {key: loading.thumbnail(entry.project, name, SIDE) for key, name in names.items() if name}
    return {
        key: f"data:image/png;base64,{base64.b64encode(content).decode()}" for key, content in found.items() if content
    }
