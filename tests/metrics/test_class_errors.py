"""Confused classes as neighbours, differences of matrices, values among errors, groups by size."""

from dataclasses import dataclass

import numpy as np
import pytest

from diagnostics.metrics.clustering import clustered
from diagnostics.metrics.differences import aligned, changed_cells, share_difference
from diagnostics.metrics.group_sizes import by_size, spread, worst
from diagnostics.metrics.lift import lifts
from diagnostics.types import ConfusionCounts, GroupScores


def matrix(counts, names="abcdefghijklmnop"):
    counts = np.array(counts, dtype=float)
    return ConfusionCounts(classes=tuple(names[: len(counts)]), counts=counts, n=int(counts.sum()))


def test_confused_classes_are_neighbours_whatever_their_order():
    random = np.random.default_rng(0)
    pairs = random.permutation(40).reshape(20, 2)
    counts = np.eye(40) * 100
    for a, b in pairs:
        counts[a, b] = counts[b, a] = 30
    counts += random.poisson(0.2, counts.shape)
    places = np.argsort(clustered(ConfusionCounts(classes=tuple(map(str, range(40))), counts=counts, n=1)))
    assert all(abs(places[a] - places[b]) == 1 for a, b in pairs)


@pytest.mark.parametrize("counts", [[[1.0]], [[5, 0], [0, 5]], np.zeros((4, 4)), np.eye(5) * 9])
def test_an_order_of_matrices_without_mistakes_holds_every_class(counts):
    assert sorted(clustered(matrix(counts)).tolist()) == list(range(len(counts)))


def test_a_thousand_classes_have_an_order():
    counts = np.random.default_rng(1).poisson(0.01, (1000, 1000)) + np.eye(1000) * 20
    found = clustered(ConfusionCounts(classes=tuple(map(str, range(1000))), counts=counts, n=1))
    assert len(set(found.tolist())) == 1000


def test_only_cells_beyond_chance_are_told():
    before, after = matrix([[80, 20], [30, 170]]), matrix([[40, 60], [32, 168]])
    cells = changed_cells(before, after)
    assert {(one.truth, one.predicted) for one in cells} == {("a", "a"), ("a", "b")}
    assert not any(one.better for one in cells)
    assert all(one.low <= one.delta <= one.high for one in cells)
    assert changed_cells(before, before) == ()
    assert share_difference(before, after)[0, 1] == pytest.approx(0.4)


def test_classes_are_aligned_by_name():
    found = aligned(matrix([[1, 2], [3, 4]], "xy"), ("y", "z", "x"))
    assert found.counts.tolist() == [[4, 0, 3], [0, 0, 0], [2, 0, 1]]
    assert np.isnan(share_difference(found, found)[1]).all()


@dataclass(frozen=True)
class Count:
    column: str
    value: str
    errors: int
    rows: int


def test_a_value_among_errors_is_clear_only_beyond_all_that_was_tried():
    noise = [Count("noise", str(i), 10, 100) for i in range(50)]
    found = lifts([*noise, Count("time", "night", 60, 100)], 160, 1000)
    assert (found[0].value, found[0].clear) == ("night", True)
    assert found[0].share == pytest.approx(0.6)
    assert found[0].rest == pytest.approx(100 / 900)
    assert not any(one.clear for one in found[1:])


def test_values_that_all_rows_have_tell_nothing():
    assert lifts([Count("a", "x", 5, 100)], 5, 100) == ()


def test_false_alarms_of_the_search_stay_rare():
    random = np.random.default_rng(2)
    alarms = 0
    for _ in range(200):
        wrong = random.random(500) < 0.1
        columns = random.integers(0, 5, (10, 500))
        counts = [Count(str(c), str(v), int(wrong[x == v].sum()), int((x == v).sum()))
                  for c, x in enumerate(columns) for v in range(5)]  # fmt: skip
        alarms += any(one.clear for one in lifts(counts, int(wrong.sum()), 500))
    assert alarms <= 0.08 * 200


def groups(sizes, values):
    return GroupScores(groups=tuple(f"q{i}" for i in range(len(sizes))), size=np.array(sizes), value=np.array(values))


def test_groups_of_one_size_stay_together():
    found = by_size(groups([5] * 50 + [9] * 3, [0.5] * 50 + [0.9, np.nan, 0.7]))
    assert sum(one.groups for one in found) == 53
    assert [(one.low, one.high) for one in found] == [(5, 5), (9, 9)]
    assert found[1].undefined == 1
    assert found[1].score.value == pytest.approx(0.8)
    assert by_size(groups([], [])) == ()


def test_worst_groups_first_and_undefined_ones_never():
    found = worst(groups([3, 8, 4, 5], [0.2, 0.2, np.nan, 0.1]), 3)
    assert found.groups == ("q3", "q1", "q0")
    edges, counts = spread(groups([1, 1], [0.0, np.nan]))
    assert counts.sum() == 1
    assert len(edges) == len(counts) + 1
