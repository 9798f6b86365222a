"""SHAP equals shap's own on every route, says when it does not add up, and leaves numpy alone."""

import numpy as np
import pytest

from diagnostics.explanations import shapley
from diagnostics.explanations.attribution import Untrustworthy, additivity_gap
from diagnostics.explanations.sandbox import Model, Worker

FEATURES = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def table():
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(400, 4))
    target = (rows[:, 0] + rows[:, 1] * rows[:, 2] + generator.normal(0, 0.3, 400) > 0).astype(int)
    return rows, target


def test_the_tree_route_equals_shaps_tree_explainer(table):
    import shap

    lightgbm = pytest.importorskip("lightgbm")
    rows, target = table
    model = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, target), 20)
    with Worker(Model(format="lightgbm", content=model.model_to_string().encode())) as worker:
        answer = worker.contributions({"X": rows[:50]})
    found = shapley.from_trees(answer["values"][:, 0], answer["margin"][:, 0], rows[:50], FEATURES)
    expected = np.asarray(shap.TreeExplainer(model).shap_values(rows[:50]))
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    assert found.checked().gap < 1e-6


@pytest.mark.parametrize("format", ["xgboost", "catboost"])
def test_the_other_boosters_add_up(table, format, tmp_path):
    library = pytest.importorskip(format)
    rows, target = table
    if format == "xgboost":
        model = library.train({"objective": "binary:logistic"}, library.DMatrix(rows, target), 10)
        content = bytes(model.save_raw("ubj"))
    else:
        model = library.CatBoostClassifier(iterations=10, verbose=0, allow_writing_files=False).fit(rows, target)
        model.save_model(str(tmp_path / "m.cbm"))
        content = (tmp_path / "m.cbm").read_bytes()
    with Worker(Model(format=format, content=content)) as worker:
        answer = worker.contributions({"X": rows[:50]})
    found = shapley.from_trees(answer["values"][:, 0], answer["margin"][:, 0], rows[:50], FEATURES)
    assert found.checked().gap < 1e-5


def test_the_linear_route_equals_shaps_linear_explainer(table):
    import shap
    from sklearn.linear_model import LogisticRegression

    rows, target = table
    model = LogisticRegression().fit(rows, target)
    expected = shap.LinearExplainer(model, shap.maskers.Independent(rows, max_samples=len(rows))).shap_values(rows[:30])
    found = shapley.from_coefficients(
        model.coef_[0], float(model.intercept_[0]), model.decision_function(rows[:30]), rows[:30], rows, FEATURES
    )
    np.testing.assert_allclose(found.values, expected, atol=1e-6)
    assert found.checked().route == "linear"


def test_the_permutation_route_equals_shaps_own_and_repeats_and_leaves_numpy_alone(table):
    import shap
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows, target = table
    model = make_pipeline(StandardScaler(), GradientBoostingClassifier(n_estimators=10)).fit(rows, target)

    def predict(matrix):
        return model.predict_proba(matrix)[:, 1]

    background = shapley.background_sample(rows, size=20)
    np.random.seed(7)
    expected_next = np.random.rand()
    np.random.seed(7)
    first = shapley.by_permutation(predict, rows[:5], background, FEATURES, seed=3)
    assert np.random.rand() == expected_next
    second = shapley.by_permutation(predict, rows[:5], background, FEATURES, seed=3)
    np.testing.assert_array_equal(first.values, second.values)
    own = shap.PermutationExplainer(predict, shap.maskers.Independent(background, max_samples=20), seed=3)(
        rows[:5], max_evals=90, silent=True
    )
    np.testing.assert_allclose(first.values, own.values, atol=1e-6)
    assert first.checked().background == 20


def test_values_that_do_not_add_up_are_refused(table):
    rows, _ = table
    values = np.hstack([rows, np.zeros((len(rows), 1))])
    found = shapley.from_trees(values, rows.sum(axis=1) + 0.5, rows, FEATURES)
    assert not found.adds_up
    with pytest.raises(Untrustworthy) as caught:
        found.checked()
    assert caught.value.params["gap"] > 0.01


def test_the_categorical_histogram_boosting_trap_is_caught():
    """TreeExplainer is silently wrong here and its own check passes; comparing with the real model shows it."""
    import shap
    from sklearn.ensemble import HistGradientBoostingClassifier

    generator = np.random.default_rng(0)
    rows = np.column_stack([generator.integers(0, 6, 600), generator.normal(size=600)]).astype(float)
    target = (np.isin(rows[:, 0], [1, 4]) ^ (rows[:, 1] > 0.5)).astype(int)
    model = HistGradientBoostingClassifier(categorical_features=[0], max_iter=30).fit(rows, target)
    explainer = shap.TreeExplainer(model)
    values = np.asarray(explainer.shap_values(rows[:100], check_additivity=False))
    base = np.full(100, float(np.ravel(explainer.expected_value)[0]))
    gap = additivity_gap(values, base, model.decision_function(rows[:100]))
    assert gap > 0.01
    found = shapley.by_permutation(
        lambda m: model.decision_function(m), rows[:20], shapley.background_sample(rows, size=30), ("c", "x")
    )
    assert found.adds_up


def test_the_gap_is_infinite_for_nan_and_scaled_to_the_range():
    assert additivity_gap(np.array([[np.nan]]), np.zeros(1), np.zeros(1)) == float("inf")
    assert additivity_gap(np.array([[1.0], [3.1]]), np.zeros(2), np.array([1.0, 3.0])) == pytest.approx(0.05)
