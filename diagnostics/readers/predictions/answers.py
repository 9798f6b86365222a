"""What the user says about a set's questions, applied to the stored table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as parquet

from diagnostics.exceptions import NotFound
from diagnostics.readers.predictions import roles, stacked
from diagnostics.readers.predictions.assembly import assemble
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.table import ROW
from diagnostics.types import Predictions, Question

_OF_THE_FILE = ("duplicate_columns", "no_header", "joined", "percent_signs", "mixed_column")
"""Notes that stay true whatever is answered."""


def shape_key(path: Path) -> str:
    """Digest of a stored table's column names and types: answers are remembered for files of the same shape."""
    schema = parquet.read_schema(path)
    told = "\x1f".join(sorted(f"{name}:{schema.field(name).type}" for name in schema.names if name != ROW))
    return hashlib.sha256(told.encode()).hexdigest()


def answered(predictions: Predictions, answers: Mapping[str, str]) -> tuple[Predictions, ...]:
    """The set (or sets) that a stored table holds once some questions are answered.

    Parameters
    ----------
    predictions : Predictions
        Any set of the table.
    answers : mapping of question code to answer
        "truth", "predicted", "score", "weight": a column, or "" for none; "task": "multiclass" or "regression";
        "positive": a class; "score_kind"; "class_order": classes in the order of the columns, comma-separated;
        "stacked": the column that tells the models apart, or "" for none; "truth_or_predicted"; "repeated_key":
        "rows" or "groups".

    Raises
    ------
    NotFound
        A column that is not in the table.
    """
    profile = Profile(predictions.path)
    for code in ("truth", "predicted", "score", "weight", "stacked"):
        if answers.get(code) and answers[code] not in profile.columns:
            raise NotFound("no_such_column", column=answers[code])
    found = roles.find(profile, answers)
    name = predictions.name.split(" · ")[0]
    sets = assemble(profile, found, name=name, source=predictions.source)
    kept = tuple(note for note in predictions.notes if note.code in _OF_THE_FILE)
    sets = tuple(replace(one, notes=one.notes + kept) for one in sets)
    column = answers.get("stacked")
    if column is None:
        sets = tuple(part for one in sets for part in stacked.split(profile, one))
    elif column:
        sets = tuple(part for one in sets for part in stacked.parts_by(profile, one, column))
    return tuple(replace(one, questions=_open(one.questions, answers)) for one in sets)


def _open(questions: tuple[Question, ...], answers: Mapping[str, str]) -> tuple[Question, ...]:
    return tuple(question for question in questions if question.code not in answers)
