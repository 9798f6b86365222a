"""Robust statistics against definitions and against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from diagnostics.signals.runs import robust


def test_noise_finds_the_standard_deviation_under_a_trend():
    rng = np.random.default_rng(0)
    value = np.linspace(5.0, 1.0, 2000) + rng.normal(0, 0.1, 2000)
    assert robust.noise(value) == pytest.approx(0.1, rel=0.1)


def test_noise_is_not_moved_by_a_few_jumps():
    rng = np.random.default_rng(0)
    value = rng.normal(0, 0.1, 500)
    value[::100] += 50
    assert robust.noise(value) == pytest.approx(0.1, rel=0.2)
    assert robust.noise(np.array([1.0, 2.0])) == 0.0


def test_theil_sen_agrees_with_scipy():
    rng = np.random.default_rng(1)
    x = np.arange(40.0)
    y = 3.0 - 0.2 * x + rng.normal(0, 1.0, 40)
    slope, low, high = robust.theil_sen(x, y)
    expected = stats.theilslopes(y, x, alpha=0.95)
    assert slope == pytest.approx(expected.slope)
    assert low == pytest.approx(expected.low_slope, abs=0.02)
    assert high == pytest.approx(expected.high_slope, abs=0.02)
    assert np.isnan(robust.theil_sen(x[:2], y[:2])[0])


def test_the_trend_is_kendalls_tau():
    rng = np.random.default_rng(2)
    y = rng.normal(size=50) - 0.05 * np.arange(50)
    assert robust.trend_tau(y) == pytest.approx(stats.kendalltau(np.arange(50), y).statistic)
    assert robust.trend_tau(np.arange(10.0)) == 1.0
    assert robust.trend_tau(np.array([1.0])) == 0.0


def test_medians_keep_length_and_look_back_only():
    value = np.array([1.0, 9.0, 1.0, 1.0, 9.0])
    assert robust.trailing_median(value, 3).tolist() == [1.0, 5.0, 1.0, 1.0, 1.0]
    assert robust.centred_median(value, 3).tolist() == [5.0, 1.0, 1.0, 1.0, 5.0]
    assert robust.centred_median(value, 1).tolist() == value.tolist()
    assert [robust.width_for(n) for n in (5, 10, 100, 400)] == [1, 3, 5, 21]


def test_shared_steps_are_spearmans_rho_in_standard_errors():
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 6, 40).astype(float), rng.integers(0, 6, 40).astype(float)
    rho = stats.spearmanr(np.diff(a), np.diff(b)).statistic
    assert robust.shared_steps(a, b) == pytest.approx(rho * 38**0.5)
    assert robust.shared_steps(a, -a) == pytest.approx(-(38**0.5))
    assert robust.shared_steps(a, np.arange(40.0)) == 0.0
    assert robust.shared_steps(a[:4], b[:4]) == 0.0
