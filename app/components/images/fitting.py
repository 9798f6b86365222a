"""Which prediction sets and which models have to do with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.components.explain import model as explain_model
from app.components.explain import store
from diagnostics.exceptions import RunClinicError
from diagnostics.types import Task
from diagnostics.workspace import Upload

if TYPE_CHECKING:
    from diagnostics.explanations.sandbox import ModelDescription

TASKS = (Task.BINARY, Task.MULTICLASS)


def taking_pictures(models: Sequence[Upload]) -> list[Upload] | None:
    """Return the models that take one picture, all where none does; None, with progress drawn, while one is unknown."""
    found = []
    for model in models:
        takes = _takes(model, store.PATIENCE)
        if takes is None:
            explain_model.description(model)
            return None
        if takes:
            found.append(model)
    return found or list(models)


def any_takes_pictures(models: Sequence[Upload], *, patience: float) -> bool | None:
    """Return whether one of some models takes one picture; None while that is not known.

    Parameters
    ----------
    patience : float
        Seconds to wait for each.
    """
    unknown = False
    for model in models:
        takes = _takes(model, patience)
        if takes:
            return True
        unknown |= takes is None
    return None if unknown else False


def _takes(model: Upload, patience: float) -> bool | None:
    job = explain_model.describing(model)
    if not job.wait(patience):
        return None
    return job.result is not None and _is_picture(job.result)


def _is_picture(said: ModelDescription) -> bool:
    from diagnostics.explanations.images.preparing import guess

    try:
        guess(said)
    except RunClinicError:
        return False
    return True
