"""Two losses on one grid, whatever rhythm each was logged at."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.rules import rules
from diagnostics.signals import Inputs, Missing
from diagnostics.types import Axis, Split
from tests.support import logs

rules("run")  # imports the signals


def course(run):
    return Inputs(run=run).get("course")


def test_rows_of_one_table_are_paired_as_they_are():
    run = logs.healthy(n=10)
    c = course(run)
    assert np.array_equal(c.train, run.curves[0].value)
    assert np.array_equal(c.validation, run.curves[1].value)
    assert (c.axis, c.scatter, c.batches) == (Axis.EPOCH, 0.0, False)


def test_training_steps_are_averaged_up_to_each_evaluation():
    train = logs.curve([5.0, 4.0, 3.0, 2.0, 1.0, 0.0, 9.0], step=np.arange(1.0, 8.0))
    held_out = logs.curve([4.0, 2.0, 1.0] * 2, split=Split.VALIDATION, step=np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    held_out = held_out.where(np.array([False, True, False, True, False, True]))
    c = course(logs.run(train, held_out))
    assert c.x.tolist() == [2.0, 4.0, 6.0]
    assert c.train.tolist() == [4.5, 2.5, 0.5]  # the point after the last evaluation belongs to no row
    assert c.per_row == 2.0


def test_evaluations_denser_than_training_are_averaged_instead():
    train = logs.curve(np.arange(10.0, 0.0, -1.0), step=np.arange(10.0, 101.0, 10.0))
    held_out = logs.curve(np.arange(100.0, 0.0, -1.0), split=Split.VALIDATION, step=np.arange(1.0, 101.0))
    c = course(logs.run(train, held_out))
    assert len(c) == 10
    assert c.validation[0] == pytest.approx(np.mean(np.arange(100.0, 90.0, -1.0)))


def test_training_alone_is_averaged_by_epoch_and_knows_its_batch_noise():
    rng = np.random.default_rng(0)
    epoch = np.repeat(np.arange(12.0), 25)
    c = course(logs.run(logs.curve(1.0 + rng.normal(0, 0.1, 300), epoch=epoch, step=np.arange(300.0))))
    assert len(c) == 12
    assert c.scatter == pytest.approx(0.1 / 5, rel=0.35)
    assert c.batches


def test_values_that_are_no_numbers_are_left_out():
    values = logs.decay(10, 2.0, 1.0)
    values[3] = np.nan
    assert len(course(logs.run(values))) == 9
    with pytest.raises(Missing, match="needs_finite_loss"):
        course(logs.run(np.full(5, np.nan)))


def test_a_resumed_log_is_stitched_and_repeated_rows_count_once():
    value = np.array([5.0, 4.0, 3.0, 2.0, 2.9, 1.9, 1.0])
    epoch = np.array([0.0, 1.0, 2.0, 3.0, 2.0, 3.0, 4.0])
    segment = np.array([0, 0, 0, 0, 1, 1, 1])
    from diagnostics.types import Segment

    parts = (Segment(number=0, start=0.0, stop=3.0), Segment(number=1, start=2.0, stop=4.0, overlap=1.0))
    c = course(logs.run(logs.curve(value, epoch=epoch, segment=segment), segments=parts))
    assert c.train.tolist() == [5.0, 4.0, 2.9, 1.9, 1.0]
    assert c.x.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_counters_that_began_anew_go_on_after_the_first_stretch():
    c = course(logs.restarted(n=20))
    assert np.all(np.diff(c.x) > 0)
    assert len(c) == 20


def test_a_fresh_start_leaves_the_earlier_training_out():
    inputs = Inputs(run=logs.restarted(n=40, fresh=True))
    assert inputs.get("restarts").kind == "fresh"
    assert len(inputs.get("course")) == 20


def test_the_half_epoch_shift():
    from diagnostics.signals.runs.gap import half_epoch_later

    assert half_epoch_later(np.array([4.0, 2.0, 1.0])).tolist() == [3.0, 1.5, 0.5]
    assert half_epoch_later(np.array([1.0, 2.0])).tolist() == [1.5, 2.0]


def test_a_very_long_course_is_averaged_over_stretches():
    n = 25_000
    run = logs.run(logs.noisy(logs.decay(n, 2.0, 0.2), 0.1, 0), logs.noisy(logs.decay(n, 2.0, 0.3), 0.1, 1))
    c = course(run)
    assert len(c) == 1000
    assert (c.x[0], c.x[-1]) == (24.0, n - 1.0)
    assert c.train.mean() == pytest.approx(run.curves[0].value.mean())
    assert c.per_row == pytest.approx(25.0)
