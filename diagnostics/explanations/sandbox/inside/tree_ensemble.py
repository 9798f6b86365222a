"""The operator TreeEnsemble (ai.onnx.ml 5), which keeps inner nodes and leaves in lists of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.sandbox.inside.flat import MAXIMUM_NODES, Read, Split, flatten

Place = tuple[bool, int]
"""Whether it is a leaf, and its place among the leaves or the inner nodes."""

# The numbers of `nodes_modes`: sides swapped, the threshold itself goes right.
_ORDERED = {0: (False, False), 1: (False, True), 2: (True, True), 3: (True, False)}
_EQUAL, _UNEQUAL, _MEMBER = 4, 5, 6


class TreeEnsemble:
    """Trees of one node of the graph.

    Parameters
    ----------
    given : mapping
        Attributes of the node by name, tensors as protobuf.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self._modes = _numbers(given["nodes_modes"]).astype(np.int64)
        self._thresholds = _numbers(given["nodes_splits"]).astype(np.float64)
        self._weights = _numbers(given["leaf_weights"]).astype(np.float64)
        self._roots = [int(root) for root in given["tree_roots"]]

    def splits(self) -> list[float]:
        """Number of splits on each column; nodes whose sides are the same leaf ask nothing."""
        features = self._given["nodes_featureids"]
        counts = [0.0] * (max(features, default=-1) + 1)
        for place, feature in enumerate(features):
            if self._side(place, "true") != self._side(place, "false"):
                counts[feature] += 1
        return counts

    def trees(self, output: int) -> list[int]:
        """Roots in order; where every tree speaks for one output and there are several, only those of the output."""
        speaks = [{self._given["leaf_targetids"][leaf] for leaf in self._leaves(root)} for root in self._roots]
        if len(set().union(*speaks)) < 2 or any(len(some) > 1 for some in speaks):
            return self._roots
        return [root for root, some in zip(self._roots, speaks, strict=True) if output in some]

    def tree(self, number: int, output: int) -> dict[str, Any]:
        """A tree that speaks for one output; leaves of other outputs give it 0.

        Raises
        ------
        ValueError
            No such tree.
        """
        roots = self.trees(output)
        if not 0 <= number < len(roots):
            raise ValueError(f"no tree {number + 1}")
        targets = self._given["leaf_targetids"]
        single = max(targets, default=0) == 0

        def read(at: Place) -> Read[Place]:
            leaf, place = at
            if leaf:
                return Read(value=float(self._weights[place]) if single or targets[place] == output else 0.0)
            yes, no = self._side(place, "true"), self._side(place, "false")
            if yes == no:
                return read(yes)
            split, swapped = self._split(place)
            return Read(split=split, left=no if swapped else yes, right=yes if swapped else no)

        return flatten((False, roots[number]), read).as_json(single=self._given["nodes_splits"].data_type == 1)

    def _split(self, place: int) -> tuple[Split, bool]:
        """What a node asks, and whether its "yes" is the right side."""
        mode, feature = int(self._modes[place]), self._given["nodes_featureids"][place]
        tracks = self._given.get("nodes_missing_value_tracks_true")
        swapped, strict = _ORDERED.get(mode, (mode == _UNEQUAL, False))
        # A missing value is unequal to everything, whatever it tracks: onnxruntime compares first.
        missing_left = bool(tracks[place] if tracks else 0) != swapped and mode != _UNEQUAL
        if mode in _ORDERED:
            threshold = float(self._thresholds[place])
            return Split(feature=feature, threshold=threshold, strict=strict, missing_left=missing_left), swapped
        members = self._members[place] if mode == _MEMBER else [float(self._thresholds[place])]
        return Split(feature=feature, members=members, missing_left=missing_left), swapped

    @cached_property
    def _members(self) -> dict[int, list[float]]:
        """Values of each set, in the order of the nodes that ask for one; NaN ends a set."""
        found: list[list[float]] = [[]]
        for value in _numbers(self._given["membership_values"]) if "membership_values" in self._given else ():
            if math.isnan(value):
                found.append([])
            else:
                found[-1].append(float(value))
        return dict(zip(np.flatnonzero(self._modes == _MEMBER).tolist(), found, strict=False))

    def _side(self, place: int, side: str) -> Place:
        return bool(self._given[f"nodes_{side}leafs"][place]), int(self._given[f"nodes_{side}nodeids"][place])

    def _leaves(self, root: int) -> list[int]:
        found, waiting, steps = [], [(False, root)], 0
        while waiting:
            leaf, place = waiting.pop()
            steps += 1
            if steps > MAXIMUM_NODES:
                raise ValueError(f"a tree of more than {MAXIMUM_NODES} nodes")
            if leaf:
                found.append(place)
            else:
                waiting += [self._side(place, "true"), self._side(place, "false")]
        return found


def _numbers(tensor: Any) -> NDArray[Any]:
    from onnx import numpy_helper

    found: NDArray[Any] = numpy_helper.to_array(tensor)
    return found
