"""Traps of shap and lime: each is shown in the library itself, so that a fix there is noticed, and avoided by us."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from diagnostics.explanations import local_linear, shapley, work
from diagnostics.explanations.binding import Binding
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.jobs import Job
from diagnostics.explanations.subject import ModelSubject
from tests.explanations.test_subjects import sample_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("size", "weight", "colour")


@pytest.fixture(scope="module")
def columns():
    generator = np.random.default_rng(4)
    colour = generator.choice(["red", "green", "blue"], 120).astype(object)
    return {"size": generator.normal(size=120), "weight": generator.normal(size=120), "colour": colour}


def by_text(columns):
    """A model that wants texts."""
    return columns["size"] + 2.0 * (columns["colour"] == "red")


def test_texts_are_explained_by_their_codes(columns):
    import shap

    texts = np.column_stack([columns[name] for name in NAMES]).astype(object)

    def on_texts(rows):
        return by_text(dict(zip(NAMES, rows.T, strict=True))).astype(float)

    with pytest.raises((TypeError, ValueError)):
        shap.TreeExplainer(on_texts)(texts)
    encoding = Encoding.of(columns, NAMES)
    rows = encoding.encode(columns)
    found = shapley.by_permutation(lambda m: by_text(encoding.decode(m)), rows[:20], rows[:30], NAMES).checked()
    red = found.rows[:, 2] == encoding.features[2].categories.index("red")
    assert found.values[red, 2].min() > 0 > found.values[~red, 2].max()
    np.testing.assert_allclose(found.values[:, 1], 0, atol=1e-12)


def composed():
    from sklearn import calibration, ensemble, pipeline, preprocessing, tree

    return {
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), tree.DecisionTreeClassifier(max_depth=3)),
        "calibrated": calibration.CalibratedClassifierCV(tree.DecisionTreeClassifier(max_depth=3), cv=2),
        "voting": ensemble.VotingClassifier([("a", tree.DecisionTreeClassifier(max_depth=3))], voting="soft"),
        "stacking": ensemble.StackingClassifier([("a", tree.DecisionTreeClassifier(max_depth=3))], cv=2),
        "adaboost": ensemble.AdaBoostClassifier(n_estimators=3),
        "bagging": ensemble.BaggingClassifier(n_estimators=3, random_state=0),
        "three classes": ensemble.GradientBoostingClassifier(n_estimators=3),
    }


@pytest.mark.parametrize("name", composed())
def test_models_that_the_tree_explainer_refuses_take_the_permutation_route(name):
    import shap

    generator = np.random.default_rng(0)
    rows = generator.normal(size=(90, 3))
    target = np.digitize(rows[:, 0] + rows[:, 1], [-0.5, 0.5] if name == "three classes" else [0.0])
    model = composed()[name].fit(rows, target)
    with pytest.raises(Exception, match=r"."):
        shap.TreeExplainer(model).shap_values(rows[:3])
    found = shapley.by_permutation(lambda m: model.predict_proba(m)[:, 1], rows[:6], rows[:20], ("a", "b", "c"))
    assert found.checked().route == "permutation"


def test_torch_beside_it_does_not_fill_the_worker_of_scikit_learn(tmp_path):
    pytest.importorskip("skops.io")
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("import os; os._exit(7)")
    done = subprocess.run(
        [sys.executable, "-c", "from diagnostics.explanations.sandbox import skops_file; skops_file.prepare()"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]


def test_a_pipeline_in_a_file_is_routed_and_explained_with_its_background_and_seed(tmp_path):
    skops = pytest.importorskip("skops.io")
    from sklearn import ensemble, pipeline, preprocessing

    generator = np.random.default_rng(0)
    rows = generator.normal(size=(60, 3))
    target = (rows[:, 0] * rows[:, 1] > 0).astype(int)
    model = pipeline.make_pipeline(
        preprocessing.StandardScaler(), ensemble.RandomForestClassifier(5, max_depth=4, random_state=0)
    ).fit(rows, target)
    (tmp_path / "m").write_bytes(skops.dumps(model))
    names = ("a", "b", "c")
    sample = sample_of(rows, target, model.predict_proba(rows)[:, 1], names)
    subject = ModelSubject(path=tmp_path / "m", format="skops", digests=("m",), sample=sample, number=1,
                           binding=Binding(columns=names, features=names))  # fmt: skip
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    first = work.explain(Job(), subject).explained.attribution.checked()
    assert np.random.rand() == expected
    assert (first.route, first.seed, first.background) == ("permutation", 0, 25)
    np.testing.assert_array_equal(first.values, work.explain(Job(), subject).explained.attribution.values)


def test_shapes_that_differ_by_model_become_one():
    import shap
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    generator = np.random.default_rng(0)
    rows = generator.normal(size=(60, 3))
    target = (rows[:, 0] > 0).astype(int)
    forest, model = RandomForestClassifier(3).fit(rows, target), GradientBoostingClassifier(n_estimators=3)
    model.fit(rows, target)
    assert [np.ndim(shap.TreeExplainer(one).shap_values(rows[:4])) for one in (forest, model)] == [3, 2]
    shapes = [
        np.shape(shap.PermutationExplainer(model.predict_proba, rows[:9], seed=0)(rows[:4], silent=True).values),
        np.shape(shap.PermutationExplainer(model.decision_function, rows[:9], seed=0)(rows[:4], silent=True).values),
    ]
    assert shapes == [(4, 3, 2), (4, 3)]
    found = shapley.by_permutation(lambda m: model.predict_proba(m)[:, 0], rows[:4], rows[:9], ("a", "b", "c"))
    assert found.values.shape == (4, 3)
    with pytest.raises(ValueError, match="shape"):
        shapley.by_permutation(model.predict_proba, rows[:4], rows[:9], ("a", "b", "c"))


def test_shap_reseeds_numpy_and_differs_without_a_seed_and_we_do_neither():
    import shap

    rows = np.random.default_rng(0).normal(size=(30, 8))

    def model(matrix):
        return np.prod(1 + matrix, axis=1)  # interactions of all orders: hardly two orders give the same

    def after(explain):
        np.random.seed(5)
        found = explain()
        return np.random.rand(), found

    np.random.seed(5)
    untouched = np.random.rand()
    loud, _ = after(lambda: shap.PermutationExplainer(model, rows, seed=1)(rows[:2], max_evals=34, silent=True))
    assert loud != untouched
    once, twice = (shap.PermutationExplainer(model, rows)(rows[:2], max_evals=34, silent=True).values for _ in range(2))
    assert np.abs(once - twice).max() > 1e-6
    quiet, first = after(lambda: shapley.by_permutation(model, rows[:2], rows, tuple("abcdefgh"), permutations=2))
    assert quiet == untouched
    second = shapley.by_permutation(model, rows[:2], rows, tuple("abcdefgh"), permutations=2)
    np.testing.assert_array_equal(first.values, second.values)


def test_lime_works_on_plain_arrays_only_and_on_codes(columns):
    import pandas as pd
    from lime.lime_tabular import LimeTabularExplainer

    with pytest.raises((TypeError, KeyError, ValueError, AttributeError, pd.errors.InvalidIndexError)):
        LimeTabularExplainer(pd.DataFrame({"a": columns["size"], "b": columns["weight"]}), mode="regression")
    with pytest.raises((TypeError, ValueError)):
        LimeTabularExplainer(np.column_stack([columns[name] for name in NAMES]), mode="regression")
    encoding = Encoding.of(columns, NAMES)
    rows = encoding.encode(columns)
    found = local_linear.explain_row(
        lambda m: by_text(encoding.decode(m)), rows[0], rows, encoding, seeds=(0,), samples=500
    )
    assert found.features == NAMES and np.isfinite(found.weights).all()


def test_one_lime_explainer_asked_twice_differs_and_a_fresh_one_with_a_seed_does_not(columns):
    from lime.lime_tabular import LimeTabularExplainer

    encoding = Encoding.of(columns, NAMES[:2])
    rows = encoding.encode(columns)

    def model(matrix):
        return matrix[:, 0] * matrix[:, 1]

    explainer = LimeTabularExplainer(rows, mode="regression", random_state=0)
    once, twice = (dict(explainer.explain_instance(rows[0], model, num_samples=300).as_map()[1]) for _ in range(2))
    assert once != twice
    np.random.seed(3)
    expected = np.random.rand()
    np.random.seed(3)
    first, second = (
        local_linear.explain_row(model, rows[0], rows, encoding, seeds=(0, 1), samples=300) for _ in range(2)
    )
    assert np.random.rand() == expected
    np.testing.assert_array_equal(first.weights, second.weights)
    assert (first.low < first.high).any()


def test_lime_explains_a_missing_value_as_if_it_were_one_and_we_refuse(columns):
    from lime.lime_tabular import LimeTabularExplainer

    encoding = Encoding.of(columns, NAMES[:2])
    rows = encoding.encode(columns)
    row = np.array([np.nan, 0.1])
    told = LimeTabularExplainer(rows, mode="regression", random_state=0).explain_instance(
        row, lambda m: np.nan_to_num(m[:, 0]), num_samples=200
    )
    assert any(">" in name for name, _ in told.as_list())
    with pytest.raises(local_linear.MissingValues):
        local_linear.explain_row(lambda m: m[:, 0], row, rows, encoding)


def test_the_html_of_the_libraries_is_never_used():
    found = subprocess.run(
        ["git", "grep", "-nE", r"as_html|show_in_notebook|save_to_file|initjs|getjs|force_plot", "--", "app",
         "diagnostics"], cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if found.returncode not in (0, 1):
        pytest.skip("not a git checkout")
    assert found.stdout == ""
