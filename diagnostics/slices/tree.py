"""A tree view of the errors: which questions divide the rows into easy and hard ones. For looking, not for testing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diagnostics.slices.atoms import conditions
from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.measuring import measured
from diagnostics.slices.outcome import Outcome
from diagnostics.types import Condition, Slice


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Column:
    """One question a tree may ask: a bin number at most so large, or a category yes or no."""

    attribute: Attribute
    code: int | None
    values: np.ndarray


def error_tree(attributes: Sequence[Attribute], outcome: Outcome, *, min_size: int, max_depth: int = 3) -> Node:
    """Grow a regression tree on the loss.

    Parameters
    ----------
    attributes : sequence of Attribute
    outcome : Outcome
    min_size : int
        Units a leaf needs.
    max_depth : int

    Returns
    -------
    Node
        The root, with all rows.
    """
    from sklearn.tree import DecisionTreeRegressor

    columns = [c for a in attributes for c in _columns(a)]
    everything = np.ones(len(outcome), dtype=bool)
    if not columns:
        return Node(slice=measured(outcome, everything, ()))
    # A split must lower the squared error by as much as two standard errors of noise would, else the tree stops.
    least = 4 * float(outcome.loss.var()) / max(1, len(outcome))
    tree = DecisionTreeRegressor(
        max_depth=max_depth, min_samples_leaf=max(1, min_size), min_impurity_decrease=least, random_state=0
    )
    grown = tree.fit(np.column_stack([c.values for c in columns]), outcome.loss, sample_weight=outcome.weight).tree_
    return _node(0, grown, columns, outcome, everything, ())


def _columns(attribute: Attribute) -> list[_Column]:
    codes = attribute.codes
    if attribute.kind is Kind.CATEGORY:
        named = [*range(attribute.regular), *([] if attribute.missing is None else [attribute.missing])]
        return [_Column(attribute=attribute, code=c, values=(codes == c).astype(np.float32)) for c in named]
    found = [_Column(attribute=attribute, code=None, values=codes.astype(np.float32))]
    if attribute.missing is not None:
        missing = codes == attribute.missing
        found.append(_Column(attribute=attribute, code=attribute.missing, values=missing.astype(np.float32)))
    return found


def _node(
    place: int, grown: object, columns: Sequence[_Column], outcome: Outcome, rows: np.ndarray,
    path: tuple[Condition, ...],
) -> Node:  # fmt: skip
    own = measured(outcome, rows, path)
    left, right = int(grown.children_left[place]), int(grown.children_right[place])  # type: ignore[attr-defined]
    if left < 0:
        return Node(slice=own)
    column = columns[int(grown.feature[place])]  # type: ignore[attr-defined]
    cut = float(grown.threshold[place])  # type: ignore[attr-defined]
    below = column.values <= cut
    low, high = _conditions(column, int(np.floor(cut)))
    gone = _missing(column)
    children = [
        _node(left, grown, columns, outcome, rows & below & ~gone, (*path, *low)),
        _node(right, grown, columns, outcome, rows & ~below & ~gone, (*path, *high)),
    ]
    if (rows & gone).any():
        # A comparison holds for no missing value, so these rows are a branch of their own.
        blank = Condition(column=column.attribute.name, op="is_null")
        children.append(Node(slice=measured(outcome, rows & gone, (*path, blank))))
    sign = -1 if outcome.greater_is_better else 1
    children.sort(key=lambda c: -sign * (c.slice.metric.value or 0.0) if c.slice.metric.value is not None else 0.0)
    return Node(slice=own, children=tuple(children))


def _missing(column: _Column) -> np.ndarray:
    """Rows that neither branch of a question holds: those without a value, unless that is what is asked."""
    attribute = column.attribute
    if attribute.missing is None or column.code == attribute.missing:
        return np.zeros(len(attribute.codes), dtype=bool)
    return np.asarray(attribute.codes == attribute.missing)


def _conditions(column: _Column, cut: int) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions of the branches at or below the cut, and above it."""
    attribute = column.attribute
    if column.code is not None:
        yes = conditions(attribute, (column.code,))[0]
        opposite = {"==": "!=", "is_null": "not_null"}[yes.op]
        return (Condition(column=yes.column, op=opposite, value=yes.value),), (yes,)
    low = conditions(attribute, tuple(range(cut + 1)))
    high = conditions(attribute, tuple(range(cut + 1, attribute.regular)))
    return low, high
