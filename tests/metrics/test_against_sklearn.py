"""Every number equals scikit-learn's on random cases: weights, missing classes, one class only, ties, NaN."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from diagnostics.metrics import class_report, compute
from diagnostics.metrics import classification as mine
from diagnostics.metrics.calibration import calibration_bins
from diagnostics.metrics.ranking import group_ndcg
from diagnostics.metrics.regression import moments
from diagnostics.metrics.scores import histogram, sweep
from diagnostics.types import ConfusionCounts

CASES = settings(max_examples=200, deadline=None)


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@st.composite
def answers(draw):
    """Truth and answer codes, weights and the number of classes; some classes may not occur."""
    size, n = draw(st.integers(1, 6)), draw(st.integers(1, 60))
    codes = st.lists(st.integers(0, size - 1), min_size=n, max_size=n)
    weights = draw(st.one_of(st.none(), st.lists(st.integers(1, 5), min_size=n, max_size=n)))
    return np.array(draw(codes)), np.array(draw(codes)), None if weights is None else np.array(weights, float), size


@st.composite
def scored(draw):
    """Scores with ties and NaN, a yes-or-no truth that may hold one class only, and weights."""
    n = draw(st.integers(1, 80))
    step = draw(st.sampled_from([2, 5, 1000]))
    scores = np.array(draw(st.lists(st.integers(0, step), min_size=n, max_size=n))) / step
    lost = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))) == 0
    truth = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    weights = draw(st.one_of(st.none(), st.lists(st.integers(1, 5), min_size=n, max_size=n)))
    scores = np.where(lost, np.nan, scores) if draw(st.booleans()) else scores
    return scores, truth, None if weights is None else np.array(weights, float)


def confusion_of(truth, answer, weight, size):
    counts = np.zeros((size, size))
    np.add.at(counts, (truth, answer), 1.0 if weight is None else weight)
    return ConfusionCounts(classes=tuple(map(str, range(size))), counts=counts, n=len(truth))


def same(value, expected):
    assert value.value is not None, value.reason
    assert value.value == pytest.approx(expected, abs=1e-9)


@CASES
@given(answers())
def test_per_class_scores(case):
    truth, answer, weight, size = case
    precision, recall, f1, support = oracle.precision_recall_fscore_support(
        truth, answer, labels=range(size), sample_weight=weight, zero_division=np.nan
    )
    report = class_report(confusion_of(truth, answer, weight, size))
    for i, row in enumerate(report):
        for value, expected in ((row.precision, precision[i]), (row.recall, recall[i]), (row.f1, f1[i])):
            if math.isnan(expected):
                assert value.value is None and value.reason
            else:
                same(value, expected)
                assert value.low <= value.value + 1e-12 and value.value <= value.high + 1e-12
        assert row.support == pytest.approx(support[i])


@CASES
@given(answers(), st.floats(0.1, 5))
def test_overall_scores(case, beta):
    truth, answer, weight, size = case
    confusion = confusion_of(truth, answer, weight, size)
    same(compute("accuracy", confusion=confusion), oracle.accuracy_score(truth, answer, sample_weight=weight))
    same(
        compute("balanced_accuracy", confusion=confusion),
        oracle.balanced_accuracy_score(truth, answer, sample_weight=weight),
    )
    used = sorted({*truth, *answer})
    same(
        compute("macro_f1", confusion=confusion),
        oracle.f1_score(truth, answer, labels=used, average="macro", sample_weight=weight),
    )
    same(
        compute("weighted_f1", confusion=confusion),
        oracle.f1_score(truth, answer, labels=used, average="weighted", sample_weight=weight),
    )
    for name, function in (("mcc", oracle.matthews_corrcoef), ("kappa", oracle.cohen_kappa_score)):
        value = compute(name, confusion=confusion)
        if len(set(truth)) == 1 or len(set(answer)) == 1:
            assert value.value is None or abs(value.value) < 1e-9  # nothing but chance: no correlation to report
        else:
            same(value, function(truth, answer, sample_weight=weight))
    expected = oracle.fbeta_score(
        truth, answer, beta=beta, labels=[0], average=None, sample_weight=weight, zero_division=np.nan
    )[0]
    if not math.isnan(expected):
        same(mine.f_beta(confusion, 0, beta), expected)


@CASES
@given(scored())
def test_scores_against_a_yes_or_no_truth(case):
    scores, truth, weight = case
    keep = ~np.isnan(scores)
    counted = histogram(scores, truth, weight)
    auc, ap = compute("roc_auc", histogram=counted), compute("average_precision", histogram=counted)
    y, s, w = truth[keep], scores[keep], None if weight is None else weight[keep]
    if y.any() and not y.all():
        same(auc, oracle.roc_auc_score(y, s, sample_weight=w))
        assert auc.low is None or auc.low - 1e-9 <= auc.value <= auc.high + 1e-9
    else:
        assert auc.value is None and auc.reason == "one_class_only"
    if y.any():
        same(ap, oracle.average_precision_score(y, s, sample_weight=w))
    else:
        assert ap.value is None and ap.reason == "no_positives"
    brier = compute("brier", scores=scores, positive=truth, weight=weight)
    if len(y):
        same(brier, np.average((s - y) ** 2, weights=w))
    else:
        assert brier.value is None


@CASES
@given(scored())
def test_sweep_counts_what_cutting_would_count(case):
    scores, truth, weight = case
    curve = sweep(histogram(scores, truth, weight))
    weights = np.ones(len(scores)) if weight is None else weight
    for place in {0, len(curve.threshold) // 2, len(curve.threshold) - 1}:
        yes = scores >= curve.threshold[place]
        assert curve.true_positive[place] == pytest.approx(weights[yes & truth].sum())
        assert curve.false_positive[place] == pytest.approx(weights[yes & ~truth].sum())


@st.composite
def probabilities(draw):
    size, n = draw(st.integers(2, 5)), draw(st.integers(1, 40))
    raw = np.array(
        draw(st.lists(st.lists(st.integers(0, 20), min_size=size, max_size=size), min_size=n, max_size=n)), float
    )
    raw[raw.sum(axis=1) == 0] = 1
    truth = np.array(draw(st.lists(st.integers(0, size - 1), min_size=n, max_size=n)))
    weights = draw(st.one_of(st.none(), st.lists(st.integers(1, 5), min_size=n, max_size=n)))
    return raw / raw.sum(axis=1, keepdims=True), truth, None if weights is None else np.array(weights, float)


@CASES
@given(probabilities(), st.integers(1, 4))
def test_log_loss_and_top_k(case, k):
    p, truth, weight = case
    size = p.shape[1]
    same(
        compute("log_loss", probability=p, truth=truth, weight=weight),
        oracle.log_loss(truth, p, labels=range(size), sample_weight=weight),
    )
    value = compute("top_k_accuracy", probability=p, truth=truth, k=k)
    if k >= size:
        assert value.value is None and value.reason == "k_too_large"
    elif size > 2:
        same(value, oracle.top_k_accuracy_score(truth, p, k=k, labels=range(size)))


@st.composite
def quantities(draw):
    n = draw(st.integers(1, 50))
    numbers = st.lists(st.integers(-50, 50), min_size=n, max_size=n)
    truth, predicted = np.array(draw(numbers), float), np.array(draw(numbers), float)
    lost = np.array(draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))) == 0
    weights = draw(st.one_of(st.none(), st.lists(st.integers(1, 5), min_size=n, max_size=n)))
    truth = np.where(lost, np.nan, truth) if draw(st.booleans()) else truth
    return truth, predicted, None if weights is None else np.array(weights, float)


@CASES
@given(quantities(), st.floats(0, 1))
def test_regression(case, alpha):
    truth, predicted, weight = case
    keep = ~np.isnan(truth)
    y, q, w = truth[keep], predicted[keep], None if weight is None else weight[keep]
    found = moments(truth, predicted, weight)
    assert found.missing == int((~keep).sum())
    if not len(y):
        assert compute("mae", moments=found).value is None
        return
    same(compute("mae", moments=found), oracle.mean_absolute_error(y, q, sample_weight=w))
    same(compute("rmse", moments=found), oracle.root_mean_squared_error(y, q, sample_weight=w))
    same(compute("median_absolute_error", moments=found), oracle.median_absolute_error(y, q))
    r2 = compute("r2", moments=found)
    if len(y) < 2 or len(set(y)) == 1:
        assert r2.value is None and r2.reason
    else:
        same(r2, oracle.r2_score(y, q, sample_weight=w))
    mape = compute("mape", truth=truth, predicted=predicted, weight=weight)
    if (y == 0).any():
        assert mape.value is None and mape.reason == "zero_truth"
    else:
        same(mape, oracle.mean_absolute_percentage_error(y, q, sample_weight=w))
    loss = compute("asymmetric_squared", truth=truth, predicted=predicted, alpha=alpha, weight=weight)
    e = y - q
    same(loss, np.average(np.where(e > 0, alpha, 1 - alpha) * e**2, weights=w))


@CASES
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=2, max_size=30), st.integers(1, 12))
def test_ndcg(rows, k):
    relevance, scores = np.array(rows, float).T
    value = group_ndcg(relevance, scores, k)
    if relevance.max() == 0:
        assert math.isnan(value)
    else:
        assert value == pytest.approx(oracle.ndcg_score([relevance], [scores], k=k))


def test_every_metric_is_within_its_bounds_and_says_its_direction():
    from diagnostics.metrics import registered

    names = [m.name for m in registered()]
    assert len(names) == len(set(names)) >= 15
    confusion = ConfusionCounts(classes=("a", "b"), counts=np.array([[3.0, 1.0], [2.0, 4.0]]), n=10)
    for one in registered():
        if one.needs == ("confusion",):
            value = one.function(confusion)
            low, high = one.bounds
            assert low <= value.low <= value.value <= value.high <= high if value.low is not None else True
            assert value.greater_is_better is one.greater_is_better


def test_calibration_bins_keep_ties_together():
    bins = calibration_bins(np.array([0.5] * 90 + [0.9] * 10), np.ones(100))
    assert bins.count.tolist() == [90, 10]
    assert bins.confidence.tolist() == pytest.approx([0.5, 0.9])
