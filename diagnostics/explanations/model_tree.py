"""A tree of an uploaded model: who goes where, and the boxes that are drawn of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.sandbox import ModelError
from diagnostics.explanations.tree_shape import Node
from diagnostics.types import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelTree:
    """Nodes as arrays of shape (nodes,); 0 is the root.

    Attributes
    ----------
    left, right : ndarray of int
        -1 for a leaf.
    feature : ndarray of int
    threshold : ndarray of float
    strict, missing_left, zero_missing : ndarray of bool
        See `sandbox.inside.flat.Split`.
    members : tuple of (frozenset of float or None)
    value : ndarray of float
        Of leaves.
    single : bool
        Whether the library compares in single precision.
    """

    left: IntArray
    right: IntArray
    feature: IntArray
    threshold: FloatArray
    strict: NDArray[np.bool_]
    missing_left: NDArray[np.bool_]
    zero_missing: NDArray[np.bool_]
    members: tuple[frozenset[float] | None, ...]
    value: FloatArray
    single: bool

    @classmethod
    def read(cls, said: Mapping[str, Any], width: int) -> ModelTree:
        """Take a worker's answer apart.

        Parameters
        ----------
        said : mapping
        width : int
            Columns the tree may ask about.

        Raises
        ------
        ModelError
            "model_tree_broken" where the lists are no tree: another length, a child twice, a column too many.
        """
        try:
            found = cls(
                left=np.asarray(said["left"], dtype=np.int64),
                right=np.asarray(said["right"], dtype=np.int64),
                feature=np.asarray(said["feature"], dtype=np.int64),
                threshold=np.asarray(said["threshold"], dtype=np.float64),
                strict=np.asarray(said["strict"], dtype=bool),
                missing_left=np.asarray(said["missing_left"], dtype=bool),
                zero_missing=np.asarray(said["zero_missing"], dtype=bool),
                members=tuple(None if m is None else frozenset(float(v) for v in m) for m in said["members"]),
                value=np.asarray(said["value"], dtype=np.float64),
                single=bool(said.get("single", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError("model_tree_broken") from error
        found._checked(width)
        return found

    def _checked(self, width: int) -> None:
        count = len(self.left)
        lists = (self.right, self.feature, self.threshold, self.strict, self.missing_left, self.zero_missing,
                 self.members, self.value)  # fmt: skip
        inner = self.left >= 0
        children = np.concatenate([self.left[inner], self.right[inner]]) if count else np.zeros(0)
        fits = (
            count > 0
            and all(len(one) == count for one in lists)
            and bool(np.all((self.right >= 0) == inner))
            # Every node but the root is the child of one before it: so there is no cycle and nothing twice.
            and sorted(children.tolist()) == list(range(1, count))
            and bool(np.all(self.left[inner] > np.flatnonzero(inner)))
            and bool(np.all(self.right[inner] > np.flatnonzero(inner)))
            and bool(np.all((self.feature[inner] >= 0) & (self.feature[inner] < width)))
        )
        if not fits:
            raise ModelError("model_tree_broken")

    def reached(self, seen: FloatArray) -> NDArray[np.bool_]:
        """Which rows pass which node, shape (n, nodes).

        Parameters
        ----------
        seen : ndarray, shape (n, columns)
            What the trees are given, as `Worker.tree` returns it.
        """
        rows = seen.astype(np.float32) if self.single else seen
        passed = np.zeros((len(rows), len(self.left)), dtype=bool)
        passed[:, 0] = True
        for node in np.flatnonzero(self.left >= 0):
            goes_left = self._left(int(node), rows[:, self.feature[node]])
            passed[:, self.left[node]] = passed[:, node] & goes_left
            passed[:, self.right[node]] = passed[:, node] & ~goes_left
        return passed

    def _left(self, node: int, values: NDArray[Any]) -> NDArray[np.bool_]:
        members = self.members[node]
        if members is not None:
            found = np.isin(values, np.fromiter(members, dtype=np.float64))
        else:
            threshold = self.threshold[node].astype(values.dtype)
            found = values < threshold if self.strict[node] else values <= threshold
        missing = np.isnan(values)
        if self.zero_missing[node]:
            missing |= np.abs(values) <= 1e-35
        answer: NDArray[np.bool_] = np.where(missing, self.missing_left[node], found)
        return answer

    def answers(self, seen: FloatArray) -> FloatArray:
        """Value of the leaf of each row, shape (n,)."""
        leaves = np.flatnonzero(self.left < 0)
        found: FloatArray = self.value[leaves[self.reached(seen)[:, leaves].argmax(axis=1)]]
        return found


def boxes(
    tree: ModelTree, passed: NDArray[np.bool_], names: Sequence[str], texts: Mapping[str, Mapping[float, str]], *,
    depth: int,
) -> tuple[Node, ...]:  # fmt: skip
    """Nodes down to a depth, with the rows of the file in each; an inner node's value is the mean over its rows.

    Parameters
    ----------
    tree : ModelTree
    passed : ndarray of bool, shape (n, nodes)
        Of `ModelTree.reached`.
    names : sequence of str
        Of the columns the tree sees.
    texts : mapping of column to mapping of number to text
        For categorical splits.
    depth : int
    """
    n = passed.sum(axis=0)
    leaves = np.flatnonzero(tree.left < 0)
    means = passed.astype(np.float64).T @ tree.value[leaves[passed[:, leaves].argmax(axis=1)]]
    found: list[Node] = []
    places = _places(tree, depth)
    for number, (parent, level, x, shown) in places.items():
        inner = tree.left[number] >= 0
        name = names[int(tree.feature[number])] if shown else ""
        value = means[number] / n[number] if inner and n[number] else tree.value[number]
        found.append(
            Node(
                number=number, parent=parent, depth=level, x=x, feature=name,
                threshold=float(tree.threshold[number]) if inner else float("nan"),
                left_texts=_texts(tree, number, texts.get(name, {})) if shown else (), value=float(value),
                share=float(n[number] / max(1, len(passed))), n=int(n[number]), cut=bool(inner and not shown),
                strict=bool(tree.strict[number]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda node: (node.depth, node.x)))


def _places(tree: ModelTree, depth: int) -> dict[int, tuple[int, int, float, bool]]:
    """Parent, level, place across and whether its children are shown, of each node drawn."""
    order: list[tuple[int, int, int, bool]] = []
    waiting = [(0, -1, 0)]
    while waiting:
        number, parent, level = waiting.pop()
        below = (int(tree.left[number]), int(tree.right[number]))
        shown = below[0] >= 0 and level < depth
        order.append((number, parent, level, shown))
        if shown:
            waiting += [(below[1], number, level + 1), (below[0], number, level + 1)]
    across: dict[int, float] = {}
    for place, number in enumerate(number for number, _, _, shown in order if not shown):
        across[number] = float(place)
    for number, _, _, shown in reversed(order):
        if shown:
            across[number] = (across[int(tree.left[number])] + across[int(tree.right[number])]) / 2
    return {number: (parent, level, across[number], shown) for number, parent, level, shown in order}


def _texts(tree: ModelTree, number: int, texts: Mapping[float, str]) -> tuple[str, ...]:
    members = tree.members[number]
    return () if members is None else tuple(texts.get(v, f"{v:g}") for v in sorted(members))
