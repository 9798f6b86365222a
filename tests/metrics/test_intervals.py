"""Intervals cover what they say they cover."""

import numpy as np
import pytest
from scipy.stats import binomtest

from diagnostics.metrics import compute
from diagnostics.metrics.calibration import calibration_bins, debiased_ece, fit_noise, log_probability
from diagnostics.metrics.intervals import bootstrap, delong_variance, midranks, newcombe, wilson
from diagnostics.metrics.scores import auc_bounds, histogram
from diagnostics.metrics.thresholds import GOALS, best_threshold, coarse


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (3, 10), (50, 100), (999, 1000)])
def test_wilson_equals_scipy(hits, n):
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high))


def test_shares_of_nothing_have_no_interval():
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None


def test_newcombe_contains_the_difference_and_excludes_zero_when_clear():
    low, high = newcombe(80, 100, 40, 100)
    assert low < 0.4 < high and low > 0


def test_midranks_share_ties():
    assert midranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_auc_interval_covers_the_true_area():
    random, covered = np.random.default_rng(0), 0
    for _ in range(200):
        scores = np.concatenate([random.normal(1, 1, 60), random.normal(0, 1, 90)])
        value = compute("roc_auc", histogram=histogram(scores, np.arange(150) < 60))
        covered += value.low <= 0.7602 <= value.high
    assert covered >= 180


def test_delong_agrees_with_the_spread_of_areas():
    random, areas, variances = np.random.default_rng(1), [], []
    for _ in range(300):
        positive, negative = random.normal(1, 1, 50), random.normal(0, 1, 50)
        scores = np.concatenate([positive, negative])
        areas.append(compute("roc_auc", histogram=histogram(scores, np.arange(100) < 50)).value)
        variances.append(delong_variance(positive, negative))
    assert np.mean(variances) == pytest.approx(np.var(areas), rel=0.25)


def test_binned_area_is_within_its_bound():
    random = np.random.default_rng(2)
    scores, truth = random.normal(size=20_000), random.random(20_000) < 0.3
    scores[truth] += 0.8
    exact = histogram(scores, truth)
    binned = coarse(exact, 64)
    difference = abs(compute("roc_auc", histogram=exact).value - compute("roc_auc", histogram=binned).value)
    assert 0 < difference <= auc_bounds(binned) < 0.02
    assert auc_bounds(exact) == 0


def test_ece_of_a_calibrated_model_reaches_zero_and_debiasing_removes_most_of_it():
    random = np.random.default_rng(3)
    p = random.uniform(0.5, 1, 2000)
    bins = calibration_bins(p, random.random(2000) < p)
    value = compute("ece", calibration=bins)
    assert value.value > 0.01 and value.low < 0.005
    assert debiased_ece(bins) < 0.6 * value.value


def test_noise_and_temperature_are_told_apart():
    random = np.random.default_rng(4)
    logits = random.normal(0, 2.5, (4000, 4))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(4, p=row) for row in p])
    sharp = np.exp(2 * logits) / np.exp(2 * logits).sum(axis=1, keepdims=True)
    only_sharp = fit_noise(log_probability(sharp), truth)
    assert only_sharp.temperature == pytest.approx(2, rel=0.1)
    assert only_sharp.noise_low < 0.005
    flipped = np.where(random.random(4000) < 0.05, random.integers(0, 4, 4000), truth)
    only_noise = fit_noise(log_probability(p), flipped)
    assert only_noise.temperature == pytest.approx(1, rel=0.1)
    assert only_noise.noise == pytest.approx(0.0375, abs=0.012)
    assert only_noise.noise_ratio > 15


def test_gain_of_a_threshold_is_honest_when_there_is_none():
    random = np.random.default_rng(5)
    p = random.uniform(0, 1, 3000)
    counted = histogram(p, random.random(3000) < p)
    best = best_threshold(counted, GOALS["accuracy"], used=0.5)
    assert best.gain_low <= 0.0 < 0.01  # choosing on noise must not look like a gain
    moved = best_threshold(counted, GOALS["accuracy"], used=0.9)
    assert moved.gain_low > 0.1 and moved.low < 0.5 < moved.high


def test_bootstrap_repeats_and_leaves_the_global_state_alone():
    values = np.arange(50.0)
    state = np.random.get_state()[1].copy()
    first = bootstrap(lambda rows: values[rows].mean(), 50)
    assert first == bootstrap(lambda rows: values[rows].mean(), 50)
    assert (np.random.get_state()[1] == state).all()
    assert first[0] < 24.5 < first[1]
