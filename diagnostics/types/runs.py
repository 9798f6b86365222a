"""What a training run left behind: curves, their splits and the configuration they came with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Split(StrEnum):
    """Which part of the data a number was measured on."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Role(StrEnum):
    """What a logged series is about; rules ask for roles, never for column names."""

    LOSS = "loss"
    LOSS_TERM = "loss_term"
    METRIC = "metric"
    LEARNING_RATE = "learning_rate"
    GRADIENT_NORM = "gradient_norm"
    REWARD = "reward"
    TIMING = "timing"
    SYSTEM = "system"
    OTHER = "other"


class Axis(StrEnum):
    """What the x values of a curve count."""

    STEP = "step"
    EPOCH = "epoch"
    WALL_TIME = "wall_time"
    ROW = "row"


class Setting(StrEnum):
    """How the run learns; train/validation rules only speak about supervised runs."""

    SUPERVISED = "supervised"
    BOOSTING = "boosting"
    REINFORCEMENT = "reinforcement"


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """One logged series of one run, raw: never smoothed, never resampled, NaN and infinity kept.

    Attributes
    ----------
    metric : str
        Canonical name shared by the splits that belong together ("loss", "accuracy", "f1", "map50").
    split : Split or None
        None where the log does not say.
    role : Role
        What the series is about.
    source : str
        The column, key or tag as the file spells it.
    value : ndarray of float, shape (n,)
    step, epoch, wall_time : ndarray of float, shape (n,), or None
        Counters as logged (0- or 1-based as found); wall time in seconds since the Unix epoch, or since the
        start where the log has no date.
    segment : ndarray of int, shape (n,)
        0, 1, 2...: a new number wherever the log was restarted. Points of two segments are never joined.
    greater_is_better : bool or None
        Direction, None where unknown.
    unit : str
        "percent", "fraction", "seconds", "" ...
    """

    metric: str
    split: Split | None
    role: Role
    source: str
    value: FloatArray
    step: FloatArray | None = None
    epoch: FloatArray | None = None
    wall_time: FloatArray | None = None
    segment: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    greater_is_better: bool | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        if len(self.segment) != len(self.value):
            object.__setattr__(self, "segment", np.zeros(len(self.value), dtype=np.int64))
        for name in ("step", "epoch", "wall_time"):
            counter = getattr(self, name)
            if counter is not None and len(counter) != len(self.value):
                raise ValueError(f"{self.source}: {name} has {len(counter)} values, the series has {len(self.value)}")

    def __len__(self) -> int:
        return len(self.value)

    @property
    def axis(self) -> Axis:
        """The finest counter the log gives: step, else epoch, else the row number."""
        if self.step is not None:
            return Axis.STEP
        return Axis.EPOCH if self.epoch is not None else Axis.ROW

    @property
    def x(self) -> FloatArray:
        """Values of `axis`, shape (n,)."""
        if self.step is not None:
            return self.step
        return self.epoch if self.epoch is not None else np.arange(len(self.value), dtype=np.float64)

    def along(self, axis: Axis) -> FloatArray | None:
        """Counter values for the axis asked for, or None where the log has none."""
        if axis is Axis.ROW:
            return np.arange(len(self.value), dtype=np.float64)
        counter: FloatArray | None = getattr(self, axis.value)
        return counter

    def in_segment(self, number: int) -> Curve:
        """The part of the curve that belongs to one segment."""
        return self.where(self.segment == number)

    def where(self, mask: NDArray[np.bool_]) -> Curve:
        """The points a boolean mask of shape (n,) selects."""
        pick = {
            name: None if (counter := getattr(self, name)) is None else counter[mask]
            for name in ("step", "epoch", "wall_time")
        }
        return Curve(
            metric=self.metric, split=self.split, role=self.role, source=self.source, value=self.value[mask],
            segment=self.segment[mask], greater_is_better=self.greater_is_better, unit=self.unit, **pick,
        )  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and numbers; two curves are the same exactly when their digests are."""
        parts = [self.metric, str(self.split), self.role, self.source, self.unit, str(self.greater_is_better)]
        hasher = hashlib.sha256("\x1f".join(parts).encode())
        for array in (self.value, self.step, self.epoch, self.wall_time, self.segment):
            hasher.update(b"\x1e" if array is None else array.tobytes())
        return hasher.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Curve) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that was read: its logical name (as uploaded, with folders), format and content digest."""

    name: str
    format: str
    digest: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One uninterrupted stretch of a log.

    Attributes
    ----------
    number : int
        Value in `Curve.segment`.
    start, stop : float
        First and last value of the run's main counter.
    overlap : float or None
        How far the counter jumped back when this segment began; None for the first.
    """

    number: int
    start: float
    stop: float
    overlap: float | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something the reader noticed; `code` has its sentence in the knowledge files, `params` its numbers."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """One training run.

    Attributes
    ----------
    name : str
    curves : tuple of Curve
    config : mapping
        Flat hyperparameters ("optimizer.lr": 0.001), as found; empty where no config came with it.
    sources : tuple of SourceFile
    segments : tuple of Segment
    setting : Setting
    notes : tuple of Note
    unplaced : tuple of str
        Series the reader could not place; the mapping form asks about them.
    group : str
        Runs of one folder, sweep or seed group share it.
    """

    name: str
    curves: tuple[Curve, ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[SourceFile, ...] = ()
    segments: tuple[Segment, ...] = ()
    setting: Setting = Setting.SUPERVISED
    notes: tuple[Note, ...] = ()
    unplaced: tuple[str, ...] = ()
    group: str = ""

    def curve(self, metric: str, split: Split | None) -> Curve | None:
        """The curve of a metric on a split, or None."""
        return next((c for c in self.curves if c.metric == metric and c.split == split), None)

    def pick(self, *, role: Role | None = None, split: Split | None = None) -> tuple[Curve, ...]:
        """Curves of a role and, when given, of a split, in file order."""
        return tuple(c for c in self.curves if (role is None or c.role is role) and (split is None or c.split is split))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the name, the config and every curve."""
        hasher = hashlib.sha256(self.name.encode())
        for key in sorted(self.config):
            hasher.update(f"{key}={self.config[key]!r}\x1f".encode())
        for curve in self.curves:
            hasher.update(curve.digest.encode())
        return hasher.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Hyperparameters read from a file of their own, to be attached to the run of the same folder."""

    name: str
    values: Mapping[str, Any]
    source: SourceFile
