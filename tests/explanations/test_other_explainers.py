"""LIME, surrogates, permutation importance, contrasts, dependence."""

import numpy as np
import pytest

from diagnostics.explanations import dependence, importance, local_linear, shapley, surrogates
from diagnostics.explanations.encoding import Encoding


@pytest.fixture(scope="module")
def columns():
    generator = np.random.default_rng(4)
    colour = generator.choice(["red", "green", "blue"], 300)
    return {"size": generator.normal(size=300), "weight": generator.normal(size=300), "colour": colour.astype(object)}


@pytest.fixture(scope="module")
def encoding(columns):
    return Encoding.of(columns, ["size", "weight", "colour"])


def model(matrix):
    """Depends on size and colour, not on weight; codes are blue 0, green 1, red 2."""
    return 2 * matrix[:, 0] + 3 * (np.round(matrix[:, 2]) == 2)


def test_encoding_round_trips_and_keeps_missing(columns, encoding):
    back = encoding.decode(encoding.encode(columns))
    assert (back["colour"] == columns["colour"]).all()
    np.testing.assert_array_equal(back["size"], columns["size"])
    odd = {"size": [1.0, np.nan], "weight": [0.0, 0.0], "colour": np.array([None, "violet"], dtype=object)}
    matrix = encoding.encode({k: np.asarray(v) for k, v in odd.items()})
    assert np.isnan(matrix[:, 2]).all() and np.isnan(matrix[1, 0])


def test_lime_repeats_finds_the_features_and_reports_its_fit(columns, encoding):
    rows = encoding.encode(columns)
    first = local_linear.explain_row(model, rows[0], rows, encoding, seeds=(0, 1), samples=800)
    second = local_linear.explain_row(model, rows[0], rows, encoding, seeds=(0, 1), samples=800)
    np.testing.assert_array_equal(first.weights, second.weights)
    assert abs(first.weights[1]) < 0.5 * abs(first.weights[[0, 2]]).min()
    assert 0 < first.fit <= 1 and -1 <= first.agreement <= 1


def test_lime_refuses_a_missing_value(columns, encoding):
    rows = encoding.encode(columns)
    row = rows[0].copy()
    row[1] = np.nan
    with pytest.raises(local_linear.MissingValues) as caught:
        local_linear.explain_row(model, row, rows, encoding)
    assert caught.value.params["columns"] == "weight"


def test_a_surrogate_of_a_simple_model_is_trustworthy_and_of_noise_is_not(columns, encoding):
    rows = encoding.encode(columns)
    good = surrogates.fit(rows, model(rows), kind="boosting")
    assert good.is_trustworthy and good.low <= good.fidelity <= good.high
    noise = surrogates.fit(rows, np.random.default_rng(0).normal(size=300))
    assert not noise.is_trustworthy
    with pytest.raises(ValueError, match="varies"):
        surrogates.fit(rows, np.zeros(300))


def test_permutation_importance_finds_what_the_loss_depends_on(columns, encoding):
    rows = encoding.encode(columns)
    target = model(rows)
    found = importance.by_permuting(model, rows, lambda out: (out - target) ** 2, encoding.names, repeats=5)
    by_name = {f.feature: f.value for f in found}
    assert found[-1].feature == "weight" and by_name["weight"].value == 0
    assert by_name["size"].low > 0


def test_contrast_separates_only_what_differs():
    generator = np.random.default_rng(3)
    values = generator.normal(size=(400, 6))
    first = np.arange(400) < 120
    values[first, 2] += 1
    found = importance.contrast(values, first, ~first, list("abcdef"))
    assert found[0].feature == "c" and found[0].separates and found[0].auc > 0.7
    assert sum(c.separates for c in found) == 1


def test_contrast_in_noise_is_silent_as_often_as_it_says():
    generator = np.random.default_rng(8)
    alarms = 0
    for _ in range(200):
        values = generator.normal(size=(80, 5))
        first = np.arange(80) < 30
        alarms += any(c.separates for c in importance.contrast(values, first, ~first, list("abcde")))
    assert alarms <= 0.1 * 200


def test_partial_dependence_is_the_mean_of_the_curves(columns, encoding):
    rows = encoding.encode(columns)
    numeric = dependence.partial_dependence(model, rows, 0, "size", points=7)
    np.testing.assert_allclose(np.diff(numeric.mean) / np.diff(numeric.grid), 2)
    coded = dependence.partial_dependence(model, rows, 2, "colour", categories=3)
    np.testing.assert_allclose(coded.mean[2] - coded.mean[0], 3)
    assert coded.curves.shape == (300, 3)


def test_the_interaction_partner_is_found():
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(200, 3))
    values = np.zeros((200, 3))
    values[:, 0] = rows[:, 0] * rows[:, 2]
    contributions = np.column_stack([values, np.zeros(200)])
    found = shapley.from_trees(contributions, values.sum(axis=1), rows, ("a", "b", "c"))
    assert dependence.interaction_partner(found, 0) == 2


def test_rank_agreement_of_the_same_order_is_one(columns, encoding):
    rows = encoding.encode(columns)
    target = model(rows)
    found = importance.by_permuting(model, rows, lambda out: (out - target) ** 2, encoding.names, repeats=2)
    assert importance.rank_agreement(found, found).value == pytest.approx(1)
    assert importance.rank_agreement(found[:2], found).reason == "too_few_features"
