import numpy as np

from diagnostics.curves import available, best_axis, inside, origin, positions, repeated
from diagnostics.types import Axis
from tests.curves.builders import VALIDATION, curve, run


def test_wall_time_starts_at_the_first_stamp_of_the_run():
    late = curve([1, 2], VALIDATION, epoch=[0, 1], wall_time=[1060, 1120])
    this = run("a", curve([3, 2], epoch=[0, 1], wall_time=[1000, 1100]), late)
    assert origin(this, Axis.WALL_TIME) == 1000
    assert positions(late, Axis.WALL_TIME, origin=1000).tolist() == [60, 120]
    assert origin(this, Axis.EPOCH) == 0


def test_the_axis_to_start_with_loses_no_curve():
    epochs, steps = run("a", curve([1, 2], epoch=[0, 1])), run("b", curve([1, 2], step=[0, 10]))
    both = run("c", curve([1, 2], epoch=[0, 1], step=[0, 10]))
    assert best_axis([epochs, both]) is Axis.EPOCH
    assert best_axis([steps, both]) is Axis.STEP
    assert best_axis([epochs, steps]) is Axis.ROW
    assert available([epochs, steps]) == (Axis.EPOCH, Axis.STEP, Axis.ROW)
    assert best_axis([]) is Axis.EPOCH


def test_a_counter_without_numbers_is_no_axis():
    assert positions(curve([1.0], epoch=[np.nan]), Axis.EPOCH) is None


def test_a_window_keeps_one_neighbour_on_either_side():
    x = np.arange(10.0)
    assert inside(x, 3, 5).tolist() == [2, 3, 4, 5, 6]
    assert inside(x, 3.2, 3.8).tolist() == [3, 4]
    assert inside(x, 0, 9).tolist() == list(range(10))
    assert inside(x, 20, 30).tolist() == []


def test_repeated_steps_are_counted_within_a_segment_only():
    assert repeated(np.array([0, 1, 1, 2.0]), np.array([0, 0, 0, 0])) == 1
    assert repeated(np.array([0, 1, 1, 2.0]), np.array([0, 0, 1, 1])) == 0


def test_repeated_steps_are_found_in_any_order():
    assert repeated(np.array([3, 1, 2, 1, 3.0, np.nan, np.nan]), np.zeros(7, dtype=int)) == 2
    assert repeated(np.zeros(0), np.zeros(0, dtype=int)) == 0
