"""Counts, p-values and candidates against brute force with boolean masks."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from diagnostics.slices.atoms import alone, combined, lookup
from diagnostics.slices.attributes import Attribute, Kind
from diagnostics.slices.counting import Cancelled, Scores, groups_of, pairs, single
from diagnostics.slices.cuts import codes_of, quantile_cuts, short_between
from diagnostics.slices.encoding import from_cuts
from diagnostics.slices.outcome import errors, losses
from diagnostics.slices.scan import scan
from diagnostics.slices.search import Search
from diagnostics.slices.tails import Population, log_upper_tail, population


def category(codes: np.ndarray, size: int, name: str = "c") -> Attribute:
    return Attribute(
        name=name, kind=Kind.CATEGORY, codes=codes.astype(np.uint8), size=size, regular=size,
        values=tuple(range(size)), coarse=np.arange(size),
    )  # fmt: skip


def number(values: np.ndarray, bins: int, name: str = "x") -> Attribute:
    found = from_cuts(name, values, quantile_cuts(values, bins), min_size=5)
    assert isinstance(found, Attribute)
    return found


@pytest.mark.parametrize("n", [1, 2, 97, 5_000, 200_003])
@pytest.mark.parametrize("binary", [True, False])
def test_tables_of_all_pairs_equal_boolean_masks(n, binary):
    random = np.random.default_rng(n)
    sizes = [2, 3, 9, 2, 17]
    codes = [random.integers(0, k, n).astype(np.uint8) for k in sizes]
    values = random.integers(0, 2, n).astype(np.uint8) if binary else random.normal(size=n)
    tables = pairs(codes, sizes, Scores(values=values))
    assert len(tables) == 10
    for (i, j), cells in tables.items():
        for a in range(0, sizes[i], 2):
            for b in range(0, sizes[j], 2):
                mask = (codes[i] == a) & (codes[j] == b)
                assert cells.n[a, b] == mask.sum()
                assert cells.total[a, b] == pytest.approx(values[mask].sum(), abs=1e-9)
    alone_cells = single(codes[2], 9, Scores(values=values))
    assert alone_cells.n.sum() == n
    assert alone_cells.total.sum() == pytest.approx(values.sum())


def test_running_sums_over_conditions_equal_the_matrix():
    random = np.random.default_rng(1)
    ranges = number(np.where(random.random(900) < 0.1, np.nan, random.normal(size=900)), 32)
    letters = category(random.integers(0, 5, 900), 5)
    tables = ((alone, ranges.size), (combined, ranges.coarse_size), (alone, 5), (combined, 5))
    for (made, cells), attribute in zip(tables, (ranges, ranges, letters, letters), strict=True):
        atoms = made(attribute)
        table = random.integers(0, 9, (cells, 7))
        np.testing.assert_array_equal(atoms.summed(table), atoms.matrix @ table)


def test_groups_hold_every_attribute_once():
    groups = groups_of([9, 9, 2, 2, 200, 5])
    assert sorted(i for g in groups for i in g) == list(range(6))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(60, 400), rate=st.floats(0.02, 0.6))
def test_the_scan_finds_what_brute_force_finds(seed, n, rate):
    random = np.random.default_rng(seed)
    attributes = [
        category(random.integers(0, 3, n), 3), category(random.integers(0, 4, n), 4),
        number(np.where(random.random(n) < 0.1, np.nan, random.normal(size=n)), 8),
    ]  # fmt: skip
    wrong = random.random(n) < np.where(attributes[0].codes == 1, min(0.95, rate * 2), rate)
    outcome = errors(wrong)
    engine = Search(attributes, outcome.scores, min_size=10)
    of = population(outcome.scores)
    got = scan(engine.tables(), engine.alone, engine.combined, of, min_size=10, level=1.0)

    brute, tested = {}, 0
    for i, a in enumerate(attributes):
        for members in alone(a).members:
            rows = lookup(a, members)[a.codes]
            if 10 <= rows.sum() <= n - 10:
                tested += 1
                brute[((i, members),)] = (rows.sum(), wrong[rows].sum())
    for i, a in enumerate(attributes):
        for j in range(i + 1, 3):
            for first in combined(a).members:
                for second in combined(attributes[j]).members:
                    one, two = lookup(a, first)[a.codes], lookup(attributes[j], second)[attributes[j].codes]
                    rows = one & two
                    if 10 <= rows.sum() <= n - 10 and rows.sum() < min(one.sum(), two.sum()):
                        tested += 1
                        brute[((i, first), (j, second))] = (rows.sum(), wrong[rows].sum())
    assert got.total == tested
    for candidate in got.found:
        size, bad = brute[candidate.terms]
        assert (candidate.n, candidate.total) == (size, bad)
        exact = stats.hypergeom.sf(bad - 1, n, wrong.sum(), size)
        assert np.exp(candidate.log_p) == pytest.approx(exact, rel=1e-6)
    # Nothing that is clearly significant is missed.
    for terms, (size, bad) in brute.items():
        if stats.hypergeom.sf(bad - 1, n, wrong.sum(), size) < 0.005:
            assert terms in {c.terms for c in got.found}


def test_hypergeometric_tail_is_exact_and_goes_far_out():
    of = Population(n=1000, total=100, mean=0.1, deviation=0.3, skewness=8 / 3, binary=True)
    n, hits = np.array([50.0, 50.0, 60.0]), np.array([9.0, 30.0, 60.0])
    expected = [
        sum(comb(100, k) * comb(900, int(m) - k) for k in range(int(h), min(100, int(m)) + 1)) / comb(1000, int(m))
        for m, h in zip(n, hits, strict=True)
    ]
    np.testing.assert_allclose(np.exp(log_upper_tail(n, hits, of)), expected, rtol=1e-8)
    huge = Population(n=1e6, total=1e5, mean=0.1, deviation=0.3, skewness=8 / 3, binary=True)
    far = log_upper_tail(np.array([2e4, 2e4]), np.array([8e3, 12e3]), huge)
    assert np.isfinite(far).all()
    assert far[1] < far[0] < -1000


def test_pearson_tail_matches_permutation_of_skewed_scores():
    random = np.random.default_rng(5)
    values = np.where(random.random(400) < 0.15, random.integers(1, 5, 400) / 4, 0.0)
    scores = Scores(values=values)
    dealt = np.array([values[random.permutation(400)[:40]].sum() for _ in range(40_000)])
    for share in (0.95, 0.99, 0.999):
        cut = np.quantile(dealt, share)
        observed = float((dealt >= cut).mean())
        told = float(np.exp(log_upper_tail(np.array([40.0]), np.array([cut]), population(scores)))[0])
        assert told == pytest.approx(observed, rel=0.35)


def test_a_skewed_loss_is_tested_by_order_not_by_size():
    random = np.random.default_rng(2)
    loss = np.abs(random.standard_t(1.2, 500))
    loss[7] = 1e9
    tame, wild = losses(loss, "mae"), losses(np.where(loss == 1e9, 1e3, loss), "mae")
    np.testing.assert_array_equal(tame.scores.values, wild.scores.values)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_short_cuts_stay_between_their_neighbours(low, gap):
    high = low + gap
    if low < high:
        assert low < short_between(low, high) <= high


def test_bins_follow_quantiles_and_ties():
    values = np.repeat(np.arange(100.0), [500] + [10] * 99)
    cuts = quantile_cuts(values, 8)
    counts = np.bincount(codes_of(values, cuts))
    assert len(cuts) >= 4
    assert counts.min() > 0
    with_gaps = np.array([np.nan, np.inf, -np.inf, 3.0])
    assert codes_of(with_gaps, cuts).tolist() == [len(cuts) + 1, len(cuts), 0, int(np.searchsorted(cuts, 3, "right"))]


def test_a_search_can_be_cancelled_and_tells_its_progress():
    class Stop:
        def is_set(self):
            return True

    codes = [np.zeros(10, np.uint8), np.zeros(10, np.uint8)]
    with pytest.raises(Cancelled):
        pairs(codes, [1, 1], Scores(values=np.zeros(10, np.uint8)), cancel=Stop())
    seen = []
    pairs(codes, [1, 1], Scores(values=np.zeros(10, np.uint8)), progress=seen.append)
    assert seen[-1] == 1.0
