"""Columns as small integer codes: quantile bins of numbers, categories, and missing as a value of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from diagnostics.types import FloatArray


class Kind(StrEnum):
    """How the values of an attribute are ordered."""

    CATEGORY = "category"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, kw_only=True, eq=False)
class Attribute:
    """One column, ready for counting.

    Attributes
    ----------
    name : str
        The column, or a derived one such as `length(review)` or `hour(created)`.
    kind : Kind
    codes : ndarray of uint8 or uint16, shape (n,)
        0 .. size - 1. Regular values come first, then `missing` and `other` where they exist.
    size : int
    regular : int
        Number of regular values or fine bins.
    values : tuple
        Category values by code; empty for numbers.
    cuts : ndarray of float, shape (regular - 1,)
        For numbers and times: bin i holds `cuts[i - 1] <= x < cuts[i]`.
    coarse : ndarray of int, shape (size,)
        The coarser code of each code, used for combinations of attributes.
    missing, other : int or None
        Codes of missing values, and of values too rare to be a slice (never part of one).
    """

    name: str
    kind: Kind
    codes: np.ndarray
    size: int
    regular: int
    values: tuple[Any, ...] = ()
    cuts: FloatArray = field(default_factory=lambda: np.zeros(0))
    coarse: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    missing: int | None = None
    other: int | None = None

    @property
    def coarse_size(self) -> int:
        """Number of coarse codes."""
        return int(self.coarse.max()) + 1 if len(self.coarse) else 0

    def taken(self, rows: np.ndarray) -> Attribute:
        """The same attribute on some rows (positions or a mask)."""
        from dataclasses import replace

        return replace(self, codes=self.codes[rows])


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A column that is not sliced by; `reason` has its sentence in the knowledge files."""

    column: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
