"""The slice every page is narrowed to: read from the address, applied to the picked prediction set."""

from __future__ import annotations

from app import loading, state
from app.i18n import language
from diagnostics.types import Condition, Predictions
from diagnostics.workspace import PredictionsEntry


def picked(entry: PredictionsEntry) -> Predictions:
    """Return the prediction set of a list entry, narrowed to the active slice where it has the slice's columns."""
    return narrowed(loading.predictions(entry))


def narrowed(predictions: Predictions) -> Predictions:
    """Return the set narrowed to the active slice; the set itself where there is none or it does not fit."""
    text = state.selection().slice
    return (loading.narrowed(predictions, text) if text else None) or predictions


def predicate() -> tuple[Condition, ...]:
    """Return the conditions of the active slice; none where the address names no slice that can be read."""
    from diagnostics.slices.notation import from_text

    try:
        return from_text(state.selection().slice)
    except ValueError:
        return ()


def told(conditions: tuple[Condition, ...]) -> str:
    """Return the conditions as people read them, plain text."""
    from diagnostics.knowledge.conditions import conditions_text

    return conditions_text(conditions, language())


def activate(conditions: tuple[Condition, ...]) -> None:
    """Narrow every page to a slice; an empty one is the whole set."""
    from diagnostics.slices.notation import to_text

    state.select(slice=to_text(conditions))
