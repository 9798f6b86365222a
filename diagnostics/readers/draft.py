"""What a reader hands over before names are understood: raw series, not yet paired or segmented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from diagnostics.types import FloatArray, IntArray, Note, Role, Setting, SourceFile, Split


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """One logged series as the file has it.

    Attributes
    ----------
    name : str
        Column, key or tag, verbatim (stripped of padding).
    value : ndarray of float, shape (n,)
        Only the rows where the file has a value; NaN and infinity that were logged stay.
    step, epoch, wall_time : ndarray of float, shape (n,), or None
    row : ndarray of int, shape (n,), or None
        Place of each value in the file (row, line, event); lets restarts be found across sparse series.
    split, metric, role, greater_is_better, unit
        Set only where the *format* says so (a TensorBoard folder "validation", CatBoost's "best_value");
        otherwise the name decides, later, in one place.
    """

    name: str
    value: FloatArray
    step: FloatArray | None = None
    epoch: FloatArray | None = None
    wall_time: FloatArray | None = None
    row: IntArray | None = None
    split: Split | None = None
    metric: str | None = None
    role: Role | None = None
    greater_is_better: bool | None = None
    unit: str = ""

    def take(self, pick: IntArray) -> Series:
        """The points at the positions given, in that order."""

        def of(array: FloatArray | None) -> FloatArray | None:
            return None if array is None else array[pick]

        return replace(
            self, value=self.value[pick], step=of(self.step), epoch=of(self.epoch), wall_time=of(self.wall_time),
            row=None if self.row is None else self.row[pick],
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """Part of a run, from one file; drafts with the same `run` key are joined into one Run.

    Attributes
    ----------
    run : str
        Key of the run, unique within one reading; by default the folder and stem of the file.
    name : str
        What people call it.
    series : tuple of Series
    config : mapping
    source : SourceFile
    setting : Setting
    group : str
    notes : tuple of Note
    extends : str
        Key of a prefix family: of several drafts with the same value only the longest is kept (checkpoints of
        one Hugging Face run).
    """

    run: str
    name: str
    series: tuple[Series, ...]
    source: SourceFile
    config: Mapping[str, Any] = field(default_factory=dict)
    setting: Setting = Setting.SUPERVISED
    group: str = ""
    notes: tuple[Note, ...] = ()
    extends: str = ""
