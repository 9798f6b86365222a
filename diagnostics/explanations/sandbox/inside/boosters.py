"""Trees and importance of XGBoost, LightGBM and CatBoost, as their own libraries keep them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from diagnostics.explanations.sandbox.inside.flat import FlatTree, Read, Split, flatten

Entry = dict[str, Any]


def xgboost_importance(booster: Any) -> Entry:
    """Gain, cover and number of splits; the weights of a linear booster."""
    names = booster.feature_names or [f"f{i}" for i in range(int(booster.num_features()))]
    if _xgboost_parts(booster).get("name") == "gblinear":
        scores = booster.get_score(importance_type="weight")
        rows = [scores.get(name, 0.0) for name in names]
        by_output = np.asarray(rows, dtype=np.float64).reshape(len(names), -1).T
        return {"kind": "linear", "measures": {"coefficient": by_output.tolist()}}
    found: dict[str, list[float]] = {}
    for measure in ("gain", "total_gain", "cover", "weight"):
        scores = booster.get_score(importance_type=measure)
        found[measure] = [float(scores.get(name, 0.0)) for name in names]
    trees, outputs = _xgboost_trees(booster)
    return {"kind": "trees", "measures": found, "trees": len(trees) // outputs if outputs else 0}


def xgboost_tree(booster: Any, number: int, output: int) -> Entry:
    """A tree of one output; categories that XGBoost sends right go left here, with the sides swapped."""
    trees, outputs = _xgboost_trees(booster)
    tree = trees[_place(len(trees), outputs, number, output)]
    members = _xgboost_members(tree)

    def read(node: int) -> Read[int]:
        if tree["left_children"][node] < 0:
            return Read(value=float(tree["split_conditions"][node]))
        split = Split(
            feature=int(tree["split_indices"][node]), threshold=float(tree["split_conditions"][node]), strict=True,
            missing_left=bool(tree["default_left"][node]),
        )  # fmt: skip
        left, right = int(tree["left_children"][node]), int(tree["right_children"][node])
        if node in members:
            split = Split(feature=split.feature, members=members[node], missing_left=not split.missing_left)
            left, right = right, left
        return Read(split=split, left=left, right=right)

    return flatten(0, read).as_json(single=True)


def _xgboost_parts(booster: Any) -> Entry:
    parts: Entry = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]
    return parts


def _xgboost_trees(booster: Any) -> tuple[list[Entry], int]:
    parts = _xgboost_parts(booster)
    model = parts.get("gbtree", parts)["model"]
    return model["trees"], max(model.get("tree_info") or [0]) + 1


def _xgboost_members(tree: Entry) -> dict[int, list[float]]:
    segments = zip(
        tree.get("categories_nodes", ()), tree.get("categories_segments", ()), tree.get("categories_sizes", ()),
        strict=True,
    )  # fmt: skip
    return {int(node): [float(c) for c in tree["categories"][start : start + size]] for node, start, size in segments}


def lightgbm_importance(booster: Any) -> Entry:
    """Number of splits and total gain."""
    found = {kind: [float(v) for v in booster.feature_importance(kind)] for kind in ("gain", "split")}
    outputs = int(booster.num_model_per_iteration())
    return {"kind": "trees", "measures": found, "trees": int(booster.num_trees()) // outputs}


def lightgbm_tree(booster: Any, number: int, output: int) -> Entry:
    """A tree of one output."""
    outputs = int(booster.num_model_per_iteration())
    _place(int(booster.num_trees()), outputs, number, output)
    dumped = booster.dump_model(start_iteration=number, num_iteration=1)["tree_info"]
    root = dumped[output if outputs > 1 else 0]["tree_structure"]
    return flatten(root, _lightgbm_node).as_json()


def _lightgbm_node(node: Entry) -> Read[Entry]:
    if "left_child" not in node:
        return Read(value=float(node.get("leaf_value", 0.0)))
    feature, kind = int(node["split_feature"]), node.get("missing_type", "None")
    if node["decision_type"] == "==":
        members = [float(text) for text in str(node["threshold"]).split("||")]
        split = Split(feature=feature, members=members)
    else:
        threshold = float(node["threshold"])
        # Without missing values in training LightGBM takes a missing one for zero.
        missing_left = bool(node["default_left"]) if kind != "None" else threshold >= 0
        split = Split(feature=feature, threshold=threshold, missing_left=missing_left, zero_missing=kind == "Zero")
    return Read(split=split, left=node["left_child"], right=node["right_child"])


def catboost_importance(model: Any) -> Entry:
    """Change of the prediction on average when the feature changes, of 100 in all."""
    values = model.get_feature_importance(type="PredictionValuesChange", thread_count=1)
    return {
        "kind": "trees",
        "measures": {"prediction_values_change": [float(v) for v in values]},
        "trees": int(model.tree_count_),
    }


def catboost_tree(model: Any, number: int, output: int) -> Entry:
    """A tree; a symmetric one asks the same on a whole level, the first question at the root."""
    _place(int(model.tree_count_), 1, number, 0)
    splits = [_catboost_split(text, model) for text in model._get_tree_splits(number, None)]
    leaves = _catboost_leaves(model, number, output)
    if model._object._is_oblivious():
        return _symmetric(splits, leaves).as_json(single=True)
    steps, below = model._get_tree_step_nodes(number), model._get_tree_node_to_leaf(number)

    def read(reference: tuple[int, bool]) -> Read[tuple[int, bool]]:
        node, is_leaf = reference
        left, right = steps[node]
        if is_leaf or (not left and not right):
            return Read(value=leaves[below[node]])
        # A side without a step ends here, in the leaf of this node.
        return Read(split=splits[node], left=(node + left, not left), right=(node + right, not right))

    return flatten((0, False), read).as_json(single=True)


def _symmetric(splits: Sequence[Split], leaves: Sequence[float]) -> FlatTree:
    def read(reference: tuple[int, int]) -> Read[tuple[int, int]]:
        depth, index = reference
        if depth == len(splits):
            return Read(value=leaves[index])
        return Read(split=splits[depth], left=(depth + 1, index), right=(depth + 1, index | 1 << depth))

    return flatten((0, 0), read)


def _catboost_split(text: str, model: Any) -> Split:
    """Read "3, bin=-0.770569": the border is printed short, so the nearest one the model keeps is taken."""
    feature, _, rest = text.partition(", bin=")
    if not rest:
        raise ValueError(f"a split that is not on a number: {text[:60]}")
    printed = float(rest)
    borders = model.get_borders().get(int(feature)) or [printed]
    # A missing value is below every border unless the training said otherwise.
    missing_left = model.get_all_params().get("nan_mode", "Min") != "Max"
    threshold = min((float(b) for b in borders), key=lambda b: abs(b - printed))
    return Split(feature=int(feature), threshold=threshold, missing_left=missing_left)


def _catboost_leaves(model: Any, number: int, output: int) -> list[float]:
    counts = [int(count) for count in model.get_tree_leaf_counts()]
    values = model.get_leaf_values()
    width = max(1, len(values) // max(1, sum(counts)))
    start = sum(counts[:number]) * width + (output if width > 1 else 0)
    return [float(v) for v in values[start : start + counts[number] * width : width]]


def _place(trees: int, outputs: int, number: int, output: int) -> int:
    """Place of a tree where the trees of several outputs alternate."""
    place = number * outputs + (output if outputs > 1 else 0)
    if number < 0 or place >= trees:
        raise ValueError(f"no tree {number + 1}")
    return place
