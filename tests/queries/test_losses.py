"""The loss of a row in SQL equals the loss computed on arrays; narrowing and samples change no number."""

import numpy as np
import pytest
from sklearn import metrics as oracle

from diagnostics import queries
from diagnostics.exceptions import NeedsAnswer
from diagnostics.queries.cutting import in_group
from diagnostics.queries.losses import loss_groups, loss_spread, row_loss
from diagnostics.queries.pages import narrowed, rows_page
from diagnostics.queries.residual_parts import (
    residual_cloud,
    residual_groups,
    residual_quantiles,
    residual_sides,
)
from tests.rules.predictions.sets import classifier, columns_of, stored


def losses(found, loss):
    table = rows_page(found, [], computed={"l": loss.value, **loss.terms}, limit=100_000)
    return {name: np.array(table.column(name).to_pylist(), dtype=float) for name in ("l", *loss.terms)}


def test_log_loss_of_many_classes(tmp_path):
    _, truth, p = classifier(n=800, classes=4, strength=2.0, seed=1)
    p = p.round(5)
    found = stored(tmp_path, columns_of(truth, p))
    ours = losses(found, row_loss(found))
    assert ours["l"].mean() == pytest.approx(oracle.log_loss(truth, p / p.sum(axis=1, keepdims=True)), rel=1e-6)
    np.testing.assert_allclose(ours["behind"], p.max(axis=1) - p[np.arange(800), truth], atol=3e-5)


@pytest.mark.parametrize("kind", ["probability", "percent", "logit"])
def test_log_loss_of_one_score(tmp_path, kind):
    random = np.random.default_rng(2)
    logit = random.normal(0, 2, 900)
    p = 1 / (1 + np.exp(-logit))
    truth = (random.random(900) < p).astype(int)
    values = {"probability": p, "percent": 100 * p, "logit": logit}[kind]
    name = "logit" if kind == "logit" else "score"
    found = stored(tmp_path, {"label": truth, "pred": (p >= 0.5).astype(int), name: values})
    assert found.roles.score_kind == kind
    ours = losses(found, row_loss(found))
    assert ours["l"].mean() == pytest.approx(oracle.log_loss(truth, p), rel=1e-6)
    np.testing.assert_allclose(ours["probability_of_truth"], np.where(truth == 1, p, 1 - p), atol=1e-9)


def test_a_row_without_truth_or_probabilities_has_no_loss(tmp_path):
    _, truth, p = classifier(n=400, classes=3, strength=2.0, seed=4)
    columns = columns_of(truth, p.round(5))
    columns["y_true"][5] = None
    scores = [name for name in columns if name.startswith("p")]
    for name in scores:
        columns[name] = np.array(columns[name], dtype=float)
        columns[name][6], columns[name][7] = 0.0, np.nan
    found = stored(tmp_path, columns)
    assert len(found.roles.probabilities) == 3
    loss = row_loss(found)
    assert loss.kind == "log_loss"
    assert np.flatnonzero(np.isnan(losses(found, loss)["l"])).tolist() == [5, 6, 7]
    assert loss_spread(found, loss).undefined == 3


@pytest.mark.parametrize("kind", ["probability", "percent", "logit"])
def test_a_row_without_truth_has_no_loss_and_no_terms(tmp_path, kind):
    logit = np.random.default_rng(5).normal(0, 2, 300)
    values = {"probability": 1 / (1 + np.exp(-logit)), "percent": 100 / (1 + np.exp(-logit)), "logit": logit}[kind]
    truth = (logit > 0.3).astype(int).tolist()
    truth[4] = None
    name = "logit" if kind == "logit" else "score"
    found = stored(tmp_path, {"label": truth, "pred": (logit > 0).astype(int), name: values})
    for column in losses(found, row_loss(found)).values():
        assert np.flatnonzero(np.isnan(column)).tolist() == [4]


def test_extreme_scores_stay_finite(tmp_path):
    logit = np.array([900.0, -900.0, 30.0, -30.0] * 20)
    truth = np.array([1, 1, 0, 1] * 20)
    found = stored(tmp_path, {"label": truth, "pred": (logit > 0).astype(int), "logit": logit})
    values = losses(found, row_loss(found))["l"]
    assert np.isfinite(values).all()
    assert values.max() == pytest.approx(900)


def test_decisions_alone_cost_zero_or_one_whatever_the_spelling(tmp_path):
    truth = ["1", "0", "1", "0"] * 30
    found = stored(tmp_path, {"y_true": truth, "y_pred": [1.0, 1.0, 0.0, 0.0] * 30})
    loss = row_loss(found)
    assert loss.kind == "zero_one"
    assert losses(found, loss)["l"].tolist() == [0.0, 1.0, 1.0, 0.0] * 30


@pytest.mark.parametrize("alpha", [None, 0.2])
def test_squared_losses_and_what_a_missing_value_costs(tmp_path, alpha):
    random = np.random.default_rng(3)
    truth, predicted = random.normal(0, 3, 200), random.normal(0, 3, 200)
    truth[5] = np.nan
    found = stored(tmp_path, {"actual": truth, "predicted": predicted})
    values = losses(found, row_loss(found, alpha=alpha))["l"]
    e = truth - predicted
    weight = 1.0 if alpha is None else np.where(e > 0, alpha, 1 - alpha)
    np.testing.assert_allclose(values, weight * e**2)
    spread = loss_spread(found, row_loss(found, alpha=alpha))
    assert (spread.n, spread.undefined) == (199, 1)


def test_the_spread_of_the_loss_adds_up(tmp_path):
    random, truth, p = classifier(n=1000, classes=3, strength=1.5, seed=4)
    found = stored(tmp_path, columns_of(truth, p.round(5), site=random.choice(["a", "b"], 1000).tolist()))
    loss = row_loss(found)
    spread, values = loss_spread(found, loss), np.sort(losses(found, loss)["l"])[::-1]
    assert spread.total == pytest.approx(values.sum())
    assert spread.share[-1] == pytest.approx(1)
    assert spread.share[10] == pytest.approx(values[:100].sum() / values.sum())
    assert spread.counts.sum() == 1000
    groups = loss_groups(found, loss, found.roles.truth)
    assert groups.total.sum() == pytest.approx(values.sum())
    assert (np.diff(groups.total) <= 0).all()


def test_a_ranking_has_no_loss_a_row(tmp_path):
    query = np.repeat(np.arange(20), 5)
    found = stored(tmp_path, {"query_id": query, "relevance": query % 3, "score": np.linspace(0, 1, 100)})
    with pytest.raises(NeedsAnswer):
        row_loss(found)
    assert queries.count(found, where=in_group(found, "7")) == 5


@pytest.fixture
def people(tmp_path):
    truth = ["a", "b"] * 40
    return stored(tmp_path, {
        "y_true": truth, "y_pred": ["a"] * 80, "age": np.arange(80.0), "city": ["S%o", "Rio_1"] * 40,
        "note": [None, "x"] * 40,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("column", "operator", "text", "n"),
    [
        ("age", "at_least", "70", 10), ("age", "at_most", "1,5", 2), ("age", "is", "3", 1), ("age", "is", "three", 80),
        ("city", "contains", "%", 40), ("city", "contains", "_1", 40), ("city", "contains", "RIO", 40),
        ("city", "is_not", "S%o", 40), ("city", "is", "'; DROP TABLE x; --", 0), ("city", "is", "", 80),
    ],
)  # fmt: skip
def test_what_somebody_types_narrows_the_rows(people, column, operator, text, n):
    assert queries.count(people, where=narrowed(people, column, operator, text)) == n


def test_missing_values_and_odd_operators(people):
    assert queries.count(people, where=narrowed(people, "y_true", "missing", "")) == 0
    assert queries.count(people, where=narrowed(people, "y_true", "present", "")) == 80
    with pytest.raises(ValueError, match="operator"):
        narrowed(people, "age", "like", "1")


def test_rows_on_one_side_of_a_threshold(tmp_path):
    random = np.random.default_rng(5)
    score = random.random(300)
    truth = (random.random(300) < score).astype(int)
    found = stored(tmp_path, {"label": truth, "pred": (score > 0.5).astype(int), "score": score})
    for true in (True, False):
        for answered in (True, False):
            where = queries.cut(found, None, 0.4, true=true, answered=answered)
            expected = ((truth == 1) == true) & ((score >= 0.4) == answered)
            assert queries.count(found, where=where) == expected.sum()


def test_parts_of_residuals(tmp_path):
    random = np.random.default_rng(6)
    n = 5000
    truth, predicted = random.normal(0, 2, n), random.normal(0, 2, n)
    kind = random.choice(["p", "q"], n)
    found = stored(tmp_path, {"actual": truth, "predicted": predicted, "kind": kind.tolist(), "x": random.random(n)})
    e = truth - predicted
    sides = residual_sides(found)
    assert sides.under == pytest.approx((e[e > 0] ** 2).sum())
    assert sides.over_rows == (e < 0).sum()
    np.testing.assert_allclose(residual_quantiles(found, [0.1, 0.5]), np.quantile(e, [0.1, 0.5]))
    groups = residual_groups(found, "kind")
    assert dict(zip(groups.names, groups.mean, strict=True))["p"] == pytest.approx(e[kind == "p"].mean())
    cloud = residual_cloud(found, "x")
    assert cloud.count.sum() == n
    small = residual_cloud(found, where='"__row__" < 100')
    assert small.count is None
    np.testing.assert_allclose(small.y, e[:100])


def test_a_sample_of_probabilities_has_the_classes_in_order(tmp_path):
    _, truth, p = classifier(n=600, classes=3, seed=7)
    found = stored(tmp_path, columns_of(truth, p))
    probability, number = queries.probability_sample(found, limit=200)
    assert probability.shape == (200, 3)
    np.testing.assert_allclose(np.sort(probability.sum(axis=1)), np.ones(200), atol=3e-5)
    assert set(number.tolist()) <= {0, 1, 2}
