"""Rows and scores in every cell of one attribute, and of every pair of attributes, in one pass over the codes.

Attributes are packed into groups whose joint codes stay small; one histogram over two groups holds the tables of all
pairs across them, so twenty attributes need about fifty histograms instead of a hundred and ninety.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from diagnostics.types import FloatArray

GROUP_CELLS = 128
"""Joint codes of one group; two groups then fit into a processor's second-level cache."""

CHUNK = 1 << 16
"""Rows counted at a time."""


class Cancelled(Exception):
    """The search was asked to stop."""


class Event(Protocol):
    """Anything with `is_set`, such as `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """What is summed over the rows of a slice.

    Attributes
    ----------
    values : ndarray, shape (n,)
        uint8 of 0 and 1 where every row is right or wrong, else float64.
    """

    values: np.ndarray

    @property
    def binary(self) -> bool:
        """Whether the scores are 0 and 1."""
        return bool(self.values.dtype == np.uint8)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """A table of one attribute, shape (size,), or of two, shape (size, other size).

    Attributes
    ----------
    n : ndarray of float
        Rows in each cell.
    total : ndarray of float
        Sum of the scores in each cell.
    """

    n: FloatArray
    total: FloatArray

    def __sub__(self, other: Cells) -> Cells:
        return Cells(n=self.n - other.n, total=self.total - other.total)


def single(codes: np.ndarray, size: int, scores: Scores) -> Cells:
    """Counts of one attribute."""
    if scores.binary:
        # Short integers are quick to make; bincount widens them once.
        key: np.ndarray = codes.astype(np.uint8 if size <= 127 else np.uint32) * 2
        key += scores.values
        joint = np.bincount(key, minlength=2 * size).reshape(size, 2)
        return Cells(n=joint.sum(axis=1).astype(np.float64), total=joint[:, 1].astype(np.float64))
    n = np.bincount(codes, minlength=size).astype(np.float64)
    total = np.bincount(codes, weights=scores.values, minlength=size).astype(np.float64)
    return Cells(n=n, total=total)


def groups_of(sizes: Sequence[int], cells: int = GROUP_CELLS) -> list[list[int]]:
    """Attributes packed so that the product of sizes in a group stays at most `cells` (first fit, largest first)."""
    groups: list[list[int]] = []
    products: list[int] = []
    for number in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        place = next((g for g, p in enumerate(products) if p * sizes[number] <= cells), None)
        if place is None:
            groups.append([number])
            products.append(sizes[number])
        else:
            groups[place].append(number)
            products[place] *= sizes[number]
    return groups


def pairs(
    codes: Sequence[np.ndarray],
    sizes: Sequence[int],
    scores: Scores,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> dict[tuple[int, int], Cells]:
    """Counts of every pair of attributes (i, j) with i < j.

    Parameters
    ----------
    codes : sequence of ndarray of uint8 or uint16, shape (n,)
    sizes : sequence of int
        Number of codes of each attribute.
    scores : Scores
    progress : callable, optional
        Called with the share done, 0 to 1.
    cancel : Event, optional

    Raises
    ------
    Cancelled
    """
    groups = groups_of(sizes)
    products = [int(np.prod([sizes[i] for i in group])) for group in groups]
    blocks = [(a, b) for a in range(len(groups)) for b in range(a, len(groups))]
    blocks = [(a, b) for a, b in blocks if a != b or len(groups[a]) > 1]
    depth = 2 if scores.binary else 1
    counts = {(a, b): np.zeros(products[a] * (1 if a == b else products[b]) * depth, np.int64) for a, b in blocks}
    sums = {} if scores.binary else {key: np.zeros(len(value)) for key, value in counts.items()}
    n = len(scores)
    for start in range(0, n, CHUNK):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        _count_chunk(codes, sizes, groups, products, blocks, scores.values, slice(start, start + CHUNK), counts, sums)
        if progress is not None:
            progress(min(1.0, (start + CHUNK) / n))
    joint = {}
    for key, counted in counts.items():
        if scores.binary:
            table = counted.reshape(-1, 2)
            joint[key] = (table.sum(axis=1).astype(np.float64), table[:, 1].astype(np.float64))
        else:
            joint[key] = (counted.astype(np.float64), sums[key])
    return rolled_up(groups, sizes, joint)


def rolled_up(
    groups: Sequence[Sequence[int]],
    sizes: Sequence[int],
    joint: Mapping[tuple[int, int], tuple[FloatArray, FloatArray]],
) -> dict[tuple[int, int], Cells]:
    """The table of every pair of attributes, out of the joint tables of groups of them.

    Parameters
    ----------
    groups : sequence of sequence of int
        Numbers of the attributes of each group.
    sizes : sequence of int
        Number of codes of each attribute.
    joint : mapping of (group, group) to (n, total)
        Flat, codes of the first group slowest; of a group with itself its own cells.
    """
    tables: dict[tuple[int, int], Cells] = {}
    shapes = [[sizes[i] for i in group] for group in groups]
    digits = [_digits(shape) for shape in shapes]
    for (a, b), (rows, total) in joint.items():
        if a == b:
            tables.update(_inside(groups[a], sizes, rows, total))
        else:
            shape = (int(np.prod(shapes[a])), int(np.prod(shapes[b])))
            tables.update(
                _across(groups[a], groups[b], digits[a], digits[b], rows.reshape(shape), total.reshape(shape))
            )
    return tables


def _count_chunk(
    codes: Sequence[np.ndarray],
    sizes: Sequence[int],
    groups: Sequence[Sequence[int]],
    products: Sequence[int],
    blocks: Sequence[tuple[int, int]],
    scores: np.ndarray,
    rows: slice,
    counts: dict[tuple[int, int], np.ndarray],
    sums: dict[tuple[int, int], FloatArray],
) -> None:
    keys = []
    for group in groups:
        key = codes[group[0]][rows].astype(np.int64)
        for number in group[1:]:
            key *= sizes[number]
            key += codes[number][rows]
        keys.append(key)
    part = scores[rows]
    binary = part.dtype == np.uint8
    # For right-or-wrong scores the score is one more digit of the key: one histogram gives rows and errors.
    last = [key * 2 + part for key in keys] if binary else keys
    buffer = np.empty(len(part), np.int64)
    for a, b in blocks:
        if a == b:
            key = last[a]
        else:
            np.multiply(keys[a], products[b] * (2 if binary else 1), out=buffer)
            key = np.add(buffer, last[b], out=buffer)
        table = counts[a, b]
        table += np.bincount(key, minlength=len(table))
        if not binary:
            sums[a, b] += np.bincount(key, weights=part, minlength=len(table))


def _digits(sizes: Sequence[int]) -> list[FloatArray]:
    """For each attribute of a group the matrix that says which of its codes a joint code has, shape (size, joint)."""
    places = np.indices(sizes).reshape(len(sizes), -1)
    return [(np.arange(size)[:, None] == places[k]).astype(np.float64) for k, size in enumerate(sizes)]


def _across(
    first: Sequence[int],
    second: Sequence[int],
    rows: Sequence[FloatArray],
    columns: Sequence[FloatArray],
    n: FloatArray,
    total: FloatArray,
) -> Iterator[tuple[tuple[int, int], Cells]]:
    """The table of each pair of attributes across two groups, out of the joint table of the groups."""
    for i, row in zip(first, rows, strict=True):
        part, part_total = row @ n, row @ total
        for j, column in zip(second, columns, strict=True):
            pair = Cells(n=part @ column.T, total=part_total @ column.T)
            yield ((i, j), pair) if i < j else ((j, i), Cells(n=pair.n.T, total=pair.total.T))


def _inside(
    group: Sequence[int], sizes: Sequence[int], n: FloatArray, total: FloatArray
) -> Iterator[tuple[tuple[int, int], Cells]]:
    """The table of each pair of attributes within one group."""
    shape = [sizes[i] for i in group]
    n, total = n.reshape(shape), total.reshape(shape)
    for p, i in enumerate(group):
        for q in range(p + 1, len(group)):
            rest = tuple(k for k in range(len(group)) if k not in (p, q))
            j, pair = group[q], Cells(n=n.sum(axis=rest), total=total.sum(axis=rest))
            yield ((i, j), pair) if i < j else ((j, i), Cells(n=pair.n.T, total=pair.total.T))
