import numpy as np
import pytest

from diagnostics.curves import best, best_table
from diagnostics.types import Axis, Role, Split
from tests.curves.builders import VALIDATION, curve, run


def test_lowest_loss_and_what_was_lost_since():
    found = best(curve([3, 1, 1, 2], VALIDATION, epoch=[1, 2, 3, 4]), "a", Axis.EPOCH)
    assert (found.value, found.at, found.last, found.last_at) == (1, 2, 2, 4)
    assert found.lost == pytest.approx(1)


def test_highest_score():
    found = best(curve([0.1, 0.9, 0.4], metric="f1", role=Role.METRIC, up=True), "a", Axis.EPOCH)
    assert (found.value, found.at) == (0.9, 1)


def test_undefined_is_said_and_never_a_number():
    unknown = best(curve([1, 2], metric="thing", role=Role.METRIC, up=None), "a", Axis.EPOCH)
    assert (unknown.value, unknown.reason, unknown.last) == (None, "direction_unknown", 2)
    empty = best(curve([np.nan, np.inf]), "a", Axis.EPOCH)
    assert (empty.value, empty.reason, empty.n) == (None, "nothing_finite", 0)


def test_a_missing_axis_falls_back_to_the_row():
    assert best(curve([1.0, 0.5], step=[10, 20]), "a", Axis.EPOCH).axis is Axis.ROW


def test_validation_is_judged_where_there_is_any():
    both = run("a", curve([1.0]), curve([2.0], VALIDATION))
    assert [row.split for row in best_table(both, Axis.EPOCH)] == [Split.VALIDATION]
    assert [row.split for row in best_table(run("b", curve([1.0])), Axis.EPOCH)] == [Split.TRAIN]
