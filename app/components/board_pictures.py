"""Pictures of examples, where the set names them and they were uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from app import loading
from diagnostics.catalogue.pictures import ENDINGS
from diagnostics.workspace import PredictionsEntry


def of(entry: PredictionsEntry, names: Mapping[str, str]) -> dict[str, str]:
    """Return data URLs of the pictures that were uploaded, by the keys of `names`."""
    wanted = {key: name for key, name in names.items() if PurePosixPath(name).suffix.lower() in ENDINGS}
    found = {key: loading.picture(entry.project, name) for key, name in wanted.items()}
    return {key: url for key, url in found.items() if url}
