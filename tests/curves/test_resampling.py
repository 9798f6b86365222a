from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from diagnostics.curves import LIMIT, keep
from diagnostics.curves.resampling import bin_points

VALUES = hnp.arrays(np.float64, st.integers(1, 700), elements=st.floats(width=32))


@st.composite
def curves(draw):
    value = draw(VALUES)
    n = len(value)
    kind = draw(st.sampled_from(["even", "random", "backwards", "constant", "restarts"]))
    seed = draw(st.integers(0, 9))
    rng = np.random.default_rng(seed)
    position = {
        "even": np.arange(n, dtype=float),
        "random": np.sort(rng.lognormal(size=n)),
        "backwards": rng.normal(size=n),
        "constant": np.full(n, 3.0),
        "restarts": np.arange(n) % max(n // 3, 1) * 1.0,
    }[kind]
    cuts = draw(st.integers(0, 4))
    segment = np.sort(rng.integers(0, cuts + 1, n)) if kind != "backwards" else None
    return position, value, segment, draw(st.integers(16, 120))


@settings(max_examples=300, deadline=None)
@given(curves())
def test_never_more_than_the_limit_and_always_in_order(curve):
    position, value, segment, limit = curve
    index = keep(position, value, limit=limit, segment=segment)
    assert len(index) <= limit
    assert (np.diff(index) > 0).all()
    assert index[0] == 0
    assert index[-1] == len(value) - 1


@settings(max_examples=300, deadline=None)
@given(curves())
def test_the_lowest_and_highest_of_the_curve_and_of_every_bin_are_kept(curve):
    position, value, segment, limit = curve
    kept = set(keep(position, value, limit=limit, segment=segment).tolist())
    finite = value[np.isfinite(value)]
    drawn = value[sorted(kept)]
    drawn = drawn[np.isfinite(drawn)]
    if len(finite):
        assert drawn.min() == finite.min()
        assert drawn.max() == finite.max()
    if len(value) <= limit:
        return
    bins, _ = bin_points(position, value, limit=limit, segment=segment)
    edges = [*bins.start.tolist(), len(value)]
    for start, stop in pairwise(edges):
        inside = [i for i in range(start, stop) if np.isfinite(value[i])]
        chosen = [value[i] for i in inside if i in kept]
        if inside:
            assert min(chosen) == min(value[i] for i in inside)
            assert max(chosen) == max(value[i] for i in inside)


@settings(max_examples=200, deadline=None)
@given(curves())
def test_every_kind_of_gap_survives_in_its_bin(curve):
    position, value, segment, limit = curve
    if len(value) <= limit:
        return
    kept = keep(position, value, limit=limit, segment=segment)
    bins, _ = bin_points(position, value, limit=limit, segment=segment)
    for kind in (np.isnan, np.isposinf, np.isneginf):
        assert set(bins.number[kind(value)]) == set(bins.number[kept[kind(value[kept])]])


def test_ends_of_every_segment_are_kept():
    n = 10_000
    segment = np.repeat([0, 1, 2], [3000, 4000, 3000])
    position = np.concatenate([np.arange(3000), np.arange(4000), np.arange(3000)]).astype(float)
    index = keep(position, np.random.default_rng(0).normal(size=n), limit=200, segment=segment)
    assert {0, 2999, 3000, 6999, 7000, 9999} <= set(index.tolist())
    assert len(index) <= 200
    bins, _ = bin_points(position, np.zeros(n), limit=200, segment=segment)
    assert all(len(set(segment[bins.number == number])) == 1 for number in range(len(bins.start)))


def test_a_single_spike_and_a_single_nan_in_a_hundred_thousand_points_are_kept():
    value = np.linspace(2, 1, 100_000)
    value[54_321], value[77_777] = 9.0, np.nan
    index = keep(np.arange(100_000.0), value)
    assert {54_321, 77_777} <= set(index.tolist())
    assert len(index) <= LIMIT


def test_log_positions_spread_the_points_over_the_decades():
    n = 100_000
    x = np.arange(1.0, n + 1)
    value = np.random.default_rng(0).normal(size=n)
    even, log = keep(x, value, limit=1000), keep(np.log10(x), value, limit=1000)
    assert (x[log] < 1000).sum() > 10 * (x[even] < 1000).sum()


def test_a_curve_with_more_restarts_than_room_still_keeps_its_extremes():
    n = 5000
    value = np.random.default_rng(1).normal(size=n)
    index = keep(np.arange(n) % 3 * 1.0, value, limit=64, segment=np.arange(n) // 3)
    assert len(index) <= 64
    assert value[index].max() == value.max()


def test_too_small_a_limit_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        keep(np.arange(3.0), np.arange(3.0), limit=4)
