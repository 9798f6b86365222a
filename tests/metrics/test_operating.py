"""Thresholds, averages, temperatures and expectiles against independent ways to compute them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn import metrics as oracle

from diagnostics.metrics import averaging, temperature
from diagnostics.metrics.asymmetry import asymmetric, best_shift, normal_levels, relative
from diagnostics.metrics.calibration import calibration_bins
from diagnostics.metrics.intervals import auc_interval
from diagnostics.metrics.operating import binned, counts_at, cut_of, outline, over_thresholds, score_curves
from diagnostics.metrics.regression import asymmetric_squared, mape
from diagnostics.metrics.scores import histogram
from diagnostics.queries.residual_parts import ResidualSides


def scored(n=500, seed=0, ties=False):
    random = np.random.default_rng(seed)
    truth = random.random(n) < 0.3
    score = random.normal(truth, 1)
    return (score.round(1) if ties else score), truth


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), ties=st.booleans(), cut=st.floats(-3, 3))
def test_counts_at_any_threshold_equal_those_of_the_rows(seed, ties, cut):
    score, truth = scored(120, seed, ties)
    counts = counts_at(score_curves(histogram(score, truth)).sweep, cut, ("no", "yes")).counts
    expected = oracle.confusion_matrix(truth, score >= cut, labels=[False, True])
    np.testing.assert_array_equal(counts, expected)


def test_curves_lie_on_scikit_learns():
    score, truth = scored(4000)
    found = score_curves(histogram(score, truth))
    rate, recall, _ = oracle.roc_curve(truth, score, drop_intermediate=False)
    pairs = {(round(a, 9), round(b, 9)) for a, b in zip(rate, recall, strict=True)}
    assert all((round(a, 9), round(b, 9)) in pairs for a, b in zip(*found.roc, strict=True))
    assert len(found.roc[0]) < 2000
    assert found.prevalence == pytest.approx(truth.mean())


def test_one_class_only_has_no_curves():
    found = score_curves(histogram(np.array([0.1, 0.2]), np.array([False, False])))
    assert not len(found.roc[0])
    assert not len(found.pr[0])
    assert found.auc.value is None
    assert found.auc.reason == "one_class_only"


def test_an_outline_keeps_every_spike():
    x = np.linspace(0, 1, 50_000)
    y = np.sin(x * 9)
    y[[777, 31_000]] = 5.0, -7.0
    places = outline(x, y)
    assert {777, 31_000, 0, 49_999} <= set(places.tolist())
    assert len(places) <= 1600


def test_the_cut_behind_decisions_is_found_again():
    score, _ = scored(3000)
    found = cut_of(histogram(score, score >= 0.8))
    below, above = score[score < 0.8].max(), score[score >= 0.8].min()
    assert below < found < above
    assert cut_of(histogram(score, np.random.default_rng(0).random(3000) < 0.5)) is None
    assert cut_of(histogram(score, np.ones(3000, dtype=bool))) is None


def test_shares_of_either_side_add_up_to_one():
    score, truth = scored()
    edges, own, rest = binned(histogram(score, truth))
    assert own.sum() == pytest.approx(1)
    assert rest.sum() == pytest.approx(1)
    assert len(edges) == len(own) + 1


def test_a_metric_against_the_threshold_leaves_undefined_stretches_out():
    score, truth = scored(50)
    sweep = score_curves(histogram(score, truth)).sweep
    x, y = over_thresholds(sweep, sweep.precision)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_averages_over_classes_equal_scikit_learns():
    random = np.random.default_rng(5)
    truth = random.integers(0, 4, 900)
    p = random.dirichlet(np.ones(4), 900) + 0.6 * np.eye(4)[truth]
    p /= p.sum(axis=1, keepdims=True)
    curves = [score_curves(histogram(p[:, k], truth == k)) for k in range(4)]
    expected = oracle.roc_auc_score(truth, p, multi_class="ovr", average="macro")
    assert averaging.macro([one.auc for one in curves]).value == pytest.approx(expected)
    together = score_curves(averaging.pooled([one.histogram for one in curves]))
    flat = np.eye(4)[truth].ravel()
    assert together.auc.value == pytest.approx(oracle.roc_auc_score(flat, p.ravel()))
    assert together.average_precision.value == pytest.approx(oracle.average_precision_score(flat, p.ravel()))
    x, y = averaging.mean_roc(curves)
    assert np.trapezoid(y, x) == pytest.approx(expected, abs=3e-3)


def test_the_temperature_that_was_put_in_comes_out():
    random = np.random.default_rng(1)
    logits = random.normal(0, 2, (4000, 3))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(3, p=row) for row in true])
    sharp = np.exp(2.5 * logits) / np.exp(2.5 * logits).sum(axis=1, keepdims=True)
    found = temperature.of_rows(sharp, truth)
    assert found.low < 2.5 < found.high
    assert found.helps
    assert found.after < found.before
    honest = temperature.of_rows(true, truth)
    assert honest.low < 1 < honest.high


def test_the_temperature_of_one_probability_from_bins():
    random = np.random.default_rng(2)
    odds = random.normal(-1, 1.5, 5000)
    truth = random.random(5000) < 1 / (1 + np.exp(-odds))
    stated = 1 / (1 + np.exp(-3 * odds))
    found = temperature.of_bins(calibration_bins(stated, truth.astype(float), 500))
    assert found.low < 3 < found.high
    assert temperature.of_bins(calibration_bins(stated, np.zeros(5000))) is None


def sides_of(truth, predicted):
    e = truth - predicted
    under, over = e > 0, e <= 0
    zero = truth == 0
    ratio = np.abs(e[~zero] / truth[~zero])
    return ResidualSides(
        n=len(e), weight=float(len(e)), under=float((e[under] ** 2).sum()), over=float((e[over] ** 2).sum()),
        under_rows=int(under.sum()), over_rows=int((e < 0).sum()), under_squares=float((e[under] ** 4).sum()),
        over_squares=float((e[over] ** 4).sum()), under_cross=float((e[under] ** 2).sum()),
        over_cross=float((e[over] ** 2).sum()), weight_squares=float(len(e)), zero_truth=int(zero.sum()),
        relative=float(ratio.sum()), relative_squares=float((ratio**2).sum()),
    )  # fmt: skip


@pytest.mark.parametrize("alpha", [0.05, 0.5, 0.8])
def test_asymmetric_loss_from_sums_equals_that_of_the_rows(alpha):
    random = np.random.default_rng(3)
    truth, predicted = random.normal(5, 2, 300), random.normal(5, 2, 300)
    ours, rows = asymmetric(sides_of(truth, predicted), alpha), asymmetric_squared(truth, predicted, alpha)
    assert (ours.value, ours.low, ours.high) == pytest.approx((rows.value, rows.low, rows.high))
    assert relative(sides_of(truth, predicted)).value == pytest.approx(mape(truth, predicted).value)


def test_relative_error_is_undefined_at_zero():
    found = relative(sides_of(np.array([0.0, 1.0]), np.array([1.0, 1.0])))
    assert found.value is None
    assert found.reason == "zero_truth"


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 9999), alpha=st.floats(0.02, 0.98))
def test_the_best_shift_makes_the_loss_least(seed, alpha):
    e = np.random.default_rng(seed).standard_t(4, 80)

    def loss(shift):
        return float((np.where(e > shift, alpha, 1 - alpha) * (e - shift) ** 2).sum())

    expected = minimize_scalar(loss, bounds=(e.min(), e.max()), method="bounded", options={"xatol": 1e-9})
    assert loss(best_shift(e, alpha)) <= expected.fun * (1 + 1e-6) + 1e-9


def test_levels_of_a_qq_plot_stay_among_the_rows():
    levels = normal_levels(100)
    assert levels[0] == pytest.approx(0.005)
    assert levels[-1] == pytest.approx(0.995)
    assert not len(normal_levels(1))


@pytest.mark.parametrize("area", [0.5, 0.8, 0.97, 1.0])
def test_an_area_interval_holds_the_area_and_keeps_a_width(area):
    low, high = auc_interval(area, 70, 650)
    assert 0 <= low < area <= high <= 1
    assert high - low < 0.2
