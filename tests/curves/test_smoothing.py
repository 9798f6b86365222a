import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from diagnostics.curves import trailing

VALUES = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6) | st.just(np.nan) | st.just(np.inf))


def by_hand(value, weight):
    result, total, weights = [], 0.0, 0.0
    for point in value:
        if not np.isfinite(point):
            result.append(np.nan)
            continue
        total, weights = weight * total + point, weight * weights + 1
        result.append(total / weights)
    return np.array(result)


@given(VALUES, st.floats(0, 0.99))
def test_equals_the_definition(value, weight):
    np.testing.assert_allclose(trailing(value, weight), by_hand(value, weight), rtol=1e-7, atol=1e-6)


@given(VALUES, st.floats(0, 0.99), st.data())
def test_the_future_changes_nothing(value, weight, data):
    cut = data.draw(st.integers(1, len(value)))
    np.testing.assert_array_equal(trailing(value, weight)[:cut], trailing(value[:cut], weight))


def test_starts_afresh_at_a_restart():
    value, segment = np.array([10.0, 10, 1, 1]), np.array([0, 0, 1, 1])
    np.testing.assert_allclose(trailing(value, 0.9, segment), value)


@pytest.mark.parametrize("weight", [-0.1, 1.0])
def test_refuses_a_weight_outside_its_range(weight):
    with pytest.raises(ValueError, match="weight"):
        trailing(np.ones(3), weight)
