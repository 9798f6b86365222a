"""Table columns as one matrix of numbers and back: explainers work on codes, models get what they were trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One input column of a model.

    Attributes
    ----------
    name : str
        Column of the prediction file.
    categories : tuple of str
        Values of a text column, in the order of their codes 0, 1, 2...; empty for a numeric column.
    """

    name: str
    categories: tuple[str, ...] = ()

    @property
    def is_categorical(self) -> bool:
        """Whether the column holds texts."""
        return bool(self.categories)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How columns become a matrix: numbers as they are, texts by code, missing as NaN."""

    features: tuple[Feature, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in matrix order."""
        return tuple(feature.name for feature in self.features)

    @classmethod
    def of(cls, columns: Mapping[str, NDArray[Any]], names: Sequence[str]) -> Encoding:
        """Encoding of some columns as they stand: a column that is not all numbers is categorical.

        Parameters
        ----------
        columns : mapping of name to ndarray of shape (n,)
        names : sequence of str
            Which of them, in the model's order.
        """
        return cls(features=tuple(_feature(name, columns[name]) for name in names))

    def encode(self, columns: Mapping[str, NDArray[Any]]) -> FloatArray:
        """Matrix of shape (n, features); a text the encoding does not know becomes NaN."""
        return np.column_stack([_codes(feature, columns[feature.name]) for feature in self.features])

    def decode(self, matrix: FloatArray) -> dict[str, NDArray[Any]]:
        """Columns by name; codes are rounded to the nearest category."""
        return {feature.name: _values(feature, matrix[:, i]) for i, feature in enumerate(self.features)}

    def shown(self, matrix: FloatArray) -> list[list[str]]:
        """Every cell as people know it, row by row."""
        columns = self.decode(matrix)
        return [
            [
                str(columns[f.name][i]) if f.is_categorical else f"{matrix[i, j]:.6g}"
                for j, f in enumerate(self.features)
            ]
            for i in range(len(matrix))
        ]


def _feature(name: str, values: NDArray[Any]) -> Feature:
    if values.dtype.kind in "biuf":
        return Feature(name=name)
    texts = sorted({str(v) for v in values if not _missing(v)})
    return Feature(name=name, categories=tuple(texts))


def _codes(feature: Feature, values: NDArray[Any]) -> FloatArray:
    if not feature.is_categorical:
        return np.asarray(values, dtype=np.float64)
    codes = {text: float(code) for code, text in enumerate(feature.categories)}
    return np.array([np.nan if _missing(v) else codes.get(str(v), np.nan) for v in values], dtype=np.float64)


def _values(feature: Feature, codes: FloatArray) -> NDArray[Any]:
    if not feature.is_categorical:
        return codes
    last = len(feature.categories) - 1
    return np.array(
        [None if np.isnan(c) else feature.categories[int(np.clip(round(c), 0, last))] for c in codes], dtype=object
    )


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)
