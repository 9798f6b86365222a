import numpy as np
import pytest

from diagnostics.curves import fit


def test_one_far_spike_is_cut_off_and_counted():
    value = np.linspace(2, 1, 200)
    value[100] = 1e6
    cut = fit([value])
    assert cut.above == 1
    assert cut.high < 10
    whole = fit([value], clip=False)
    assert whole.high > 1e6
    assert not whole.clipped


def test_an_ordinary_first_epoch_stays_on_the_chart():
    assert not fit([np.array([2.3, 1.1, 0.6, 0.4, 0.3, 0.25, 0.22, 0.2, 0.19, 0.18])]).clipped


def test_a_curve_that_lies_higher_is_no_outlier():
    assert not fit([np.linspace(0.1, 0.2, 50), np.linspace(90, 100, 50)]).clipped


def test_two_points_are_never_cut():
    assert not fit([np.array([1.0, 1e9])]).clipped


def test_log_axes_count_what_they_cannot_show():
    found = fit([np.array([0.0, -1.0, 0.1, 10.0])], log=True)
    assert found.unshown == 2
    assert found.low < 0.1 < 10 < found.high


def test_nothing_finite_is_no_range():
    assert fit([np.array([np.nan, np.inf])]) is None
    assert fit([]) is None


def test_a_flat_curve_gets_room():
    found = fit([np.full(5, 3.0)])
    assert found.low < 3 < found.high
    assert found.high - found.low == pytest.approx(0.6)
