"""Inputs are bound to columns, answers compared with the file, rows explained part by part."""

import dataclasses
import threading
from itertools import pairwise

import numpy as np
import pytest

from diagnostics.explanations import shapley, work
from diagnostics.explanations.attribution import Untrustworthy
from diagnostics.explanations.binding import Binding, BindingError, guess
from diagnostics.explanations.disagreement import compare
from diagnostics.explanations.encoding import Encoding
from diagnostics.explanations.explaining import FIRST, by_model
from diagnostics.explanations.jobs import Job, Jobs
from diagnostics.explanations.linear import plane
from diagnostics.explanations.reproduction import reproduce
from diagnostics.explanations.sampling import Sample
from diagnostics.explanations.sandbox import ModelDescription
from diagnostics.explanations.subject import ModelSubject
from diagnostics.explanations.tree_shape import nodes, path
from diagnostics.explanations.uploaded_values import UploadedValues, match
from tests.support import explained


def sample_of(matrix, target, score, names=("a", "b")):
    scores = None if score is None else np.asarray(score, dtype=float).reshape(len(matrix), -1)
    return Sample(
        row=np.arange(len(matrix)),
        columns=dict(zip(names, matrix.T, strict=True)),
        truth=target.astype(float),
        answer=target.astype(float),
        scores=scores,
        classes=("0", "1"),
        positive=1,
        total=len(matrix),
    )


def described(features=(), width=2, inputs=None):
    shape = [{"name": "X", "type": "table", "shape": [None, width]}]
    return ModelDescription(inputs=tuple(inputs or shape), outputs=(), features=features, classes=(), locks={})


COLUMNS = {"Income (k)": np.zeros(3), "age": np.zeros(3), "town": np.array(["b", None, "a"], dtype=object)}


def test_inputs_are_bound_by_name_then_by_order():
    named = guess(described(("AGE", "income_k")), tuple(COLUMNS), COLUMNS)
    assert named.columns == ("age", "Income (k)")
    ordered = guess(described(width=3), tuple(COLUMNS), COLUMNS)
    assert ordered.columns == tuple(COLUMNS)
    assert ordered.codes == {"town": {"a": 0.0, "b": 1.0}}
    numeric = guess(described(width=2), tuple(COLUMNS), COLUMNS)
    assert numeric.columns == ("Income (k)", "age")
    assert not guess(described(width=9), tuple(COLUMNS), COLUMNS).complete
    assert Binding.from_json(ordered.as_json()) == ordered


def test_images_are_no_rows_of_a_table():
    with pytest.raises(BindingError) as caught:
        guess(described(inputs=[{"name": "X", "type": "tensor(float)", "shape": [1, 3, 8, 8]}]), ("a",), {})
    assert caught.value.code == "model_wants_images"


def test_logits_are_recognised_by_what_the_file_says():
    generator = np.random.default_rng(0)
    logits = generator.normal(size=200)
    chance = 1 / (1 + np.exp(-logits))
    sample = sample_of(generator.normal(size=(200, 2)), chance > 0.5, chance)
    found = reproduce(logits[:, None], sample)
    assert (found.link, found.agreement, found.compared) == ("sigmoid", 1.0, "scores") and found.holds
    off = reproduce(logits[:, None] + 0.5, sample)
    assert not off.holds and off.largest > 0.01
    assert reproduce(np.zeros((200, 5)), dataclasses.replace(sample, scores=None)).agreement is None


def test_a_model_that_mixes_the_rows_is_refused(tmp_path):
    helper = pytest.importorskip("onnx").helper
    kind = 1  # float
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["X"], ["Y"], axes=[0])], "mean",
        [helper.make_tensor_value_info("X", kind, [None, 2])], [helper.make_tensor_value_info("Y", kind, [1, 2])],
    )  # fmt: skip
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=9)
    (tmp_path / "mean.onnx").write_bytes(made.SerializeToString())
    rows = np.random.default_rng(0).normal(size=(50, 2))
    subject = ModelSubject(
        path=tmp_path / "mean.onnx", format="onnx", digests=("mean",), sample=sample_of(rows, rows[:, 0] > 0, None),
        binding=Binding(columns=("a", "b"), features=("a", "b")), number=1,
    )  # fmt: skip
    with pytest.raises(BindingError) as caught:
        work.explain(Job(), subject)
    assert (caught.value.code, caught.value.params["found"]) == ("model_rows_vary", 1)


def test_a_linear_model_is_found_by_asking():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(100, 3)) * [1, 10, 0.1]
    weights = np.array([1.0, -0.2, 3.0])
    found = plane(lambda m: m @ weights + 2, rows)
    np.testing.assert_allclose(found.coefficients, weights, atol=1e-9)
    assert found.scale == "answer" and found.intercept == pytest.approx(2)
    logistic = plane(lambda m: 1 / (1 + np.exp(-(m @ weights))), rows)
    np.testing.assert_allclose(logistic.coefficients, weights, rtol=1e-5)
    assert logistic.scale == "logit"
    assert plane(lambda m: m[:, 0] * m[:, 1], rows) is None
    assert plane(lambda m: m[:, 0], np.full((3, 2), np.nan)) is None


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    pytest.importorskip("lightgbm")
    matrix, target = explained.table(260)
    model = explained.lightgbm_model(matrix, target)
    place = tmp_path_factory.mktemp("model") / "m"
    place.write_bytes(model.model_to_string().encode())
    names = (*explained.FEATURES, "colour")
    sample = sample_of(matrix, target, model.predict(matrix), names)
    colours = np.array([explained.COLOURS[int(v)] for v in matrix[:, -1]], dtype=object)
    sample = dataclasses.replace(sample, columns={**sample.columns, "colour": colours})
    codes = {"colour": {"blue": 0.0, "green": 1.0, "red": 2.0}}
    binding = Binding(columns=names, features=names, codes=codes)
    made = ModelSubject(path=place, format="lightgbm", digests=("m", "p"), binding=binding, sample=sample, number=1)
    return made, model, matrix


def test_a_booster_is_explained_first_rows_first_and_equals_shap(subject):
    import shap

    given, model, matrix = subject
    sizes = []
    with given.opened() as predictor:
        for found in by_model(predictor, "lightgbm", given.matrix, given.binding.columns):
            sizes.append(len(found.attribution.rows))
    assert sizes == [FIRST, 260] and found.complete
    expected = np.asarray(shap.TreeExplainer(model).shap_values(matrix))
    np.testing.assert_allclose(found.attribution.values, expected, atol=1e-6)
    outcome = work.explain(Job(), given)
    assert outcome.reproduction.holds and outcome.reproduction.largest < 1e-9
    assert outcome.explained.attribution.checked().gap < 1e-9


def test_a_wrong_encoding_shows_in_the_comparison(subject):
    given, _, _ = subject
    wrong = dataclasses.replace(given.binding, codes={"colour": {"blue": 2.0, "green": 1.0, "red": 0.0}})
    with dataclasses.replace(given, binding=wrong).opened() as predictor:
        found = reproduce(predictor.raw_outputs(given.matrix), given.sample)
    assert not found.holds


def test_permutation_importance_finds_the_feature_that_matters(subject):
    given, _, _ = subject
    found = work.permute(Job(), given)
    assert found[0].feature == "age" and found[0].value.low > 0
    assert {one.feature for one in found} == set(given.binding.columns)


def test_uploaded_values_are_checked_against_the_file():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(80, 2))
    chance = 1 / (1 + np.exp(-(values.sum(axis=1) + 0.3)))
    sample = sample_of(generator.normal(size=(80, 2)), chance > 0.5, chance)
    given = UploadedValues(values=values, base=None, features=("a", "b"), row=np.arange(80))
    found = match(given, sample, 1)
    assert found.scale == "logit" and found.attribution.adds_up
    with pytest.raises(Untrustworthy):
        match(dataclasses.replace(given, values=values * 1.3), sample, 1).attribution.checked()


def test_the_path_of_a_row_is_a_path_of_the_drawn_tree():
    from sklearn.tree import DecisionTreeRegressor

    generator = np.random.default_rng(0)
    rows = np.column_stack([generator.normal(size=200), generator.integers(0, 3, 200)])
    encoding = Encoding.of(
        {"x": rows[:, 0], "c": np.array(list("abc"))[rows[:, 1].astype(int)].astype(object)}, ("x", "c")
    )
    model = DecisionTreeRegressor(max_depth=3, random_state=0).fit(rows, rows[:, 0] * (rows[:, 1] == 2))
    boxes = {node.number: node for node in nodes(model, encoding, depth=2)}
    walked = [number for number in path(model, rows[0]) if number in boxes]
    assert walked[0] == 0 and len(walked) == 3
    assert all(boxes[b].parent == a for a, b in pairwise(walked))
    assert {box.depth for box in boxes.values()} == {0, 1, 2}
    assert any(box.left_texts for box in boxes.values())
    assert sum(b.n for b in boxes.values() if not b.feature) == 200


def test_disagreement_names_features():
    found = compare(("a", "b", "c"), np.array([1.0, 0.5, 0.001]), np.array([1.0, -0.5, -0.001]))
    assert found.opposite == ("b",) and found.agreement == pytest.approx(1.0)


def test_jobs_run_once_keep_partial_results_and_stop_when_asked():
    pool, going, release = Jobs(threads=1), threading.Event(), threading.Event()
    calls = []

    def work_on(job):
        calls.append(1)
        job.tell(1, 2, "half")
        going.set()
        release.wait(30)
        job.tell(2, 2, "whole")
        return "whole"

    job = pool.start("k", work_on)
    assert going.wait(30) and pool.start("k", work_on) is job
    assert not job.finished and job.result == "half"
    job.cancel()
    release.set()
    assert job.wait(30) and job.cancelled and job.result in ("half", "whole")
    pool.drop("k")
    again = pool.start("k", work_on)
    assert again.wait(30) and again.result == "whole" and not again.cancelled
    assert len(calls) == 2
    failed = pool.start("f", lambda job: 1 / 0)
    assert failed.wait(30) and isinstance(failed.error, ZeroDivisionError) and failed.result is None


def test_missing_values_leave_the_linear_route():
    rows = np.array([[1.0, np.nan], [2.0, 1.0], [3.0, 5.0], [0.0, 2.0]])
    assert len(shapley.background_sample(rows)) == 3
