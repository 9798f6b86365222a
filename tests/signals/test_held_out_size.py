"""The size of the validation set, read off its accuracy."""

from __future__ import annotations

import numpy as np
import pytest

import diagnostics.signals.runs.held_out_size  # noqa: F401 - registers the signal
from diagnostics.rules import rules
from diagnostics.signals import Inputs, Missing
from tests.support import logs


def sized(accuracy, **more):
    rules("run")
    run = logs.run(logs.decay(30, 2.0, 0.2), logs.decay(30, 2.0, 0.3), logs.accuracy(accuracy, **more))
    return Inputs(run=run).get("held_out_size")


def right(n, seed=0):
    return np.round(n * (0.9 - logs.decay(30, 0.5, 0.0)) + np.random.default_rng(seed).normal(0, 2, 30)).clip(1, n - 1)


@pytest.mark.parametrize("n", [47, 53, 280, 391, 997])
def test_accuracies_in_full_give_the_size(n):
    found = sized(right(n) / n)
    assert found.n == n
    assert found.wrong == pytest.approx(n - np.median(right(n)[-3:]))
    assert found.relative_error == pytest.approx(1 / np.sqrt(found.wrong))


def test_four_digits_are_enough_for_a_small_set_and_too_few_for_a_large_one():
    assert sized(np.round(right(61) / 61, 4)).n == 61
    with pytest.raises(Missing):
        sized(np.round(np.random.default_rng(1).uniform(0.5, 0.9, 30), 2))


def test_values_on_no_grid_have_no_size():
    with pytest.raises(Missing):
        sized(np.random.default_rng(0).uniform(0.3, 0.9, 30))
