import numpy as np
import pytest

from diagnostics.curves import band


def test_mean_and_sample_deviation_on_a_shared_grid():
    x = np.arange(3.0)
    values = np.array([[1, 2, 3], [3, 2, 1], [2, 2, 2.0]])
    found = band([(x, row) for row in values])
    assert found.mean == pytest.approx(values.mean(axis=0))
    assert found.high - found.mean == pytest.approx(values.std(axis=0, ddof=1))
    assert found.count.tolist() == [3, 3, 3]


def test_no_value_is_invented_outside_a_runs_own_range():
    long, short = np.arange(6.0), np.arange(3.0)
    found = band([(long, long), (short, short)])
    assert found.x.tolist() == [0, 1, 2]


def test_a_place_logged_twice_counts_with_its_later_value():
    found = band([(np.array([0, 1, 1.0]), np.array([1, 9, 3.0])), (np.array([0, 1.0]), np.array([1, 3.0]))])
    assert found.mean.tolist() == [1, 3]


def test_one_run_has_no_spread():
    assert band([(np.arange(3.0), np.arange(3.0))]) is None
    assert band([(np.arange(3.0), np.arange(3.0)), (np.arange(3.0), np.full(3, np.nan))]) is None
