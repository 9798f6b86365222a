"""Runs and prediction sets themselves, and what is measured on them, once per content."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from app import access
from app.loading.store import workspace
from diagnostics.types import ConfusionCounts, Predictions, Run

if TYPE_CHECKING:
    from diagnostics.workspace import PredictionsEntry, RunEntry

Measured = TypeVar("Measured")


def run(entry: RunEntry) -> Run:
    """Return a run with its curves, by its list entry; several sessions share it, so leave it unchanged."""
    access.require(access.READ, entry.project)
    return _run(entry.digest, entry.group, _id=entry.id)


@st.cache_resource(show_spinner=False, max_entries=512)
def _run(digest: str, group: str, *, _id: str) -> Run:
    return workspace().run(_id)


def predictions(entry: PredictionsEntry) -> Predictions:
    """Return the handle on a stored prediction set, by its list entry."""
    access.require(access.READ, entry.project)
    return _predictions(entry.id, entry.digest_of_table, entry.name)


@st.cache_resource(show_spinner=False, max_entries=512)
def _predictions(id: str, digest: str, name: str) -> Predictions:
    return workspace().prediction_set(id)


def narrowed(predictions: Predictions, text: str) -> Predictions | None:
    """Return a set narrowed to a slice, given as text; None where it lacks a column, or the text names no slice."""
    with suppress(KeyError, ValueError):
        return measured(_restricted, predictions, text)
    return None


def _restricted(predictions: Predictions, text: str) -> Predictions:
    from diagnostics.queries.narrowing import restricted
    from diagnostics.slices.notation import from_text

    return restricted(predictions, from_text(text))


def confusion(predictions: Predictions) -> ConfusionCounts:
    """Return how often each true class was answered with each class."""
    return _confusion(predictions.digest, _predictions=predictions)


@st.cache_resource(show_spinner=False, max_entries=256)
def _confusion(digest: str, *, _predictions: Predictions) -> ConfusionCounts:
    from diagnostics.queries import confusion as count

    return count(_predictions)


def measured(function: Callable[..., Measured], predictions: Predictions, *arguments: Hashable) -> Measured:
    """Return what an engine function says of a prediction set and some settings; computed once for the content.

    Parameters
    ----------
    function : callable
        Takes the set and the arguments; named at the top of a module. Its results are shared, so leave them unchanged.
    """
    name, part = f"{function.__module__}.{function.__qualname__}", repr(sorted(predictions.part.items()))
    found: Measured = _measured(name, predictions.digest + part, arguments, _function=function, _given=predictions)
    return found


@st.cache_resource(show_spinner=False, max_entries=1024)
def _measured(name: str, digest: str, arguments: tuple[Hashable, ...], *, _function: Any, _given: Predictions) -> Any:
    return _function(_given, *arguments)


def columns(predictions: Predictions) -> list[str]:
    """Return the columns of a prediction set's table, in file order."""
    return measured(_columns, predictions)


def _columns(predictions: Predictions) -> list[str]:
    from diagnostics.queries import default_engine

    engine = default_engine()
    table = engine.arrow(predictions, f"SELECT * FROM {engine.table(predictions)} LIMIT 0")
    return [name for name in table.schema.names if name != "__row__"]
