"""What a model answered: a stored table, the roles of its columns, and numbers with their uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from diagnostics.types.runs import Note, SourceFile


class Task(StrEnum):
    """What kind of answer the model gives."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    MULTILABEL = "multilabel"
    REGRESSION = "regression"
    RANKING = "ranking"


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Which column of the stored table plays which part; every name is a column of the Parquet file.

    Attributes
    ----------
    truth, predicted : str or None
        For multilabel these are None and `label_truth`, `label_predicted` and `probabilities` map label to column.
    score : str or None
        Score of the positive class (binary), of the row (ranking).
    score_kind : str
        "probability", "logit", "decision", "percent" or "" where unknown.
    probabilities : mapping of class to column
    positive : str or None
        The positive class of a binary task, as spelled in the truth column.
    id, split, weight, query, text, image : str or None
    attributes : tuple of str
        Columns to slice by.
    ignored : mapping of column to reason code
    """

    truth: str | None = None
    predicted: str | None = None
    score: str | None = None
    score_kind: str = ""
    probabilities: Mapping[str, str] = field(default_factory=dict)
    label_truth: Mapping[str, str] = field(default_factory=dict)
    label_predicted: Mapping[str, str] = field(default_factory=dict)
    positive: str | None = None
    id: str | None = None
    split: str | None = None
    weight: str | None = None
    query: str | None = None
    text: str | None = None
    image: str | None = None
    attributes: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A role the reader is not sure of: the user confirms or chooses; `options` are columns or classes."""

    code: str
    guess: str | None
    options: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """A handle on stored predictions; never the table itself.

    Attributes
    ----------
    name : str
    task : Task
    path : Path
        Parquet file. It has every column of the upload, in file order, plus `__row__` (int64): the 0-based
        position in the uploaded file. For ranking the truth is the relevance and `roles.query` is set.
    roles : Roles
    n_rows : int
    classes : tuple of str
        In the file's own spelling, sorted; empty for regression and ranking.
    digest : str
        SHA-256 of the upload and of the roles.
    source : SourceFile
    part : mapping of column to value
        Set where several models or outputs share one file: this set is the rows where all of them hold.
    predicate : tuple of Condition
        The slice the set is narrowed to (`queries.restricted`); empty for the whole set.
    """

    name: str
    task: Task
    path: Path
    roles: Roles
    n_rows: int
    classes: tuple[str, ...]
    digest: str
    source: SourceFile
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    part: Mapping[str, Any] = field(default_factory=dict)
    predicate: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MetricValue:
    """A measured number, or None with the reason why it is undefined; undefined is never 0.

    Attributes
    ----------
    name : str
        Registered metric name.
    value : float or None
    reason : str
        Code of the reason where value is None, else "".
    low, high : float or None
        95 % interval.
    n : int
        Rows behind it.
    greater_is_better : bool or None
    unit : str
    """

    name: str
    value: float | None
    n: int
    reason: str = ""
    low: float | None = None
    high: float | None = None
    greater_is_better: bool | None = None
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition of a slice: `column op value`.

    Operators: == != < <= > >= in not_in between is_null not_null; `between` includes both ends; comparisons are
    false where the value is missing.
    """

    column: str
    op: str
    value: Any = None


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A subgroup of rows (all conditions hold) and how it fares.

    Attributes
    ----------
    predicate : tuple of Condition
    n : int
    metric : MetricValue
    rest : MetricValue
        The same metric on all other rows.
    delta, delta_low, delta_high : float or None
        metric - rest with its 95 % interval, shrunk for selection where `shrunk`.
    adjusted_p : float or None
        Adjusted for everything that was tried.
    share_of_loss : float or None
        Part of the total loss (or errors) that falls into the slice, 0 to 1.
    """

    predicate: tuple[Condition, ...]
    n: int
    metric: MetricValue
    rest: MetricValue
    delta: float | None
    delta_low: float | None = None
    delta_high: float | None = None
    adjusted_p: float | None = None
    share_of_loss: float | None = None
    shrunk: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
