import numpy as np
import pytest

from diagnostics.readers.draft import Series
from diagnostics.readers.segments import number, repeats, restarts, within_epoch
from diagnostics.types import Split
from tests.readers.logs import codes, curve, run


def steps(*values):
    return np.array(values, dtype=float)


@pytest.mark.parametrize(
    ("counter", "where"),
    [
        ([0, 1, 2, 3], []),
        ([0, 1, 2, 0, 1, 2], [3]),
        ([0, 1, 0, 1, 0, 1, 2], [2, 4]),
        ([0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7], [6]),
        ([0, 1, 2, 3, 2, 3, 4], [4]),
        ([5, 10, 15, 20, 14, 19, 24], [4]),
        # One late row, and late rows of a slower writer between those of a quicker one.
        ([43, 46, 72, 95, 68, 130, 135], []),
        ([0, 2, 1, 3, 4, 5], []),
        ([1, 1, 2, 2, 3, 2, 4, 3, 5, 4, 6], []),
        ([0, 1, 2, 3, 4, 3], []),
        ([0, 10, 20, 30, 0], [4]),
        ([7], []),
        ([], []),
    ],
)
def test_restarts_are_told_from_late_rows(counter, where):
    assert restarts(steps(*counter)).tolist() == where


def test_an_epoch_logged_again_is_a_restart_but_batches_are_not():
    assert repeats(steps(0, 1, 2, 3, 3, 4, 5)).tolist() == [4]
    assert repeats(steps(0, 0, 0, 1, 1, 1, 2, 2, 2)).tolist() == []


def test_a_step_that_follows_the_epochs_is_made_to_run_on():
    epoch = steps(1, 1, 1, 2, 2, 2, 3, 3, 3)
    assert within_epoch(steps(10, 20, 30, 10, 20, 30, 10, 20, 30), epoch).tolist() == [
        10,
        20,
        30,
        40,
        50,
        60,
        70,
        80,
        90,
    ]
    assert within_epoch(steps(0, 1, 2, 0, 1, 2, 0, 1, 2), epoch - 1).tolist() == list(range(9))
    assert within_epoch(steps(1, 2, 3, 4, 5, 6, 7, 8, 9), epoch) is None


def test_a_restart_of_step_and_epoch_is_not_taken_for_batches():
    assert within_epoch(steps(1, 2, 3, 4, 1, 2, 3), steps(0, 1, 2, 3, 0, 1, 2)) is None


def test_a_sparse_series_is_cut_where_the_dense_one_jumps():
    dense = Series(name="a", value=np.zeros(8), step=steps(1, 2, 3, 4, 2, 3, 4, 5), row=np.arange(8))
    sparse = Series(name="b", value=np.zeros(2), step=steps(3, 5), row=np.array([2, 7]))
    numbers, segments = number([dense, sparse])
    assert numbers[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1] and numbers[1].tolist() == [0, 1]
    assert [(s.start, s.stop, s.overlap) for s in segments] == [(1, 4, None), (2, 5, 2)]


def test_without_rows_the_sparse_series_is_laid_along():
    dense = Series(name="a", value=np.zeros(8), step=steps(1, 2, 3, 4, 2, 3, 4, 5))
    sparse = Series(name="b", value=np.zeros(2), step=steps(3, 5))
    numbers, segments = number([dense, sparse])
    assert numbers[1].tolist() == [0, 1] and len(segments) == 2


def test_series_with_counters_of_their_own_are_no_restart(tmp_path):
    """Lightning numbers the batches of its validation passes from zero, in the same column."""
    lines = ["epoch,step,train_loss_epoch,val_loss_step,val_loss_epoch"]
    for epoch in range(4):
        lines += [f"{epoch},{epoch * 3 + b},,0.5," for b in range(3)]
        lines += [f"{epoch},{epoch * 100 + 99},,,0.4", f"{epoch},{epoch * 100 + 99},0.3,,"]
    found = run(tmp_path, "\n".join(lines) + "\n")
    assert len(found.segments) == 1 and "restarts" not in codes(found)


def test_runs_appended_to_one_keras_log(tmp_path):
    text = "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1)},{1.1 / (e + 1)}\n" for _ in range(3) for e in range(5))
    found = run(tmp_path, text, "training.log")
    assert [s.number for s in found.segments] == [0, 1, 2] and "restarts" in codes(found)
    assert curve(found, "loss", Split.VALIDATION).segment.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert [s.overlap for s in found.segments] == [None, 4, 4]


def test_a_batch_column_beside_epochs(tmp_path):
    rows = "".join(f'{{"epoch": {e}, "batch": {b}, "loss": 0.5}}\n' for e in range(3) for b in range(4))
    found = run(tmp_path, rows, "log.jsonl")
    assert len(found.segments) == 1 and "step_rebuilt" in codes(found)
    assert curve(found, "loss", Split.TRAIN).step.tolist() == list(range(12))
