"""Trees and coefficients of the classical operators in an ONNX graph (domain ai.onnx.ml)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from diagnostics.explanations.sandbox.inside import tree_ensemble
from diagnostics.explanations.sandbox.inside.flat import Read, Split, flatten

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Entry = dict[str, Any]
TREES = ("TreeEnsembleClassifier", "TreeEnsembleRegressor")
NEWER = "TreeEnsemble"
LINEAR = ("LinearClassifier", "LinearRegressor")
# What may stand before a tree or a plane without mixing its columns, and whether it changes their unit.
_COLUMNWISE = {"Identity": False, "Cast": False, "Concat": False, "Scaler": True, "Imputer": True, "Normalizer": True}
# Comparison of a node: sides swapped, the threshold itself goes right.
_MODES = {
    "BRANCH_LEQ": (False, False), "BRANCH_LT": (False, True), "BRANCH_GT": (True, False), "BRANCH_GTE": (True, True),
    "BRANCH_EQ": (False, False), "BRANCH_NEQ": (True, False),
}  # fmt: skip


def importance(model: ModelProto) -> Entry:
    """Number of splits on each column, or coefficients; "none" for everything else."""
    node = _node(model)
    if node is None:
        return {"kind": "none", "measures": {}, "trees": 0}
    given = _attributes(node)
    before = _before(model, node)
    if node.op_type in LINEAR:
        outputs = max(1, len(given.get("intercepts", ())) or int(given.get("targets", 1)))
        flat = list(given.get("coefficients", ()))
        width = len(flat) // outputs
        rows = [flat[i * width : (i + 1) * width] for i in range(outputs)]
        return {"kind": "linear", "measures": {"coefficient": rows}, "trees": 0, "before": before}
    if node.op_type == NEWER:
        ensemble = tree_ensemble.TreeEnsemble(given)
        return {
            "kind": "trees", "measures": {"split": ensemble.splits()}, "trees": len(ensemble.trees(0)), "before": before
        }  # fmt: skip
    counts = [0.0] * (max(given["nodes_featureids"], default=-1) + 1)
    for mode, feature in zip(given["nodes_modes"], given["nodes_featureids"], strict=True):
        if mode != "LEAF":
            counts[feature] += 1
    return {"kind": "trees", "measures": {"split": counts}, "trees": len(_ids(given, 0)), "before": before}


def tree(model: ModelProto, number: int, output: int) -> Entry:
    """A tree that speaks for one output.

    Raises
    ------
    ValueError
        No such tree.
    """
    node = _node(model)
    given = _attributes(node) if node is not None else {}
    if node is not None and node.op_type == NEWER:
        return tree_ensemble.TreeEnsemble(given).tree(number, output)
    ids = _ids(given, output) if node is not None and node.op_type in TREES else []
    if not 0 <= number < len(ids):
        raise ValueError(f"no tree {number + 1}")
    wanted = ids[number]
    places = {
        given["nodes_nodeids"][i]: i for i, tree_id in enumerate(given["nodes_treeids"]) if tree_id == wanted
    }  # fmt: skip
    leaves = _leaves(given, wanted, output)

    def read(node_id: int) -> Read[int]:
        at = places[node_id]
        mode = given["nodes_modes"][at]
        if mode == "LEAF":
            return Read(value=leaves.get(node_id, 0.0))
        swapped, strict = _MODES[mode]
        yes, no = given["nodes_truenodeids"][at], given["nodes_falsenodeids"][at]
        tracks = given.get("nodes_missing_value_tracks_true") or [0] * len(given["nodes_modes"])
        split = Split(
            feature=given["nodes_featureids"][at], threshold=given["nodes_values"][at], strict=strict,
            missing_left=bool(tracks[at]) != swapped,
        )  # fmt: skip
        if mode in ("BRANCH_EQ", "BRANCH_NEQ"):
            # A missing value is unequal to everything, whatever it tracks: onnxruntime compares first.
            left = split.missing_left and mode == "BRANCH_EQ"
            split = Split(feature=split.feature, members=[split.threshold], missing_left=left)
        return Read(split=split, left=no if swapped else yes, right=yes if swapped else no)

    root = min(places, key=lambda node_id: places[node_id])
    return flatten(root, read).as_json(single=True)


def seen_by(model: ModelProto) -> str:
    """Name of the tensor that the trees or the plane take; "" where there are none."""
    node = _node(model)
    return str(node.input[0]) if node is not None else ""


def _node(model: ModelProto) -> NodeProto | None:
    """The only operator of trees or coefficients; with several the model is more than one of them."""
    found = [n for n in model.graph.node if n.op_type in (*TREES, NEWER, *LINEAR)]
    return found[0] if len(found) == 1 else None


def _before(model: ModelProto, node: NodeProto) -> list[str]:
    """Operators between the inputs and a node that change units or columns, nearest to the input first."""
    makers = {name: n for n in model.graph.node for name in n.output}
    found: list[str] = []
    waiting, seen = [node.input[0]], set()
    while waiting:
        maker = makers.get(waiting.pop())
        if maker is None or id(maker) in seen:
            continue
        seen.add(id(maker))
        waiting += list(maker.input)
        if _COLUMNWISE.get(maker.op_type, True):
            found.insert(0, maker.op_type)
    return found


def _ids(given: Mapping[str, Any], output: int) -> list[int]:
    """Trees in order; of a boosting with trees of its own for every class only those of the output."""
    ids = list(dict.fromkeys(given.get("nodes_treeids", ())))
    by_tree: dict[int, set[int]] = {}
    for tree_id, place in zip(*_weights(given)[:2], strict=True):
        by_tree.setdefault(tree_id, set()).add(place)
    places = set().union(*by_tree.values()) if by_tree else set()
    if len(places) < 2 or any(len(some) > 1 for some in by_tree.values()):
        return ids
    return [tree_id for tree_id in ids if output in by_tree.get(tree_id, ())]


def _weights(given: Mapping[str, Any]) -> tuple[list[int], list[int], list[int], list[float]]:
    """Tree, output, node and weight of every leaf."""
    kind = "class" if "class_weights" in given else "target"
    return tuple(list(given.get(f"{kind}_{part}", ())) for part in ("treeids", "ids", "nodeids", "weights"))  # type: ignore[return-value]


def _leaves(given: Mapping[str, Any], wanted: int, output: int) -> dict[int, float]:
    trees, places, nodes, weights = _weights(given)
    single = len(set(places)) < 2
    return {
        node: float(weight)
        for tree_id, place, node, weight in zip(trees, places, nodes, weights, strict=True)
        if tree_id == wanted and (single or place == output)
    }


def _attributes(node: NodeProto) -> dict[str, Any]:
    from onnx import helper

    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type in TREES:
        found["nodes_modes"] = [mode.decode("utf-8", "replace") for mode in found["nodes_modes"]]
    return found
