"""Several models or outputs under each other in one table: told apart where the keys prove it, asked otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from diagnostics.queries.engine import literal, quote
from diagnostics.readers.predictions.assembly import identity
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.vocabulary import STACK, is_identifier, tokens
from diagnostics.types import Predictions, Question

MAX_PARTS = 50


def split(profile: Profile, predictions: Predictions) -> tuple[Predictions, ...]:
    """The set itself, or one set for each model that shares the table.

    Rows of one key that repeat, and are told apart by a column of few values, are the same examples answered
    several times. A column named for a model does the same where the table has no key; both are confirmed by the
    user.
    """
    if predictions.roles.query or predictions.roles.label_truth:
        return (predictions,)
    columns = profile.columns
    named = [c for c in columns if set(tokens(c)) & STACK and 1 < columns[c].distinct <= MAX_PARTS]
    keys = [c for c in columns if is_identifier(c) and c not in named and columns[c].distinct > MAX_PARTS]
    unique = [c for c in keys if columns[c].unique]
    if unique and not any(profile.unique_within([c]) is False for c in unique[:1]):
        return (predictions,)
    repeated = [c for c in keys if c not in unique]
    for column in named:
        if repeated and profile.unique_within([repeated[0], column]):
            return _parts(profile, predictions, column, sure=True)
    if named and not keys and set(tokens(named[0])) & {"id", "name"}:
        return _parts(profile, predictions, named[0], sure=False)
    few = [c.name for c in columns.values() if 1 < c.distinct <= MAX_PARTS and c.name not in named and not c.numeric]
    for column in few if repeated else ():
        # Only names that could be an output or a task; an attribute does not make keys unique by accident.
        if column in predictions.roles.attributes and profile.unique_within([repeated[0], column]):
            question = Question(code="stacked", guess=column, options=(column, ""), params={"key": repeated[0]})
            return (replace(predictions, questions=(*_others(predictions), question)),)
    if named:
        question = Question(code="stacked", guess=None, options=(*named, ""))
        return (replace(predictions, questions=(*_others(predictions), question)),)
    return (predictions,)


def _others(predictions: Predictions) -> tuple[Question, ...]:
    """Questions besides what a repeated key names: keys repeat where several models answer the same rows."""
    return tuple(question for question in predictions.questions if question.code != "repeated_key")


def parts_by(profile: Profile, predictions: Predictions, column: str) -> tuple[Predictions, ...]:
    """The sets a confirmed column divides the table into."""
    return _parts(profile, predictions, column, sure=True)


def _parts(profile: Profile, predictions: Predictions, column: str, *, sure: bool) -> tuple[Predictions, ...]:
    key = quote(column)
    counts = profile.query(f"SELECT {key}, COUNT(*) FROM {profile.table} GROUP BY {key} ORDER BY {key}")
    roles = replace(
        predictions.roles, attributes=tuple(a for a in predictions.roles.attributes if a != column),
        ignored={**predictions.roles.ignored, column: "stacked"},
    )  # fmt: skip
    question = () if sure else (Question(code="stacked", guess=column, options=(column, "")),)
    sets: list[Predictions] = []
    for value, _ in counts:
        part: dict[str, Any] = {column: value}
        rows = profile.query(
            f"SELECT COUNT(*) FROM {profile.table} WHERE {key} {'IS NULL' if value is None else '= ' + literal(value)}"
        )[0][0]
        sets.append(
            replace(
                predictions, name=f"{predictions.name} · {column} {value}", roles=roles, part=part, n_rows=int(rows),
                digest=identity(predictions.source, roles, predictions.task, part),
                questions=_others(predictions) + question,
            )
        )  # fmt: skip
    return tuple(sets)
