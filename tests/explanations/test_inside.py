"""What a model's own library says of itself, and its trees walked by us: every answer equals the library's own."""

import numpy as np
import pytest

from diagnostics.explanations import model_tree, native
from diagnostics.explanations.model_tree import ModelTree
from diagnostics.explanations.sandbox import Model, Worker
from diagnostics.explanations.sandbox.answers import ModelError

COLUMNS = ("a", "b", "c", "d")


def table(missing=False, rows=300):
    generator = np.random.default_rng(2)
    matrix = generator.normal(size=(rows, 4))
    matrix[:, 3] = generator.integers(0, 5, rows)
    target = matrix[:, 0] + matrix[:, 1] * matrix[:, 2] + np.isin(matrix[:, 3], [1, 4])
    if missing:
        matrix[generator.random(matrix.shape) < 0.1] = np.nan
    return matrix, (target > 0.5).astype(int)


def asked(format, content, rows, trees=None, output=0):
    """Native importance, and the sum of the leaves over the trees as (importance, sums)."""
    with Worker(Model(format=format, content=content)) as worker:
        found = native.read(worker.native(), COLUMNS, output)
        total = np.zeros(len(rows))
        for number in range(found.trees if trees is None else trees):
            said, seen = worker.tree(number, output, {"X": rows})
            total += ModelTree.read(said, seen.shape[1]).answers(seen)
        margin = worker.contributions({"X": rows})["margin"] if format in ("xgboost", "lightgbm", "catboost") else None
    return found, total, margin


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "missing"])
@pytest.mark.parametrize("categorical", [False, True], ids=["numbers", "categories"])
def test_xgboost(missing, categorical):
    xgboost = pytest.importorskip("xgboost")
    rows, target = table(missing)
    data = xgboost.DMatrix(
        rows, target, feature_names=list(COLUMNS), enable_categorical=True,
        feature_types=["q", "q", "q", "c" if categorical else "q"],
    )  # fmt: skip
    model = xgboost.train({"objective": "binary:logistic", "max_cat_to_onehot": 1}, data, 8)
    rows = rows[:100]
    found, total, _ = asked("xgboost", bytes(model.save_raw("ubj")), rows)
    again = xgboost.DMatrix(
        rows, feature_names=list(COLUMNS), feature_types=data.feature_types, enable_categorical=True
    )
    shift = model.predict(again, output_margin=True) - total
    np.testing.assert_allclose(shift, shift[0], atol=2e-5)
    gains = model.get_score(importance_type="gain")
    np.testing.assert_allclose(found.measures["gain"], [gains.get(name, 0) for name in COLUMNS])
    assert (found.kind, found.trees) == ("trees", 8) and found.features == COLUMNS


@pytest.mark.parametrize("missing", [False, True], ids=["complete", "missing"])
@pytest.mark.parametrize("categorical", [False, True], ids=["numbers", "categories"])
def test_lightgbm(missing, categorical):
    lightgbm = pytest.importorskip("lightgbm")
    rows, target = table(missing)
    data = lightgbm.Dataset(rows, target, categorical_feature=[3] if categorical else [])
    model = lightgbm.train({"objective": "binary", "verbose": -1, "min_data_per_group": 5}, data, 8)
    found, total, margin = asked("lightgbm", model.model_to_string().encode(), rows)
    np.testing.assert_allclose(total, margin[:, 0], atol=1e-9)
    np.testing.assert_allclose(found.measures["gain"], model.feature_importance("gain"))
    assert found.ranked("split")[0].feature == COLUMNS[int(found.measures["split"].argmax())]


def test_a_booster_of_three_classes_has_trees_of_each():
    lightgbm = pytest.importorskip("lightgbm")
    xgboost = pytest.importorskip("xgboost")
    rows, _ = table()
    target = np.digitize(rows[:, 0], [-0.5, 0.5])
    model = lightgbm.train(
        {"objective": "multiclass", "num_class": 3, "verbose": -1}, lightgbm.Dataset(rows, target), 4
    )
    found, total, margin = asked("lightgbm", model.model_to_string().encode(), rows, output=2)
    np.testing.assert_allclose(total, margin[:, 2], atol=1e-9)
    assert found.trees == 4
    other = xgboost.train({"objective": "multi:softprob", "num_class": 3}, xgboost.DMatrix(rows, target), 4)
    found, total, margin = asked("xgboost", bytes(other.save_raw("json")), rows, output=1)
    shift = margin[:, 1] - total
    np.testing.assert_allclose(shift, shift[0], atol=2e-5)


@pytest.mark.parametrize("policy", ["SymmetricTree", "Lossguide", "Depthwise"])
@pytest.mark.parametrize("classes", [2, 3])
def test_catboost(policy, classes, tmp_path):
    catboost = pytest.importorskip("catboost")
    rows, target = table(missing=True)
    target = target if classes == 2 else np.digitize(np.nan_to_num(rows[:, 0]), [-0.5, 0.5])
    model = catboost.CatBoostClassifier(
        iterations=6, depth=4, grow_policy=policy, verbose=0, allow_writing_files=False, random_seed=1
    ).fit(rows, target)
    model.save_model(str(tmp_path / "m"))
    found, total, margin = asked("catboost", (tmp_path / "m").read_bytes(), rows, output=classes - 2)
    shift = margin[:, classes - 2] - total
    np.testing.assert_allclose(shift, shift[0], atol=1e-6)
    np.testing.assert_allclose(
        found.measures["prediction_values_change"], model.get_feature_importance(type="PredictionValuesChange")
    )


def estimators():
    from sklearn import ensemble, linear_model, naive_bayes, pipeline, preprocessing, tree

    return {
        "tree": tree.DecisionTreeClassifier(max_depth=4, random_state=0),
        "forest": ensemble.RandomForestClassifier(5, max_depth=4, random_state=0),
        "boosting": ensemble.GradientBoostingClassifier(n_estimators=6, random_state=0),
        "histogram": ensemble.HistGradientBoostingClassifier(max_iter=6),
        "behind a scaler": pipeline.make_pipeline(
            preprocessing.StandardScaler(), tree.DecisionTreeRegressor(max_depth=4, random_state=0)
        ),
        "linear behind a scaler": pipeline.make_pipeline(
            preprocessing.StandardScaler(), linear_model.LogisticRegression()
        ),
        "bayes": naive_bayes.GaussianNB(),
    }


@pytest.mark.parametrize("name", estimators())
def test_scikit_learn(name):
    skops = pytest.importorskip("skops.io")
    rows, target = table()
    model = estimators()[name].fit(rows, target)
    found, total, _ = asked("skops", skops.dumps(model), rows, output=1)
    if name == "bayes":
        assert (found.kind, found.measures, found.trees) == ("none", {}, 0)
    elif name == "linear behind a scaler":
        np.testing.assert_allclose(found.measures["coefficient"], model[-1].coef_[0])
        assert found.standardised and found.features == COLUMNS and found.before == ("StandardScaler",)
    elif name in ("tree", "forest"):
        np.testing.assert_allclose(total / found.trees, model.predict_proba(rows)[:, 1])
        np.testing.assert_allclose(found.measures["impurity"], model.feature_importances_)
    elif name == "behind a scaler":
        np.testing.assert_allclose(total, model.predict(rows))
        assert found.before == ("StandardScaler",)
    else:
        shift = model.decision_function(rows) - total
        np.testing.assert_allclose(shift, shift[0], atol=1e-9)


def onnx_forest():
    """Two stumps with a third comparison, weights for two classes, behind a Scaler."""
    from onnx import TensorProto, helper

    ml = "ai.onnx.ml"
    nodes = [
        helper.make_node("Scaler", ["X"], ["s"], domain=ml, offset=[1.0] * 4, scale=[0.5] * 4),
        helper.make_node(
            "TreeEnsembleClassifier", ["s"], ["label", "Y"], domain=ml,
            nodes_treeids=[0, 0, 0, 0, 0, 1, 1, 1], nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2],
            nodes_featureids=[0, 0, 2, 0, 0, 1, 0, 0], nodes_values=[-0.5, 0, 0.2, 0, 0, -0.3, 0, 0],
            nodes_modes=["BRANCH_LEQ", "LEAF", "BRANCH_GT", "LEAF", "LEAF", "BRANCH_LT", "LEAF", "LEAF"],
            nodes_truenodeids=[1, 0, 3, 0, 0, 1, 0, 0], nodes_falsenodeids=[2, 0, 4, 0, 0, 2, 0, 0],
            class_treeids=[0, 0, 0, 0, 0, 0, 1, 1], class_nodeids=[1, 1, 3, 3, 4, 4, 1, 2],
            class_ids=[0, 1, 0, 1, 0, 1, 1, 0], class_weights=[0.4, 0.1, 0.2, 0.3, 0.05, 0.45, 0.5, 0.5],
            classlabels_int64s=[0, 1], post_transform="NONE",
        ),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, None),
         helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ml, 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


@pytest.mark.parametrize("output", [0, 1])
def test_onnx_trees_count_their_splits_behind_a_scaler(output):
    pytest.importorskip("onnxruntime")
    rows, _ = table()
    found, total, _ = asked("onnx", onnx_forest(), rows, output=output)
    with Worker(Model(format="onnx", content=onnx_forest())) as worker:
        np.testing.assert_allclose(total, worker.predict({"X": rows})["Y"][:, output], atol=1e-6)
    assert found.measures["split"].tolist() == [1, 1, 1, 0]
    assert found.before == ("Scaler",) and found.trees == 2


def test_onnx_coefficients_and_networks_without_any():
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    node = helper.make_node("LinearRegressor", ["X"], ["Y"], domain="ai.onnx.ml", coefficients=[1.0, -2.0, 0.5, 3.0],
                            intercepts=[0.1], targets=1)  # fmt: skip
    plain = helper.make_node("Relu", ["X"], ["Y"])
    found = []
    for one in (node, plain):
        graph = helper.make_graph(
            [one], "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])],
            [helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)],
        )  # fmt: skip
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
        content = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
        with Worker(Model(format="onnx", content=content)) as worker:
            found.append(native.read(worker.native(), COLUMNS, 0))
            with pytest.raises(ModelError):
                worker.tree(0, 0, {"X": np.zeros((1, 4))})
    assert found[0].measures["coefficient"].tolist() == [1.0, -2.0, 0.5, 3.0] and not found[0].standardised
    assert found[1].kind == "none"


def flat(**changed):
    said = {
        "left": [1, -1, -1], "right": [2, -1, -1], "feature": [0, -1, -1], "threshold": [0.0, 0.0, 0.0],
        "strict": [False] * 3, "missing_left": [False] * 3, "zero_missing": [False] * 3, "members": [None] * 3,
        "value": [0.0, 1.0, 2.0],
    }  # fmt: skip
    return {**said, **changed}


@pytest.mark.parametrize(
    "changed",
    [
        {"left": [0, -1, -1]}, {"left": [2, -1, -1]}, {"right": [9, -1, -1]}, {"feature": [4, -1, -1]},
        {"value": [0.0]}, {"left": []}, {"left": ["x", "y", "z"]}, {"members": [None, [[]], None]},
    ],
    ids=str,
)  # fmt: skip
def test_a_worker_that_lies_about_a_tree_is_caught(changed):
    with pytest.raises(ModelError) as caught:
        ModelTree.read(flat(**changed), 2)
    assert caught.value.code == "model_tree_broken"


def test_boxes_hold_the_rows_of_the_file():
    tree = ModelTree.read(flat(strict=[True] * 3), 1)
    passed = tree.reached(np.array([[-1.0], [0.0], [2.0], [np.nan]]))
    found = model_tree.boxes(tree, passed, ["age"], {}, depth=2)
    assert [(box.n, box.value, box.feature) for box in found] == [(4, 1.75, "age"), (1, 1.0, ""), (3, 2.0, "")]
    assert found[0].strict and [box.x for box in found] == [0.5, 0.0, 1.0]
    assert model_tree.boxes(tree, passed, ["age"], {}, depth=0)[0].cut
