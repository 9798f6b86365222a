"""Signals measured on logs whose answer is known by construction."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.rules import rules
from diagnostics.signals import Inputs, Missing
from diagnostics.types import Role, SourceFile, Split
from tests.support import logs

rules("run")


def measured(run, name):
    return Inputs(run=run).get(name)


def test_a_classifier_that_was_trained_before_is_measured_against_two_classes():
    low = np.full(10, 0.1)
    scale = measured(logs.run(low, low, logs.accuracy(np.full(10, 0.95))), "scale")
    assert scale.reference == pytest.approx(np.log(2))
    assert measured(logs.run(low, low), "scale").reference == pytest.approx(0.1)


def test_a_detector_is_no_classifier():
    detector = logs.run(
        logs.decay(10, 7.0, 5.0), None, logs.accuracy(np.full(10, 0.5), metric="precision"),
        logs.accuracy(np.full(10, 0.4), metric="map50"),
    )  # fmt: skip
    assert not measured(detector, "scale").classifier


def test_progress_of_a_straight_line_and_of_a_decay():
    line = measured(logs.run(np.linspace(2.0, 1.0, 31)), "train_progress")
    assert line.pace == pytest.approx(1.0, abs=0.35)
    assert line.tau == -1.0
    assert line.slope == pytest.approx(-0.5)
    flat = measured(logs.run(logs.decay(31, 2.0, 1.0)), "train_progress")
    assert flat.pace < 0.2
    assert flat.limit == pytest.approx(0.5, abs=0.02)
    assert flat.late < 0.01


def test_the_gap_is_zero_for_equal_losses_and_one_where_validation_never_moved():
    train = logs.decay(30, 2.0, 0.1)
    assert measured(logs.run(train, train), "gap").behind == pytest.approx(0.0)
    assert measured(logs.run(train, np.full(30, 2.0)), "gap").behind == pytest.approx(1.0, abs=0.01)
    assert measured(logs.run(train, 0.5 * train), "gap").ahead > 0.15


def test_the_gap_needs_both_losses():
    for run, code in (
        (logs.run(logs.decay(9, 2, 1)), "needs_validation_loss"),
        (logs.run(None, logs.decay(9, 2, 1)), "needs_training_loss"),
    ):  # fmt: skip
        with pytest.raises(Missing) as reason:
            measured(run, "gap")
        assert reason.value.code == code


def test_stability_of_a_lasting_climb_and_of_a_lone_spike():
    climbed = logs.decay(40, 2.0, 0.2)
    climbed[25:] += 1.0
    s = measured(logs.run(climbed), "stability")
    assert s.climb == pytest.approx(0.5, abs=0.02)
    assert s.climb_at == pytest.approx(26, abs=1)
    spiky = logs.decay(40, 2.0, 0.2)
    spiky[25] = 5.0
    s = measured(logs.run(spiky), "stability")
    assert s.climb < 0.05
    assert s.spikes == (25.0,)


def test_a_schedule_is_read_from_the_rate_that_varies():
    rate = np.concatenate([np.linspace(0.01, 0.1, 5), np.full(5, 0.1), np.full(5, 0.01)])
    curve = logs.curve(rate, metric="learning_rate", split=None, role=Role.LEARNING_RATE)
    schedule = measured(logs.run(logs.decay(15, 2, 1), None, curve), "regime").schedule
    assert (schedule.drops, schedule.left) == (1, pytest.approx(0.1))
    assert schedule.rises_at == pytest.approx(4 / 14)


def test_the_last_epochs_without_mosaic_are_known_by_format_or_config():
    file = SourceFile(name="results.csv", format="ultralytics", digest="", size=1)
    run = logs.run(logs.decay(60, 2, 1), logs.decay(60, 2, 1), sources=(file,))
    assert measured(run, "regime").closing == 10
    off = logs.run(logs.decay(60, 2, 1), None, sources=(file,), config={"mosaic": 0.0})
    assert measured(off, "regime").closing == 0
    assert measured(logs.run(logs.decay(60, 2, 1), None, config={"close_mosaic": "5"}), "regime").closing == 5


def test_metrics_in_percent_become_fractions_and_others_are_left_out():
    percent = logs.curve(
        np.linspace(20, 90, 10), metric="accuracy", split=Split.VALIDATION, role=Role.METRIC, up=True, unit="percent"
    )
    bleu = logs.accuracy(np.linspace(0, 0.3, 10), metric="bleu")
    skill = measured(logs.run(logs.decay(10, 2.3, 0.3), logs.decay(10, 2.3, 0.3), percent, bleu), "skill")
    assert [m.name for m in skill.metrics] == ["accuracy"]
    assert skill.accuracy.end == pytest.approx(0.9)
    with pytest.raises(Missing):
        measured(logs.run(logs.decay(10, 2.3, 0.3), None, bleu), "skill")


def test_gradient_norms_that_fade_burst_or_are_zero():
    def norms(value):
        curve = logs.curve(value, metric="gradient_norm", split=None, role=Role.GRADIENT_NORM)
        return measured(logs.run(logs.decay(len(value), 2, 1.9), None, curve), "gradient_norms")

    assert norms(np.geomspace(1, 1e-6, 60)).late < 1e-3
    burst = np.ones(60)
    burst[30:36] = 100.0
    assert norms(burst).largest == pytest.approx(100.0)
    lone = np.ones(60)
    lone[30] = 100.0
    assert norms(lone).largest < 2.0
    assert norms(np.geomspace(1, 1e-6, 60)).largest < 2.0
    assert norms(np.zeros(60)).zero == 1.0


@pytest.mark.parametrize(("value", "expected"), [
    (np.geomspace(1, 1e-6, 60), "vanishing_gradients"), (np.zeros(60), "vanishing_gradients"),
    (np.concatenate([np.ones(30), np.full(8, 300.0), np.ones(22)]), "exploding_gradients"),
])  # fmt: skip
def test_rules_about_gradients(value, expected):
    from diagnostics.report import diagnose

    curve = logs.curve(value, metric="gradient_norm", split=None, role=Role.GRADIENT_NORM)
    flat = logs.noisy(np.full(60, 2.3), 0.002, 0)
    assert expected in {f.id for f in diagnose([logs.run(flat, flat, curve)]).findings}
    calm = logs.curve(np.geomspace(1, 0.1, 60), metric="gradient_norm", split=None, role=Role.GRADIENT_NORM)
    assert expected not in {f.id for f in diagnose([logs.run(flat, flat, calm)]).findings}
