"""A decision tree as lists over its nodes: the one form every library's trees are brought into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

MAXIMUM_NODES = 100_000

Reference = TypeVar("Reference")


@dataclass(kw_only=True)
class Split:
    """What an inner node asks; "yes" goes left.

    Attributes
    ----------
    feature : int
        Column of what the tree sees.
    threshold : float
        Values up to it go left; NaN where `members` decide.
    strict : bool
        Whether the threshold itself goes right.
    missing_left : bool
    zero_missing : bool
        Whether a zero counts as missing.
    members : list of float or None
        Values that go left, of a categorical split.
    """

    feature: int
    threshold: float = float("nan")
    strict: bool = False
    missing_left: bool = False
    zero_missing: bool = False
    members: list[float] | None = None


@dataclass
class FlatTree:
    """Nodes in the order they were added; 0 is the root, -1 no child."""

    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    splits: list[Split | None] = field(default_factory=list)

    def as_json(self, **extra: Any) -> dict[str, Any]:
        """For the line to the server."""
        empty = Split(feature=-1)
        splits = [split or empty for split in self.splits]
        return {
            "left": self.left,
            "right": self.right,
            "value": self.value,
            "feature": [s.feature for s in splits],
            "threshold": [s.threshold for s in splits],
            "strict": [s.strict for s in splits],
            "missing_left": [s.missing_left for s in splits],
            "zero_missing": [s.zero_missing for s in splits],
            "members": [s.members for s in splits],
            **extra,
        }


@dataclass(kw_only=True)
class Read(Generic[Reference]):
    """A node as a library has it: a leaf's value, or a split and what its two sides lead to."""

    value: float = float("nan")
    split: Split | None = None
    left: Reference | None = None
    right: Reference | None = None


def flatten(root: Reference, read: Callable[[Reference], Read[Reference]]) -> FlatTree:
    """Walk a library's own tree without recursion, the left side first.

    Raises
    ------
    ValueError
        More than `MAXIMUM_NODES` nodes: a cycle, or a tree nobody could look at.
    """
    tree = FlatTree()
    waiting: list[tuple[Any, int, Sequence[int] | None]] = [(root, -1, None)]
    while waiting:
        reference, parent, side = waiting.pop()
        number = len(tree.value)
        if number >= MAXIMUM_NODES:
            raise ValueError(f"a tree of more than {MAXIMUM_NODES} nodes")
        node = read(reference)
        tree.left.append(-1)
        tree.right.append(-1)
        tree.value.append(node.value)
        tree.splits.append(node.split)
        if side is not None:
            side[parent] = number  # type: ignore[index]
        if node.split is not None:
            waiting.append((node.right, number, tree.right))
            waiting.append((node.left, number, tree.left))
    return tree
