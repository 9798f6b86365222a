"""The picked prediction set, and which pages can show it."""

from __future__ import annotations

from app import loading, state
from diagnostics.types import Task
from diagnostics.workspace import PredictionsEntry

CLASSES = (Task.BINARY, Task.MULTICLASS, Task.MULTILABEL)
# Pages that show sets of some tasks only; every other page takes any.
TASKS = {
    "confusion": CLASSES,
    "thresholds": CLASSES,
    "regression": (Task.REGRESSION,),
    "ranking": (Task.RANKING,),
    "losses": (*CLASSES, Task.REGRESSION),
    "explanations": (Task.BINARY, Task.MULTICLASS, Task.REGRESSION),
}


def entry() -> PredictionsEntry | None:
    """Return the picked prediction set, else the first of the project; None where there is none."""
    picked = state.selection()
    offered = loading.prediction_sets(picked.project)
    return next((one for one in offered if one.id == picked.predictions), offered[0] if offered else None)


def settle(page: str) -> None:
    """Where the picked set is of another task than the page shows: pick the one picked last among those it can."""
    tasks = TASKS.get(page)
    if tasks is None:
        return
    picked = state.selection()
    fitting = [entry.id for entry in loading.prediction_sets(picked.project) if entry.task in tasks]
    name = f"last_set_{page}"
    if picked.predictions not in fitting and fitting:
        last = state.recall(name)
        state.select(predictions=last if last in fitting else fitting[0])
    state.remember(name, state.selection().predictions)
