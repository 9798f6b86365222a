"""Which models belong to which prediction set: those that came in the same folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from app import loading, state
from app.components import links
from app.i18n import _

if TYPE_CHECKING:
    from diagnostics.types import Predictions
    from diagnostics.workspace import Upload


def sorted_for(models: Sequence[Upload], predictions: Predictions) -> tuple[list[Upload], list[Upload]]:
    """Return the models that may have made a set, those of its folder first, and the models of other sets' folders."""
    own = _folder(predictions.source.name)
    taken = set(_folders().values()) - {own}
    fitting = [model for model in models if _folder(model.name) not in taken]
    others = [model for model in models if _folder(model.name) in taken]
    return sorted(fitting, key=lambda model: _folder(model.name) != own), others


def point(others: Sequence[Upload]) -> None:
    """Draw a way to the sets that have a model of their own."""
    folders, sets = _folders(), loading.prediction_sets(state.selection().project)
    homes = {_folder(model.name) for model in others}
    for entry in [entry for entry in sets if folders[entry.id] in homes][:3]:
        text = _("{set} came with a model: explain that")
        links.to_page(
            "explanations", text.format(set=folders[entry.id].name or entry.name) + " ›",
            choices={"source": "model"}, predictions=entry.id,
        )  # fmt: skip


def _folders() -> dict[str, PurePosixPath]:
    sets = loading.prediction_sets(state.selection().project)
    return {entry.id: _folder(loading.predictions(entry).source.name) for entry in sets}


def _folder(name: str) -> PurePosixPath:
    return PurePosixPath(name).parent
