"""Trees, importance and coefficients of scikit-learn estimators, also behind the steps of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.sandbox.inside.flat import Read, Split, flatten

Entry = dict[str, Any]


def importance(model: Any) -> Entry:
    """Coefficients, importance by impurity, or neither; the names of what the last step sees."""
    steps, last = _steps(model)
    found: Entry = {"kind": "none", "measures": {}, "trees": _count(last), "before": [type(s).__name__ for s in steps]}
    if hasattr(last, "coef_") and np.ndim(last.coef_) in (1, 2):
        found["kind"] = "linear"
        found["measures"] = {"coefficient": np.atleast_2d(np.asarray(last.coef_, dtype=np.float64)).tolist()}
    elif hasattr(last, "feature_importances_"):
        found["kind"] = "trees"
        found["measures"] = {"impurity": np.asarray(last.feature_importances_, dtype=np.float64).tolist()}
    elif found["trees"]:
        # Histogram boosting keeps no importance; its own gains and splits are added up, as LightGBM does.
        found["kind"], found["measures"] = "trees", _histogram_measures(last)
    names = _names(steps)
    return {**found, "names": names} if names else found


def tree(model: Any, number: int, output: int) -> Entry:
    """A tree of a single tree, a forest or a boosting.

    Raises
    ------
    ValueError
        No such tree.
    """
    _, last = _steps(model)
    if not 0 <= number < _count(last):
        raise ValueError(f"no tree {number + 1}")
    if hasattr(last, "tree_"):
        return _grown(last.tree_, output)
    if hasattr(last, "_predictors"):
        round = last._predictors[number]
        return _histogram(round[output if len(round) > 1 else 0].nodes)
    chosen = np.ravel(np.atleast_1d(last.estimators_)[number])
    one = chosen[output if len(chosen) > 1 else 0]
    scale = float(getattr(last, "learning_rate", 1.0)) if len(np.shape(last.estimators_)) == 2 else 1.0
    return _grown(one.tree_, output, scale)


def seen(model: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the last step sees of some rows, shape (n, columns)."""
    for step in _steps(model)[0]:
        rows = step.transform(rows)
    dense = rows.toarray() if hasattr(rows, "toarray") else rows
    return np.asarray(dense, dtype=np.float64)


def _steps(model: Any) -> tuple[list[Any], Any]:
    """The steps before the last one of a pipeline, and the last one."""
    model = getattr(model, "best_estimator_", model)
    steps = [step for _, step in getattr(model, "steps", [("", model)]) if step not in (None, "passthrough")]
    return list(steps[:-1]), steps[-1]


def _count(last: Any) -> int:
    if hasattr(last, "tree_"):
        return 1
    if hasattr(last, "_predictors"):
        return len(last._predictors)
    if hasattr(last, "estimators_features_"):
        return 0  # each tree numbers a choice of columns of its own
    grown = np.ravel(np.asarray(getattr(last, "estimators_", []), dtype=object))
    return len(last.estimators_) if len(grown) and all(hasattr(one, "tree_") for one in grown) else 0


def _names(steps: Sequence[Any]) -> list[str]:
    """Names of what the last step sees, where the steps before it make columns of their own; else empty."""
    if not steps:
        return []
    given = list(getattr(steps[0], "feature_names_in_", [f"x{i}" for i in range(int(steps[0].n_features_in_))]))
    names: Any = None
    for step in steps:
        try:
            names = step.get_feature_names_out(names)
        except (AttributeError, ValueError):
            return []
    return [] if list(names) == given else [str(name) for name in names]


def _grown(tree: Any, output: int, scale: float = 1.0) -> Entry:
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count, dtype=bool))
    values = np.asarray(tree.value, dtype=np.float64)
    flat = values.reshape(len(values), -1)

    def read(node: int) -> Read[int]:
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left < 0:
            return Read(value=scale * float(flat[node, output if flat.shape[1] > 1 else 0]))
        split = Split(
            feature=int(tree.feature[node]), threshold=float(tree.threshold[node]), missing_left=bool(missing[node])
        )
        return Read(split=split, left=left, right=right)

    return flatten(0, read).as_json(single=True)


def _histogram(nodes: Any) -> Entry:
    """Trees of histogram boosting; without categories, which the fixed type list does not let in."""

    def read(node: int) -> Read[int]:
        at = nodes[node]
        if at["is_leaf"]:
            return Read(value=float(at["value"]))
        split = Split(
            feature=int(at["feature_idx"]), threshold=float(at["num_threshold"]),
            missing_left=bool(at["missing_go_to_left"]),
        )  # fmt: skip
        return Read(split=split, left=int(at["left"]), right=int(at["right"]))

    return flatten(0, read).as_json()


def _histogram_measures(last: Any) -> dict[str, list[float]]:
    gain, count = np.zeros(int(last._n_features)), np.zeros(int(last._n_features))
    for round in last._predictors:
        for predictor in round:
            inner = predictor.nodes[predictor.nodes["is_leaf"] == 0]
            np.add.at(gain, inner["feature_idx"], inner["gain"])
            np.add.at(count, inner["feature_idx"], 1)
    return {"gain": gain.tolist(), "split": count.tolist()}
