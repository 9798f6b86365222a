"""Trees of ONNX's operators with every comparison: our sums over the leaves are onnxruntime's own answers."""

import numpy as np
import pytest

from diagnostics.explanations import native
from diagnostics.explanations.model_tree import ModelTree
from diagnostics.explanations.sandbox import Model, Worker
from diagnostics.explanations.sandbox.answers import ModelError

pytest.importorskip("onnxruntime")

ML = "ai.onnx.ml"
COLUMNS = ("a", "b", "c", "d")
TRACKS = [None, (1, 0, 1, 0, 1, 0, 1, 0), (1,) * 8]


def model(node, kind, outputs, version):
    from onnx import helper

    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("X", kind, [None, 4])],
        [helper.make_tensor_value_info("Y", kind, [None, outputs])],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, version)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()


def ensemble(dtype=np.float32, tracks=None, targets=(0, 1), **changed):
    """A tree of two levels, one of a set, one of four other comparisons, and one that is a leaf only."""
    from onnx import TensorProto, helper, numpy_helper

    given = {
        "tree_roots": [0, 2, 4, 5, 6, 7], "nodes_featureids": [0, 1, 3, 1, 2, 3, 3, 0],
        "nodes_modes": numpy_helper.from_array(np.array([0, 3, 6, 2, 1, 5, 4, 0], np.uint8)),
        "nodes_splits": numpy_helper.from_array(np.array([-0.5, 0.2, 0, 0.1, 0.3, 2, 1, 0], dtype)),
        "nodes_truenodeids": [0, 1, 3, 4, 6, 8, 10, 12], "nodes_trueleafs": [1, 1, 0, 1, 1, 1, 1, 1],
        "nodes_falsenodeids": [1, 2, 3, 5, 7, 9, 11, 12], "nodes_falseleafs": [0, 1, 1, 1, 1, 1, 1, 1],
        "leaf_targetids": [targets[i % 2] for i in range(13)],
        "leaf_weights": numpy_helper.from_array((np.arange(13) / 10 + 0.1).astype(dtype)),
        "membership_values": numpy_helper.from_array(np.array([1, 4, np.nan], dtype)), "n_targets": 2,
    }  # fmt: skip
    if tracks:
        given["nodes_missing_value_tracks_true"] = tracks
    node = helper.make_node("TreeEnsemble", ["X"], ["Y"], domain=ML, **{**given, **changed})
    return model(node, TensorProto.FLOAT if dtype is np.float32 else TensorProto.DOUBLE, 2, 5)


def regressor(mode, tracks):
    """One comparison as the older operator has it."""
    from onnx import TensorProto, helper

    node = helper.make_node(
        "TreeEnsembleRegressor", ["X"], ["Y"], domain=ML, n_targets=1,
        nodes_treeids=[0] * 3, nodes_nodeids=[0, 1, 2], nodes_featureids=[3, 0, 0], nodes_values=[2.0, 0, 0],
        nodes_modes=[mode, "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        nodes_missing_value_tracks_true=[tracks, 0, 0],
        target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[10.0, 20.0],
    )  # fmt: skip
    return model(node, TensorProto.FLOAT, 1, 3)


def rows(missing):
    generator = np.random.default_rng(0)
    found = generator.normal(size=(200, 4))
    found[:, 3] = generator.integers(0, 5, 200)
    found[:3, 0] = -0.5
    if missing:
        found[generator.random(found.shape) < 0.2] = np.nan
    return found


def compared(content, given, output):
    with Worker(Model(format="onnx", content=content)) as worker:
        found = native.read(worker.native(), COLUMNS, output)
        total = np.zeros(len(given))
        for number in range(found.trees):
            said, seen = worker.tree(number, output, {"X": given})
            total += ModelTree.read(said, seen.shape[1]).answers(seen)
        np.testing.assert_allclose(total, worker.predict({"X": given})["Y"][:, output], atol=1e-6)
    return found


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "missing"])
@pytest.mark.parametrize("tracks", TRACKS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_newer_operator(dtype, tracks, missing):
    for output in (0, 1):
        found = compared(ensemble(dtype, tracks), rows(missing), output)
        assert found.measures["split"].tolist() == [1, 2, 1, 3] and (found.kind, found.trees) == ("trees", 6)


def test_trees_of_one_output_each_are_counted_for_it():
    from onnx import numpy_helper

    changed = {
        "tree_roots": [0, 1], "nodes_featureids": [0, 1], "nodes_truenodeids": [0, 2], "nodes_falsenodeids": [1, 3],
        "nodes_modes": numpy_helper.from_array(np.zeros(2, np.uint8)), "nodes_trueleafs": [1, 1],
        "nodes_splits": numpy_helper.from_array(np.zeros(2, np.float32)), "nodes_falseleafs": [1, 1],
        "leaf_targetids": [0, 0, 1, 1],
        "leaf_weights": numpy_helper.from_array(np.array([1, 2, 3, 4], np.float32)),
    }  # fmt: skip
    with Worker(Model(format="onnx", content=ensemble(**changed))) as worker:
        given = rows(missing=False)
        answers = worker.predict({"X": given})["Y"]
        for output in (0, 1):
            said, seen = worker.tree(0, output, {"X": given})
            np.testing.assert_allclose(ModelTree.read(said, 4).answers(seen), answers[:, output])
            with pytest.raises(ModelError):
                worker.tree(1, output, {"X": given})


@pytest.mark.parametrize("tracks", [0, 1])
@pytest.mark.parametrize("mode", ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"])
def test_missing_values_at_every_comparison_of_the_older_operators(mode, tracks):
    compared(regressor(f"BRANCH_{mode}", tracks), rows(missing=True), 0)


@pytest.mark.parametrize("target", [0, 1])
def test_leaves_that_all_speak_for_one_output(target):
    for output in (0, 1) if target else (0,):
        compared(ensemble(targets=(target, target)), rows(missing=False), output)
