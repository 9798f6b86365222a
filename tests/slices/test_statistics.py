"""How often noise is reported, how often a planted slice is found, and what selection does to an effect."""

import numpy as np
import pytest
from scipy import stats

from diagnostics.slices.adjustment import benjamini_hochberg, level_weights
from diagnostics.slices.counters import rows_of
from diagnostics.slices.outcome import errors, losses
from diagnostics.slices.search import Search, default_min_size
from diagnostics.slices.shrinkage import conditional
from tests.slices.test_exactness import category

FILES, ROWS = 60, 2000


def file(seed: int, kind: str, planted: bool = False):
    """2,000 rows with eight attributes of four values: 526 slices."""
    random = np.random.default_rng([seed, 99])
    shared = random.integers(0, 4, ROWS)
    codes = [random.integers(0, 4, ROWS) for _ in range(8)]
    if "correlated" in kind:
        codes = [np.where(random.random(ROWS) < 0.6, shared, c) for c in codes]
    target = (codes[0] == 0) & (codes[1] == 0)
    if "heavy" in kind:
        outcome = losses(np.abs(random.standard_t(1.5, ROWS)), "mae")
    else:
        outcome = errors(random.random(ROWS) < np.where(target & planted, 0.35, 0.15))
    return Search([category(c, 4) for c in codes], outcome.scores, min_size=default_min_size(ROWS)), target


@pytest.mark.parametrize("kind", ["errors", "errors correlated", "heavy", "heavy correlated"])
def test_noise_is_seldom_reported(kind):
    alarms = sum(bool(file(seed, kind)[0].run().groups) for seed in range(FILES))
    # At a true rate of 2.5 % more than 5 of 60 happens once in three hundred times; the seeds are fixed.
    assert alarms <= 5


def test_a_planted_slice_is_found_and_named():
    hits = 0
    for seed in range(FILES):
        engine, target = file(seed, "errors", planted=True)
        masks = [rows_of(g.terms, engine.attributes) for g in engine.run().groups]
        hits += any((m & target).sum() > 0.5 * (m | target).sum() for m in masks)
    assert hits >= 0.8 * FILES


def test_nothing_is_found_when_nothing_or_everything_is_wrong():
    codes = [category(np.arange(500) % 5, 5), category(np.arange(500) % 3, 3)]
    for wrong in (np.zeros(500, bool), np.ones(500, bool)):
        found = Search(codes, errors(wrong).scores, min_size=20).run()
        assert found.groups == ()
        assert found.tested > 10


def test_adjustment_equals_scipy_when_all_are_given_and_is_safe_when_some_are_not():
    p = np.random.default_rng(1).random(50) ** 3
    expected = stats.false_discovery_control(p)
    np.testing.assert_allclose(benjamini_hochberg(np.log(p), 50), expected, rtol=1e-9)
    small = p < 0.2
    assert (benjamini_hochberg(np.log(p[small]), 50) >= expected[small] - 1e-12).all()


def test_weights_average_one():
    tested = {1: 30, 2: 900, 3: 0}
    weights = level_weights(tested)
    assert sum(weights[level] * tested[level] for level in weights) == pytest.approx(930)
    assert 3 not in weights


def test_shrinking_undoes_the_luck_of_the_chosen():
    random = np.random.default_rng(0)
    truth, threshold = 3.0, 4.0
    z = truth + random.normal(size=4000)
    chosen = z[z > threshold]
    found = [conditional(v, threshold) for v in chosen[:400]]
    assert np.median(chosen) > truth + 1
    assert np.median([f.value for f in found]) == pytest.approx(truth, abs=0.5)
    assert np.mean([f.low <= truth <= f.high for f in found]) == pytest.approx(0.95, abs=0.03)
    far = conditional(20.0, 4.0)
    assert far.value == pytest.approx(20.0, abs=1e-3)


def test_three_conditions_are_found_by_opening_promising_parents():
    random = np.random.default_rng(3)
    codes = [random.integers(0, 3, 4000) for _ in range(6)]
    target = (codes[0] == 0) & (codes[1] == 0) & (codes[2] == 0)
    outcome = errors(random.random(4000) < np.where(target, 0.45, 0.15))
    engine = Search([category(c, 3) for c in codes], outcome.scores, min_size=100, depth=3)
    found = engine.run()
    assert found.groups[0].tried.level == 3
    assert (rows_of(found.groups[0].terms, engine.attributes) == target).all()
    assert found.first.tested[3] >= 20 * 27
