"""Residual rules: firing sets, quiet sets, and rows listed farthest first."""

import numpy as np
import pytest

from tests.rules.predictions.sets import findings, stored

IDS = {"biased_residuals", "heteroscedastic_residuals", "residual_outliers"}


def regression(n=1500, seed=0):
    random = np.random.default_rng(seed)
    predicted = random.gamma(3, 20, n)
    return (
        random,
        predicted,
        random.normal(0, 5, n),
        {"age": random.uniform(18, 80, n), "site": random.choice(["a", "b"], n).tolist()},
    )


def named(tmp_path, predicted, error, attributes):
    return findings(stored(tmp_path, {"y_true": predicted + error, "y_pred": predicted, **attributes}))


@pytest.mark.parametrize("seed", range(10))
def test_honest_residuals_are_left_alone(tmp_path, seed):
    random, predicted, error, attributes = regression(300 + 200 * seed, seed)
    heavy = random.standard_t(6, len(error)) * 4 if seed % 2 else error
    assert not IDS & set(named(tmp_path, predicted, heavy, attributes))


@pytest.mark.parametrize(("shift", "direction"), [(1.5, "under"), (-1.5, "over")])
def test_bias_and_its_direction(tmp_path, shift, direction):
    _, predicted, error, attributes = regression()
    found = named(tmp_path, predicted, error + shift, attributes)
    assert found["biased_residuals"].params["direction"] == direction
    assert found["biased_residuals"].params["mean"] == pytest.approx(shift, abs=0.4)
    assert "residual_outliers" not in found


def test_a_bias_that_outliers_alone_make_is_not_one(tmp_path):
    _, predicted, error, attributes = regression()
    error[:20] += 400
    found = named(tmp_path, predicted, error, attributes)
    assert "biased_residuals" not in found
    assert found["residual_outliers"].params["rows"] and set(found["residual_outliers"].params["rows"]) == set(
        range(20)
    )


@pytest.mark.parametrize("driver", ["prediction", "age"])
def test_growing_spread_names_its_driver(tmp_path, driver):
    _, predicted, error, attributes = regression()
    along = predicted if driver == "prediction" else attributes["age"]
    found = named(tmp_path, predicted, error * (0.3 + 1.5 * along / along.max()), attributes)
    assert found["heteroscedastic_residuals"].params["driver"] == driver
    assert "residual_outliers" not in found


def test_a_step_in_the_spread_is_a_slice_not_a_trend(tmp_path):
    _, predicted, error, attributes = regression()
    found = named(tmp_path, predicted, np.where(attributes["age"] > 70, 3 * error, error), attributes)
    assert "heteroscedastic_residuals" not in found


def test_outliers_come_farthest_first_by_file_position(tmp_path):
    _, predicted, error, attributes = regression()
    error[[7, 100, 900]] = [60, -200, 90]
    found = named(tmp_path, predicted, error, attributes)
    assert found["residual_outliers"].params["rows"] == [100, 900, 7]


@pytest.mark.parametrize("size", [0.0, 1e-9, 1e9])
def test_scale_does_not_matter(tmp_path, size):
    _, predicted, error, attributes = regression()
    found = named(tmp_path, predicted * (size or 1), (error + 2) * (size or 1), attributes)
    assert "biased_residuals" in found
