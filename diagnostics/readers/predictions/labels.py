"""Labels that stand in a second file: which columns name the same rows, what a join would bring, and the join."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as parquet

from diagnostics.exceptions import NeedsAnswer, NotFound
from diagnostics.queries.engine import DuckDB, literal, quote
from diagnostics.queries.identity import as_text
from diagnostics.readers.predictions.answers import answered
from diagnostics.readers.predictions.profile import Profile
from diagnostics.readers.predictions.table import ROW
from diagnostics.readers.predictions.vocabulary import is_identifier
from diagnostics.types import Note, Predictions

TRIED = 4
"""Columns of either file that are tried as the name of a row."""

KEY_SHARE = 0.5
"""Share of different values from which a column of labels may name rows."""

_KEY = "__key__"


@dataclass(frozen=True, kw_only=True)
class LabelMatch:
    """What joining the labels of one file to the answers of another would bring.

    Attributes
    ----------
    key, labels_key : str
        The columns that name a row in the file of answers and in that of labels.
    label : str
        The column that is the truth.
    rows : int
        Rows of the answers.
    matched : int
        Rows that find a label.
    unnamed : int
        Rows without an id.
    missing : int
        Rows whose id the labels do not have, or have without a label.
    unused : int
        Ids of the labels that no row has.
    repeated : int
        Ids that occur more than once among the labels, always with the same label.
    contradicting : int
        Ids with several labels: nobody can say which is true.
    repeated_rows : int
        Ids that occur more than once among the answers; each of their rows gets the label.
    """

    key: str
    labels_key: str
    label: str
    rows: int
    matched: int
    unnamed: int
    missing: int
    unused: int
    repeated: int
    contradicting: int
    repeated_rows: int

    @property
    def share(self) -> float:
        """Part of the rows that find a label; a file of answers has at least one row."""
        return self.matched / self.rows


def suggest(predictions: Predictions, labels: Predictions) -> LabelMatch | None:
    """The pair of columns whose values agree most, found by content; None where no value of any pair agrees."""
    label = truth_column(labels)
    ours, theirs = Profile(predictions.path), Profile(labels.path)
    found = [
        match_labels(predictions, labels, key=key, labels_key=other, label=label or other)
        for key in _keys(ours, predictions) for other in _keys(theirs, labels)
        if other != label and ours.columns[key].numeric == theirs.columns[other].numeric
        and theirs.columns[other].distinct >= KEY_SHARE * theirs.rows
    ]  # fmt: skip
    found = [one for one in found if one.matched]
    return max(found, key=lambda one: _worth(one, predictions, labels), default=None)


def _worth(one: LabelMatch, predictions: Predictions, labels: Predictions) -> tuple[float, ...]:
    """More rows matched, then no doubt about the label, then names that say the same."""
    named = (one.key == predictions.roles.id) + (one.labels_key == labels.roles.id) + (one.key == one.labels_key)
    return (one.matched, -one.contradicting, -one.unused, named)


def _keys(profile: Profile, given: Predictions) -> list[str]:
    """Columns that may name a row, likeliest first: the id, columns called so, then those with the most values."""
    roles = given.roles
    answers = {roles.predicted, roles.score, roles.weight, roles.truth, *roles.probabilities.values()}
    facts = [c for c in profile.columns.values() if c.distinct > 1 and c.kind in ("integer", "text")]
    offered = [c for c in facts if c.name not in answers]
    offered.sort(key=lambda c: (c.name != roles.id, not is_identifier(c.name), -c.distinct))
    return [c.name for c in offered[:TRIED]]


def truth_column(labels: Predictions) -> str | None:
    """The column of a file of labels that is the truth, as far as its reader knows."""
    return labels.roles.truth or labels.roles.predicted


def match_labels(predictions: Predictions, labels: Predictions, *, key: str, labels_key: str, label: str) -> LabelMatch:
    """Count what a join would bring, without joining.

    Raises
    ------
    NotFound
        A column that is not in its file.
    """
    ours, theirs = _side(predictions, key, None), _side(labels, labels_key, label)
    sql = (
        f"WITH a AS (SELECT k, COUNT(*) AS n FROM {ours} GROUP BY k), l AS (SELECT k, COUNT(*) AS n, "
        f"COUNT(DISTINCT v) AS d FROM {theirs} WHERE k IS NOT NULL GROUP BY k) "
        "SELECT SUM(a.n), SUM(CASE WHEN l.d > 0 THEN a.n END), SUM(CASE WHEN a.n IS NOT NULL AND a.k IS NULL THEN a.n "
        "END), COUNT(CASE WHEN a.n IS NULL THEN 1 END), COUNT(CASE WHEN l.n > 1 AND l.d <= 1 THEN 1 END), "
        "COUNT(CASE WHEN l.d > 1 THEN 1 END), COUNT(CASE WHEN a.k IS NOT NULL AND a.n > 1 THEN 1 END) "
        "FROM a FULL JOIN l ON a.k = l.k"
    )
    with closing(DuckDB().alone(predictions.path, labels.path)) as connection:
        found = connection.execute(sql).fetchall()[0]
    rows, matched, unnamed, unused, repeated, contradicting, again = (int(n or 0) for n in found)
    return LabelMatch(
        key=key, labels_key=labels_key, label=label, rows=rows, matched=matched, unnamed=unnamed,
        missing=rows - matched - unnamed, unused=unused, repeated=repeated, contradicting=contradicting,
        repeated_rows=again,
    )  # fmt: skip


def join_labels(
    predictions: Predictions, labels: Predictions, *, key: str, labels_key: str, label: str, target: Path,
    answers: Mapping[str, str] | None = None,
) -> tuple[Predictions, ...]:  # fmt: skip
    """Predictions with the truth from a second file beside them, row by row of the first.

    Parameters
    ----------
    predictions, labels : Predictions
        The answers, and the stored file that holds the labels.
    key, labels_key : str
        Columns that identify a row in either file.
    label : str
        The column of the labels file that is the truth.
    target : Path
        Where the joined Parquet file goes.
    answers : mapping of question code to answer, optional
        What was said about the file of answers before.

    Raises
    ------
    NotFound
        A column that is not in its file.
    NeedsAnswer
        No row finds a label, or an id has several.
    """
    found = match_labels(predictions, labels, key=key, labels_key=labels_key, label=label)
    if found.contradicting:
        raise NeedsAnswer("labels_contradict", n=found.contradicting, column=labels_key, file=labels.source.name)
    if not found.matched:
        raise NeedsAnswer("no_label_matches", column=key, other=labels_key, file=labels.source.name)
    names = parquet.read_schema(predictions.path).names
    column = next(name for name in ("y_true", f"y_true_{label}", f"y_true_{labels.digest}") if name not in names)
    theirs = f"(SELECT k, MIN(v) AS v FROM {_side(labels, labels_key, label)} WHERE k IS NOT NULL GROUP BY k)"
    ours = f"(SELECT *, {_spelled(predictions, key)} AS {_KEY} FROM read_parquet({literal(str(predictions.path))}))"
    joined = (
        f"SELECT p.* EXCLUDE ({_KEY}), l.v AS {quote(column)} FROM {ours} AS p LEFT JOIN {theirs} AS l "
        f"ON p.{_KEY} = l.k ORDER BY p.{quote(ROW)}"
    )
    with closing(DuckDB().alone(predictions.path, labels.path, target)) as connection:
        connection.execute(f"COPY ({joined}) TO {literal(str(target))} (FORMAT PARQUET)")
    note = Note(code="joined", params={"matched": found.matched, "file": labels.source.name})
    told = dict(answers or {}) | {"truth": column}
    if predictions.roles.predicted or predictions.roles.truth:
        told["predicted"] = predictions.roles.predicted or predictions.roles.truth or ""
    source = replace(predictions.source, digest=hashlib.sha256(
        (predictions.source.digest + labels.source.digest + key + labels_key + label).encode()
    ).hexdigest())  # fmt: skip
    moved = replace(predictions, path=target, source=source, notes=(*predictions.notes, note))
    return answered(moved, told)


def _side(given: Predictions, key: str, label: str | None) -> str:
    """SQL of one file as ids `k` and labels `v`."""
    value = "NULL" if label is None else _column(given, label)
    return f"(SELECT {_spelled(given, key)} AS k, {value} AS v FROM read_parquet({literal(str(given.path))}))"


def _spelled(given: Predictions, column: str) -> str:
    """SQL of an id as text: 7 and 7.0 are the same, and blanks around it do not count."""
    _column(given, column)
    return f"NULLIF(TRIM({as_text(column, parquet.read_schema(given.path).field(column).type)}), '')"


def _column(given: Predictions, name: str) -> str:
    if name == ROW or name not in parquet.read_schema(given.path).names:
        raise NotFound("no_such_column", column=name)
    return quote(name)
