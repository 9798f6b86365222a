"""NaN and infinity: reported where they are a loss, and only there."""

from __future__ import annotations

import numpy as np

from diagnostics.report import diagnose
from diagnostics.types import Role, Severity, Split
from tests.support import logs


def finding(run):
    return next((f for f in diagnose([run]).findings if f.id == "nonfinite_loss"), None)


def with_bad(value, *where):
    losses = logs.decay(30, 2.0, 0.2)
    losses[list(where)] = value
    return losses


def test_the_first_place_is_reported():
    found = finding(logs.run(with_bad(np.nan, *range(12, 30))))
    assert (found.params["at"], found.params["axis"], found.params["kind"]) == (12.0, "epoch", "nan")
    assert found.marks[0].start == 12.0
    assert found.severity is Severity.HIGH


def test_a_single_infinity_that_passes_is_less_severe_and_points_at_data():
    found = finding(logs.run(with_bad(np.inf, 7)))
    assert found.severity is Severity.MEDIUM
    assert found.hypotheses[0].id == "bad_batch"
    assert found.actions[0] == "check_pipeline"


def test_a_loss_that_never_held_a_number_is_reported():
    assert finding(logs.run(np.full(10, np.nan))).params["at"] == 0.0


def test_a_validation_column_that_was_never_filled_is_not():
    assert finding(logs.run(logs.decay(20, 2.0, 0.2), np.full(20, np.nan))) is None


def test_a_validation_loss_of_nan_alone_counts_where_metrics_were_measured():
    run = logs.run(logs.decay(20, 2.0, 0.2), np.full(20, np.nan), logs.accuracy(np.full(20, 0.9)))
    assert finding(run).params["curve"] == "validation loss"


def test_nan_in_a_metric_says_nothing():
    run = logs.run(logs.decay(20, 2.0, 0.2), logs.decay(20, 2.0, 0.25), logs.accuracy(np.full(20, np.nan)))
    assert finding(run) is None


def test_a_hole_in_the_very_first_row_is_no_divergence():
    assert finding(logs.run(with_bad(np.nan, 0))) is None


def test_the_gradient_norm_shows_what_a_filter_hides():
    norm = np.ones(30)
    norm[20:] = np.nan
    curve = logs.curve(norm, metric="gradient_norm", split=None, role=Role.GRADIENT_NORM)
    found = finding(logs.run(logs.decay(30, 2.0, 0.2), None, curve))
    assert (found.params["variant"], found.params["at"]) == ("hidden", 20.0)


def test_a_loss_that_jumps_to_exactly_zero_was_switched_off():
    losses = logs.decay(30, 2.0, 0.4)
    losses[15:] = 0.0
    assert finding(logs.run(losses)).params["variant"] == "zero"


def test_a_loss_that_is_learned_down_to_zero_was_not():
    losses = np.round(logs.decay(60, 2.0, 0.0, 16.0), 4)
    assert losses[-1] == 0.0
    assert finding(logs.run(losses)) is None


def test_nothing_else_is_said_of_a_run_that_broke():
    x = logs.overfitted().curves
    train = x[0].value.copy()
    train[30:] = np.nan
    found = {f.id for f in diagnose([logs.run(train, logs.curve(x[1].value, split=Split.VALIDATION))]).findings}
    assert found == {"nonfinite_loss"}
