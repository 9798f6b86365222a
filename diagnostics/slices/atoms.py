"""Single conditions that are tried on an attribute: values, pairs of values, ranges of one or two sides, missing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.types import Condition, FloatArray

MAX_PAIRED = 12
"""Categories up to which every pair of values is tried as one condition."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Atoms:
    """The conditions on one attribute.

    Attributes
    ----------
    members : tuple of tuple of int
        Codes (fine) of each condition, ascending.
    matrix : ndarray of float, shape (conditions, cells)
        1 where the cell (fine code, or coarse code in combinations) belongs to the condition.
    """

    members: tuple[tuple[int, ...], ...]
    matrix: FloatArray

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def _runs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """First cells, and those after the last, of the runs of neighbouring cells that make up each condition."""
        step = np.diff(np.pad(self.matrix, ((0, 0), (1, 1))), axis=1)
        starts, stops = ([np.flatnonzero(row == side) for row in step] for side in (1, -1))
        # Those of fewer runs than others are filled up with empty ones.
        padded = [np.zeros((max(map(len, starts), default=0), len(self)), dtype=np.int64) for _ in range(2)]
        for cells, filled in zip((starts, stops), padded, strict=True):
            for number, own in enumerate(cells):
                filled[: len(own), number] = own
        return list(zip(*padded, strict=True))

    def summed(self, table: np.ndarray) -> np.ndarray:
        """Rows of a table of shape (cells, width) summed over each condition, shape (conditions, width).

        The same as `matrix @ table`, from running sums: quicker for wide tables of whole numbers.
        """
        running = np.zeros((len(table) + 1, table.shape[1]), dtype=table.dtype)
        np.cumsum(table, axis=0, out=running[1:])
        result = np.zeros((len(self), table.shape[1]), dtype=table.dtype)
        for start, stop in self._runs:
            result += running[stop]
            result -= running[start]
        return result


def alone(attribute: Attribute) -> Atoms:
    """Conditions tried when the attribute stands alone; cells are fine codes."""
    members: list[tuple[int, ...]] = []
    if attribute.kind is Kind.CATEGORY:
        values = [*range(attribute.regular), *_missing(attribute)]
        members += [(v,) for v in values]
        if 3 < len(values) <= MAX_PAIRED:
            members += list(combinations(values, 2))
    else:
        last = attribute.regular - 1
        for cut in range(1, attribute.regular):
            members += [tuple(range(cut)), tuple(range(cut, last + 1))]
        members += [m for m in _ranges(attribute, inner_only=True) if m not in members]
        members += [(v,) for v in _missing(attribute)]
    return Atoms(members=tuple(members), matrix=_matrix(members, attribute.size, None))


def combined(attribute: Attribute) -> Atoms:
    """Conditions tried together with other attributes; cells are coarse codes."""
    members: list[tuple[int, ...]] = []
    if attribute.kind is Kind.CATEGORY:
        members += [(v,) for v in [*range(attribute.regular), *_missing(attribute)]]
    else:
        groups = _groups(attribute)
        members += [tuple(sum(groups[:cut], ())) for cut in range(1, len(groups))]
        members += [tuple(sum(groups[cut:], ())) for cut in range(1, len(groups))]
        members += list(groups[1:-1])
        members += [(v,) for v in _missing(attribute)]
    return Atoms(members=tuple(members), matrix=_matrix(members, attribute.coarse_size, attribute.coarse))


def _missing(attribute: Attribute) -> tuple[int, ...]:
    return () if attribute.missing is None else (attribute.missing,)


def _groups(attribute: Attribute) -> list[tuple[int, ...]]:
    """Fine codes of each coarse bin of a number."""
    coarse = attribute.coarse[: attribute.regular]
    return [tuple(int(c) for c in np.flatnonzero(coarse == g)) for g in range(int(coarse.max()) + 1)]


def _ranges(attribute: Attribute, *, inner_only: bool) -> list[tuple[int, ...]]:
    groups = _groups(attribute)
    first = 1 if inner_only else 0
    stop = len(groups) - 1 if inner_only else len(groups)
    return [tuple(sum(groups[a : b + 1], ())) for a in range(first, stop) for b in range(a, stop)]


def _matrix(members: list[tuple[int, ...]], cells: int, cell_of: np.ndarray | None) -> FloatArray:
    matrix = np.zeros((len(members), cells))
    for row, codes in enumerate(members):
        index = np.array(codes, dtype=np.int64)
        matrix[row, index if cell_of is None else cell_of[index]] = 1.0
    return matrix


def lookup(attribute: Attribute, members: tuple[int, ...]) -> np.ndarray:
    """For each code whether it belongs to a condition; index it with the codes to get the rows."""
    table = np.zeros(attribute.size, dtype=bool)
    table[list(members)] = True
    return table


def conditions(attribute: Attribute, members: tuple[int, ...]) -> tuple[Condition, ...]:
    """The condition in words of columns and values.

    Parameters
    ----------
    attribute : Attribute
    members : tuple of int
        Codes, ascending; of a number a run of neighbouring bins, or the missing code alone.
    """
    name = attribute.name
    if members == _missing(attribute):
        return (Condition(column=name, op="is_null"),)
    if attribute.kind is Kind.CATEGORY:
        values = [None if code == attribute.missing else attribute.values[code] for code in members]
        if len(values) == 1:
            return (Condition(column=name, op="==", value=values[0]),)
        return (Condition(column=name, op="in", value=tuple(values)),)
    found = []
    if members[0] > 0:
        found.append(Condition(column=name, op=">=", value=_shown(attribute, members[0] - 1)))
    if members[-1] < attribute.regular - 1:
        found.append(Condition(column=name, op="<", value=_shown(attribute, members[-1])))
    return tuple(found) or (Condition(column=name, op="not_null"),)


def _shown(attribute: Attribute, cut: int) -> float | int | str:
    value = float(attribute.cuts[cut])
    if attribute.kind is Kind.TIME:
        return str(np.datetime64(round(value * 1e6), "us"))
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
