"""Columns that are neither truth nor prediction: keys, splits, texts, images, and the attributes to slice by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diagnostics.queries.engine import quote
from diagnostics.readers.predictions.profile import Column, Profile
from diagnostics.readers.predictions.roles import Found
from diagnostics.readers.predictions.vocabulary import IMAGE, PROBABILITY, SPLIT, TEXT, WEIGHT, is_identifier, tokens
from diagnostics.types import Note, Question, Roles

LONG_TEXT = 30.0
"""Mean characters from which a column of mostly different texts is prose rather than a code."""

MAX_CATEGORIES = 200
"""A text column with more values than this gives slices too small to say anything."""

_IMAGE_NAME = re.compile(r".*\.(png|jpe?g|bmp|gif|tiff?|webp)$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """Roles of the remaining columns, with what is worth asking or saying about them."""

    roles: Roles
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()


def place(profile: Profile, found: Found) -> Leftovers:
    """Give every column without a role one of the lesser roles, or a reason why it is left out."""
    taken = {found.truth, found.predicted, found.score, found.query}
    taken |= set(found.family.members.values()) if found.family else set()
    taken |= {name for o in found.outputs for name in (o.truth, o.predicted, o.score)}
    single: dict[str, str] = {}
    attributes: list[str] = []
    ignored: dict[str, str] = {}
    for column in profile.columns.values():
        if column.name in taken:
            continue
        role = _role(profile, column)
        if role in ("id", "split", "weight", "text", "image") and role not in single:
            single[role] = column.name
        elif role == "attribute" or role == "split":
            attributes.append(column.name)
        else:
            ignored[column.name] = "another_id" if role == "id" else role
    # A name that is also the truth's in other clothes would leak: target-derived columns are asked about, not sliced.
    questions = _questions(profile, single)
    roles = Roles(
        id=single.get("id"), split=single.get("split"), weight=single.get("weight"), text=single.get("text"),
        image=single.get("image"), attributes=tuple(attributes), ignored=ignored,
    )  # fmt: skip
    return Leftovers(roles=roles, questions=questions, notes=_notes(profile, single))


def _role(profile: Profile, column: Column) -> str:
    """The lesser role of a column, or the reason code why it has none."""
    words = set(tokens(column.name))
    if column.distinct <= 1:
        return "constant" if column.missing == 0 else ("empty" if column.distinct == 0 else "attribute")
    if words & {"weights"} or {"sample", "weight"} <= words or column.name.lower() == "peso_amostral":
        return "weight" if column.numeric and (column.low or 0) >= 0 else "attribute"
    if words & SPLIT and column.distinct <= 50:
        return "split"
    if column.kind == "text":
        return _text_role(profile, column, words)
    if is_identifier(column.name) and (column.unique or column.distinct > 0.2 * column.rows):
        return "id" if column.unique else "identifier"
    if column.kind == "integer" and column.unique and (column.high or 0) - (column.low or 0) == column.rows - 1:
        return "row_number"
    if words & (PROBABILITY.keys() - {"p", "margin", "decision", "score"}) and column.numeric:
        return "another_score"
    return "attribute" if column.kind in ("number", "integer", "boolean") else "unsupported_type"


def _text_role(profile: Profile, column: Column, words: set[str]) -> str:
    if words & IMAGE or column.unique:
        name = quote(column.name)
        sample = profile.query(f"SELECT {name} FROM {profile.table} WHERE {name} IS NOT NULL LIMIT 5")
        if sample and all(_IMAGE_NAME.match(str(row[0])) for row in sample):
            return "image"
    if words & TEXT and column.distinct > MAX_CATEGORIES:
        return "text"
    if is_identifier(column.name) and column.unique:
        return "id"
    if column.distinct > MAX_CATEGORIES or column.distinct > 0.5 * column.rows:
        return "text" if column.length >= LONG_TEXT else "too_many_values"
    return "attribute"


def _questions(profile: Profile, single: dict[str, str]) -> tuple[Question, ...]:
    questions = []
    named = [c.name for c in profile.columns.values() if "weight" in tokens(c.name) and c.numeric]
    if named and "weight" not in single and set(tokens(named[0])) & WEIGHT:
        questions.append(Question(code="weight", guess=None, options=tuple(named)))
    return tuple(questions)


def _notes(profile: Profile, single: dict[str, str]) -> tuple[Note, ...]:
    row_like = single.get("id")
    return (Note(code="rows_have_ids", params={"column": row_like}),) if row_like else ()
