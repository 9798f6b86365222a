"""A fitted decision tree as boxes that can be drawn: where each node stands, what it asks, whom it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from diagnostics.explanations.encoding import Encoding
from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True)
class Node:
    """One node.

    Attributes
    ----------
    number, parent : int
        -1 is the parent of the root.
    depth : int
    x : float
        Place from left to right, in leaves.
    feature : str
        What it asks about; "" for a leaf.
    threshold : float
        At most goes left.
    left_texts : tuple of str
        Categories that go left, for a categorical feature.
    value : float
        Mean output of its rows.
    share : float
        Part of all rows.
    n : int
    cut : bool
        Whether nodes below it are not shown.
    strict : bool
        Whether the threshold itself goes right.
    """

    number: int
    parent: int
    depth: int
    x: float
    feature: str
    threshold: float
    left_texts: tuple[str, ...]
    value: float
    share: float
    n: int
    cut: bool
    strict: bool = False


def nodes(model: Any, encoding: Encoding, *, depth: int) -> tuple[Node, ...]:
    """Nodes of a scikit-learn tree down to a depth, root first."""
    tree = model.tree_
    found: list[Node] = []
    leaves = 0

    def walk(number: int, parent: int, level: int) -> float:
        nonlocal leaves
        inner = tree.children_left[number] >= 0
        shown = inner and level < depth
        if shown:
            left = walk(int(tree.children_left[number]), number, level + 1)
            right = walk(int(tree.children_right[number]), number, level + 1)
            x = (left + right) / 2
        else:
            x, leaves = float(leaves), leaves + 1
        feature = encoding.features[int(tree.feature[number])] if inner else None
        threshold = float(tree.threshold[number]) if inner else float("nan")
        texts = feature.categories[: int(np.floor(threshold)) + 1] if feature is not None and threshold >= 0 else ()
        found.append(
            Node(
                number=number, parent=parent, depth=level, x=x, feature=feature.name if shown and feature else "",
                threshold=threshold, left_texts=tuple(texts) if shown else (),
                value=float(np.ravel(tree.value[number])[0]), n=int(tree.n_node_samples[number]),
                share=float(tree.n_node_samples[number] / tree.n_node_samples[0]), cut=bool(inner and not shown),
            )
        )  # fmt: skip
        return x

    walk(0, -1, 0)
    return tuple(sorted(found, key=lambda node: (node.depth, node.x)))


def path(model: Any, row: FloatArray) -> tuple[int, ...]:
    """Numbers of the nodes a row passes, root first."""
    reached = model.decision_path(row[None, :])
    return tuple(int(number) for number in reached.indices)
