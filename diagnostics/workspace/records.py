"""What the workspace hands out: frozen rows, free of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from diagnostics.exceptions import UnreadableFile
from diagnostics.types import Note, Setting, SourceFile, Split, Task


class UploadState(StrEnum):
    """What became of an uploaded file."""

    RECEIVED = "received"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project: the id is the slug in URLs."""

    id: str
    name: str
    demo: bool
    settings: Mapping[str, Any]
    version: int
    created: datetime
    updated: datetime
    deleted: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it came in.

    Attributes
    ----------
    name : str
        As uploaded, with folders.
    label : str
        What readers and error messages call it: `name`, behind a folder of our own where the name came twice.
    failures : tuple of UnreadableFile
        Why the file, or parts of an archive, could not be read; ready for `knowledge.error_text`.
    """

    id: str
    project: str
    name: str
    label: str
    digest: str
    size: int
    state: UploadState
    failures: tuple[UnreadableFile, ...]
    version: int
    created: datetime
    deleted: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the file was read or refused, not merely stored."""
        return self.state is not UploadState.RECEIVED


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """At most 60 values of one curve, every extreme kept; None where the log has NaN or infinity."""

    metric: str
    split: Split | None
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a list of runs shows without opening them.

    Attributes
    ----------
    sparklines : tuple of Sparkline
        The loss on training and validation where logged, else the first curve of a metric.
    metrics : tuple of str
    splits : tuple of Split
    n_points : int
        Of the longest curve.
    n_segments : int
    last_epoch, last_step : float or None
    first_time, last_time : float or None
        Wall time as logged.
    """

    sparklines: tuple[Sparkline, ...] = ()
    metrics: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ()
    n_points: int = 0
    n_segments: int = 1
    last_epoch: float | None = None
    last_step: float | None = None
    first_time: float | None = None
    last_time: float | None = None


@dataclass(frozen=True, kw_only=True)
class RunEntry:
    """A run in the list; `digest` equals the digest of the `Run` that `Workspace.run` returns."""

    id: str
    project: str
    name: str
    original_name: str
    group: str
    setting: Setting
    n_curves: int
    summary: RunSummary
    notes: tuple[Note, ...]
    unplaced: tuple[str, ...]
    sources: tuple[SourceFile, ...]
    uploads: tuple[str, ...]
    digest: str
    version: int
    created: datetime
    updated: datetime
    deleted: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PredictionsEntry:
    """A prediction set in the list; `Workspace.prediction_set` gives the `Predictions`."""

    id: str
    project: str
    name: str
    task: Task
    n_rows: int
    n_questions: int
    answered: bool
    uploads: tuple[str, ...]
    digest: str
    version: int
    created: datetime
    updated: datetime
    deleted: datetime | None = None
    measured: str = ""

    @property
    def digest_of_table(self) -> str:
        """Digest of the set with the columns that were measured on its pictures; changes when they are."""
        return f"{self.digest}+{self.measured[:12]}" if self.measured else self.digest


@dataclass(frozen=True, kw_only=True)
class IngestResult:
    """What an ingest changed.

    Attributes
    ----------
    runs, predictions : tuple of str
        Ids of what was added or changed.
    failures : tuple of UnreadableFile
        Of the files given.
    ignored : tuple of UnreadableFile
        Files of a folder or archive that are something else.
    """

    runs: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    failures: tuple[UnreadableFile, ...] = field(default=())
    ignored: tuple[UnreadableFile, ...] = field(default=())


def moment(seconds: float | None) -> datetime | None:
    """A stored time as UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
