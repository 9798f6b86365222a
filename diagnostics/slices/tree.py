"""A tree view of the errors: which questions divide the rows into easy and hard ones. For looking, not for testing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from diagnostics.slices.atoms import conditions, lookup
from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.counting import Cancelled, Event, Progress
from diagnostics.slices.measuring import measured
from diagnostics.slices.outcome import Outcome
from diagnostics.types import Condition, FloatArray, Slice


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node of the tree.

    Attributes
    ----------
    slice : Slice
        The rows that reach the node, with all conditions on the way; its p is not adjusted and therefore absent.
    children : tuple of Node
        Two, or three where values are missing, the worst first; none at a leaf.
    """

    slice: Slice
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What divides the rows of a node: its gain, and the codes on its two sides."""

    attribute: int
    gain: float
    low: tuple[int, ...]
    high: tuple[int, ...]


LEAST_GAIN = 4.0
"""Variances of the loss by which a question must lower the squared error: two standard errors of what noise does."""


class _Losses(NamedTuple):
    """What is counted: the losses, and the weights beside them or None."""

    loss: FloatArray
    weight: FloatArray | None
    least: float


def error_tree(
    attributes: Sequence[Attribute], outcome: Outcome, *, min_size: int, max_depth: int = 3,
    progress: Progress | None = None, cancel: Event | None = None,
) -> Node:  # fmt: skip
    """Grow a regression tree on the loss, by the sums of losses of each code: all rows count, none is copied.

    Parameters
    ----------
    attributes : sequence of Attribute
    outcome : Outcome
    min_size : int
        Units a leaf needs.
    max_depth : int
    progress, cancel
        As in `counting.pairs`.

    Returns
    -------
    Node
        The root, with all rows.

    Raises
    ------
    Cancelled
    """
    loss, weight = outcome.loss, outcome.weight
    mean_weight = 1.0 if weight is None else float(weight.mean())
    # The losses times their weights are summed again and again.
    weighed = loss.astype(np.float64, copy=False) if weight is None else loss * weight
    losses = _Losses(weighed, weight, LEAST_GAIN * float(loss.var()) * mean_weight if len(loss) else 0.0)
    grower = _Grower(attributes, outcome, losses, max(1, min_size), progress, cancel, float(2**max_depth - 1))
    return grower.node(np.arange(len(outcome), dtype=np.uint32), (), max_depth)


class _Grower:
    """Divides nodes until nothing is gained."""

    def __init__(
        self, attributes: Sequence[Attribute], outcome: Outcome, losses: _Losses, min_size: int,
        progress: Progress | None, cancel: Event | None, most: float,
    ) -> None:  # fmt: skip
        self._attributes, self._outcome, self._losses, self._min_size = attributes, outcome, losses, min_size
        self._progress, self._cancel, self._most, self._done = progress, cancel, most, 0

    def node(self, rows: np.ndarray, path: tuple[Condition, ...], depth: int) -> Node:
        """The node of some rows (positions), with what grows below it."""
        own = measured(self._outcome, self._mask(rows), path, min_size=self._min_size if path else 0)
        best = self._best(rows) if depth else None
        if best is None:
            return Node(slice=own)
        attribute = self._attributes[best.attribute]
        codes = attribute.codes[rows]
        children = []
        for members in (best.low, best.high):
            inside = lookup(attribute, members)[codes]
            children.append(self.node(rows[inside], (*path, *_conditions(attribute, best, members)), depth - 1))
        gone = rows[codes == attribute.missing] if attribute.missing is not None else rows[:0]
        if len(gone) and attribute.missing not in (*best.low, *best.high):
            # A comparison holds for no missing value, so these rows are a branch of their own.
            blank = (*path, Condition(column=attribute.name, op="is_null"))
            children.append(Node(slice=measured(self._outcome, self._mask(gone), blank, min_size=self._min_size)))
        sign = -1 if self._outcome.greater_is_better else 1
        children.sort(key=lambda c: (c.slice.metric.value is None, -sign * (c.slice.metric.value or 0.0)))
        return Node(slice=own, children=tuple(children))

    def _mask(self, rows: np.ndarray) -> np.ndarray:
        mask = np.zeros(len(self._outcome), dtype=bool)
        mask[rows] = True
        return mask

    def _best(self, rows: np.ndarray) -> _Question | None:
        """The question that lowers the squared error most; None where none does enough."""
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled
        if self._progress is not None:
            self._done += 1
            self._progress(self._done / self._most)
        loss = self._losses.loss[rows]
        weight = None if self._losses.weight is None else self._losses.weight[rows]
        found = [q for i, a in enumerate(self._attributes) for q in self._questions(i, a, rows, loss, weight)]
        best = max(found, key=lambda q: q.gain, default=None)
        return best if best is not None and best.gain > 0 and best.gain >= self._losses.least else None

    def _questions(
        self, number: int, attribute: Attribute, rows: np.ndarray, loss: FloatArray, weight: FloatArray | None
    ) -> list[_Question]:
        """The best cut of a number, the best value of a category, and whether the value is missing."""
        codes, size = attribute.codes[rows], attribute.size
        n = np.bincount(codes, minlength=size)
        mass = n if weight is None else np.bincount(codes, weights=weight, minlength=size)
        total = np.bincount(codes, weights=loss, minlength=size)
        sums = np.stack([n, mass, total]).astype(np.float64)
        regular = tuple(range(attribute.regular))
        missing = () if attribute.missing is None else (attribute.missing,)
        sides: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        everything = tuple(range(size))
        if attribute.kind is Kind.CATEGORY:
            named = (*regular, *missing)
            sides = [(tuple(c for c in everything if c != code), (code,)) for code in named]
        else:
            sides = [(regular[:cut], regular[cut:]) for cut in range(1, attribute.regular)]
            sides += [(regular, missing)] if missing else []
        gains = self._gains(sums, sides)
        best = int(np.argmax(gains)) if len(gains) else -1
        if best < 0 or not np.isfinite(gains[best]):
            return []
        return [_Question(attribute=number, gain=float(gains[best]), low=sides[best][0], high=sides[best][1])]

    def _gains(self, sums: FloatArray, sides: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> FloatArray:
        """How much each division lowers the weighted squared error; -inf where a side has too few units."""
        gains = np.full(len(sides), -np.inf)
        for place, (low, high) in enumerate(sides):
            below, above = sums[:, list(low)].sum(axis=1), sums[:, list(high)].sum(axis=1)
            if min(below[0], above[0]) >= self._min_size and min(below[1], above[1]) > 0:
                both = below + above
                gains[place] = below[2] ** 2 / below[1] + above[2] ** 2 / above[1] - both[2] ** 2 / both[1]
        return gains


def _conditions(attribute: Attribute, question: _Question, members: tuple[int, ...]) -> tuple[Condition, ...]:
    """The condition of one side of a question."""
    yes = conditions(attribute, question.high)
    if members == question.high:
        return yes
    if attribute.kind is not Kind.CATEGORY and question.high != (attribute.missing,):
        return conditions(attribute, members)
    opposite = {"==": "!=", "is_null": "not_null"}[yes[0].op]
    return (Condition(column=yes[0].column, op=opposite, value=yes[0].value),)
