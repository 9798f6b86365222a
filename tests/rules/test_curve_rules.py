"""Each rule about run logs fires on what it is for and stays quiet on the rest."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.report import diagnose
from diagnostics.rules import rules
from diagnostics.types import Role, Severity, Split, Status
from tests.support import logs

# Ids that may stand beside the one a log was made for.
BESIDE = {
    "overfitting": {"generalization_gap"},
    "still_improving": set(),
    "validation_easier": {"healthy_run"},
    "restarted_log": {"healthy_run"},
    "generalization_gap": {"checkpoint_missed"},
    "healthy_run": {"checkpoint_missed"},
}


def ids(run):
    return {f.id for f in diagnose([run]).findings}


def outcome(run, rule):
    return next(o for o in diagnose([run]).outcomes if o.rule == rule)


@pytest.mark.parametrize("expected", sorted(logs.EXAMPLES))
def test_each_pattern_is_named_and_nothing_else(expected):
    found = ids(logs.EXAMPLES[expected]())
    assert expected in found
    assert found <= {expected} | BESIDE.get(expected, set())


@pytest.mark.parametrize("expected", sorted(set(logs.EXAMPLES) - {"restarted_log"}))
@pytest.mark.parametrize("seed", range(5))
def test_the_noise_of_another_seed_changes_nothing(expected, seed):
    assert expected in ids(logs.EXAMPLES[expected](seed=seed))


def test_no_rule_crashes_on_any_pattern():
    for make in logs.EXAMPLES.values():
        assert not [o for o in diagnose([make()]).outcomes if o.status is Status.CRASHED]


def test_healthy_runs_are_left_alone_over_many_seeds():
    alarmed = [s for s in range(100) if ids(logs.healthy(seed=s, sigma=0.02)) - {"healthy_run", "checkpoint_missed"}]
    assert len(alarmed) <= 1


def test_short_healthy_runs_are_left_alone():
    alarmed = [
        s
        for s in range(60)
        if ids(logs.healthy(n=12, seed=s)) - {"healthy_run", "checkpoint_missed", "still_improving"}
    ]
    assert len(alarmed) <= 1


def test_pure_noise_at_the_start_level_is_never_called_overfitting_or_a_gap():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found = ids(logs.run(2.3 + 0.02 * rng.normal(size=30), 2.3 + 0.02 * rng.normal(size=30)))
        assert found == {"stuck_at_chance"}, seed


def test_overfitting_reports_the_turning_point_within_its_interval():
    finding = diagnose([logs.overfitted(n=41)]).findings[0]
    assert finding.id == "overfitting"
    assert finding.params["low_at"] <= finding.params["at"] <= finding.params["high_at"]
    assert 5 <= finding.params["at"] <= 14
    assert finding.params["rise"] == pytest.approx(0.55, abs=0.15)
    mark = finding.marks[0]
    assert (mark.kind, mark.split, mark.start) == ("turning_point", Split.VALIDATION, finding.params["at"])


def test_a_rise_of_the_size_of_the_noise_is_no_overfitting():
    assert "overfitting" not in ids(logs.overfitted(rise=0.03, sigma=0.03))


def test_validation_rising_together_with_training_is_not_overfitting():
    n = 40
    train = np.concatenate([logs.decay(n // 2, 2.0, 0.4), np.linspace(0.4, 0.6, n // 2)])
    assert "overfitting" not in ids(logs.run(train, train * 1.1))


def test_the_half_epoch_shift_alone_is_no_easier_validation():
    x = np.arange(30.0)
    falls = lambda at: 2.0 * np.exp(-0.25 * at) + 0.1  # noqa: E731
    assert "validation_easier" not in ids(logs.run(falls(x + 0.5), falls(x + 1.0)))


def test_leakage_is_suspected_only_where_validation_is_far_lower():
    usual, suspicious = logs.easier(), logs.run(logs.decay(40, 2.0, 0.6), logs.decay(40, 0.6, 0.01))
    by_id = {f.id: f for f in diagnose([usual]).findings}
    assert by_id["validation_easier"].severity is Severity.LOW
    assert "healthy_run" in by_id
    by_id = {f.id: f for f in diagnose([suspicious]).findings}
    assert by_id["validation_easier"].severity is Severity.MEDIUM
    assert by_id["validation_easier"].hypotheses[0].id == "leakage"
    assert "healthy_run" not in by_id


def test_losses_on_different_scales_are_not_compared():
    train = logs.decay(40, 0.07, 0.006)
    o = outcome(logs.run(train, logs.decay(40, 5.9, 0.7)), "generalization_gap")
    assert (o.status, o.reason) == (Status.SKIPPED, "scales_differ")


def test_a_learning_rate_drop_is_no_instability():
    n = 60
    train = np.concatenate([logs.decay(30, 2.0, 0.8), logs.decay(30, 0.35, 0.3)])
    rate = logs.curve(np.repeat([0.1, 0.01], n // 2), metric="learning_rate", split=None, role=Role.LEARNING_RATE)
    assert "unstable_training" not in ids(logs.run(train, train * 1.05, rate))


def test_a_single_spike_that_recovers_is_no_instability():
    train = logs.decay(40, 2.0, 0.2)
    train[20] = 3.0
    assert "unstable_training" not in ids(logs.run(train, logs.decay(40, 1.9, 0.22)))


def test_swings_of_both_losses_are_unstable_and_of_training_alone_are_not():
    assert "unstable_training" in ids(logs.swinging())
    both = logs.swinging()
    calm = logs.decay(40, 2.0, 0.9)
    assert "unstable_training" not in ids(logs.run(both.curves[0], calm))


def test_batch_noise_is_averaged_away():
    rng = np.random.default_rng(3)
    n = 600
    train = logs.decay(n, 2.0, 0.3) * np.exp(rng.normal(0, 0.4, n))
    step = np.arange(n, dtype=float)
    held_out = logs.curve(logs.decay(20, 1.6, 0.34), split=Split.VALIDATION, step=np.arange(29.0, n, 30))
    found = ids(logs.run(logs.curve(train, step=step), held_out))
    assert "unstable_training" not in found
    assert "stuck_at_chance" not in found


def test_mosaic_switched_off_at_the_end_is_no_overfitting():
    n = 60
    held_out = logs.decay(n, 2.0, 0.5)
    held_out[-10:] *= 1.3
    train = logs.decay(n, 2.2, 0.45)
    train[-10:] *= 0.7
    assert "overfitting" in ids(logs.run(train, held_out))
    assert "overfitting" not in ids(logs.run(train, held_out, config={"close_mosaic": 10}))


def test_slow_needs_a_long_log():
    assert outcome(logs.slow(n=12), "slow_training").reason == "too_short_for_speed"
    assert "slow_training" in ids(logs.slow(n=25))


def test_a_model_that_was_trained_before_is_not_stuck():
    n = 12
    low = logs.noisy(np.full(n, 0.12), 0.01, 1)
    assert "stuck_at_chance" not in ids(logs.run(low, low * 1.1, logs.accuracy(np.full(n, 0.96))))


def test_stuck_names_the_number_of_classes():
    finding = diagnose([logs.stuck(classes=10)]).findings[0]
    assert finding.params["classes"] == 10


def test_the_metric_decides_that_a_classifier_underfits():
    train = logs.decay(40, 2.3, 0.9)
    poor = logs.accuracy(logs.decay(40, 0.1, 0.6))
    fine = logs.accuracy(logs.decay(40, 0.1, 0.9))
    assert "underfitting" in ids(logs.run(train, train * 1.02, poor))
    assert "underfitting" not in ids(logs.run(train, train * 1.02, fine))


def test_a_schedule_that_ran_out_changes_the_advice_of_still_improving():
    run = logs.unfinished()
    rate = logs.curve(np.linspace(0.1, 0.001, 16), metric="learning_rate", split=None, role=Role.LEARNING_RATE)
    finding = next(f for f in diagnose([logs.run(*run.curves, rate)]).findings if f.id == "still_improving")
    assert finding.params["variant"] == "schedule_over"
    assert finding.actions[0] == "change_schedule"


def test_restarts_say_whether_the_log_goes_on_or_starts_over():
    resumed, fresh = (diagnose([logs.restarted(fresh=f)]).findings for f in (False, True))
    assert next(f for f in resumed if f.id == "restarted_log").params["variant"] == ""
    assert next(f for f in fresh if f.id == "restarted_log").params["variant"] == "fresh"


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_log_too_short_to_tell_says_so(n):
    report = diagnose([logs.healthy(n=n)])
    assert not report.findings
    reasons = {o.reason for o in report.outcomes if o.status is Status.SKIPPED}
    assert "too_short" in reasons


@pytest.mark.parametrize("n", [5, 8, 12, 20])
def test_five_to_twenty_rows_are_answered(n):
    assert ids(logs.healthy(n=n)) & {"healthy_run", "still_improving"}


def test_without_validation_only_rules_about_training_speak():
    run = logs.run(logs.decay(40, 2.0, 0.2))
    assert ids(run) == {"healthy_run"}
    assert outcome(run, "overfitting").reason == "needs_validation_loss"
    assert outcome(run, "generalization_gap").reason == "needs_validation_loss"


def test_without_training_loss_the_rules_about_both_are_skipped():
    run = logs.run(None, logs.decay(40, 2.0, 0.2))
    assert outcome(run, "overfitting").reason == "needs_training_loss"
    assert ids(run) == {"healthy_run"}


def test_few_evaluations_leave_training_to_be_judged():
    train = logs.curve(logs.decay(200, 2.0, 0.2), step=np.arange(200.0))
    held_out = logs.curve([1.0, 0.5, 0.3], split=Split.VALIDATION, step=np.array([60.0, 120.0, 180.0]))
    run = logs.run(train, held_out)
    assert outcome(run, "overfitting").reason == "too_few_evaluations"
    assert "healthy_run" in ids(run)


def test_reinforcement_logs_are_skipped_with_the_reason():
    report = diagnose([logs.reinforcement()])
    assert not report.findings
    # Where a log begins anew is the one thing that can be said of any log.
    judged = [o for o in report.outcomes if o.rule != "restarted_log"]
    assert {(o.status, o.reason) for o in judged} == {(Status.SKIPPED, "reinforcement_run")}


def test_a_loss_below_zero_is_judged_by_shape_only():
    n = 40
    run = logs.run(logs.decay(n, 1.0, -3.0), logs.decay(n, 1.0, -2.9))
    assert outcome(run, "underfitting").reason == "loss_has_no_zero"
    assert ids(run) == {"healthy_run"}
    x = np.linspace(0, 1, n)
    turned = logs.decay(n, 1.0, -2.0, 20.0) + 1.5 * np.clip(x - 0.25, 0, None)
    assert "overfitting" in ids(logs.run(logs.decay(n, 1.0, -4.0, 3.0), turned))


def test_every_rule_of_the_vocabulary_about_run_logs_exists():
    expected = {*logs.EXAMPLES, "nonfinite_loss", "vanishing_gradients", "exploding_gradients", "checkpoint_missed"}
    assert {rule.id for rule in rules("run")} == expected


def test_a_last_bit_of_progress_is_only_worth_watching():
    n = 40
    creeping = logs.decay(n, 2.0, 0.3) - np.linspace(0, 0.18, n)
    found = {f.id: f for f in diagnose([logs.run(creeping, creeping * 1.02)]).findings}
    assert found["still_improving"].severity is Severity.LOW
    assert diagnose([logs.unfinished()]).findings[0].severity is Severity.MEDIUM


def test_a_gap_while_training_is_poor_asks_about_the_split_only():
    n = 40
    run = logs.run(logs.decay(n, 2.0, 1.2), logs.decay(n, 2.0, 1.85))
    found = {f.id: f for f in diagnose([run]).findings}
    assert found["generalization_gap"].actions == ("check_split", "unify_preprocessing")
    assert "add_regularization" in diagnose([logs.gapped()]).findings[0].actions


def test_a_gap_between_two_losses_of_next_to_nothing_is_no_gap():
    train, held_out = logs.decay(40, 2.0, 0.001), logs.decay(40, 2.0, 0.04)
    assert "generalization_gap" not in ids(logs.run(train, held_out))
    assert "generalization_gap" in ids(logs.run(train, logs.decay(40, 2.0, 0.4)))


def test_a_gap_of_two_wrong_answers_is_no_gap_and_of_forty_is_one():
    train, held_out = logs.decay(60, 1.2, 0.2), logs.decay(60, 1.2, 0.37)
    rows = np.random.default_rng(3).integers(-2, 2, 60)
    few = np.clip(np.round(logs.decay(60, 20.0, 3.0)) + rows, 2, None)
    many = np.clip(np.round(logs.decay(60, 300.0, 45.0)) + 15 * rows, 2, None)
    assert "generalization_gap" not in ids(logs.run(train, held_out, logs.accuracy(1 - few / 47)))
    assert "generalization_gap" in ids(logs.run(train, held_out, logs.accuracy(1 - many / 705)))


def test_validation_that_starts_far_below_training_and_leaves_it_behind_is_no_matter_of_scale():
    found = ids(logs.run(logs.decay(40, 1.3, 0.15), logs.decay(40, 0.12, 0.004)))
    assert "validation_easier" in found
    assert "validation_easier" not in ids(logs.run(logs.decay(40, 64.0, 6.4), logs.decay(40, 2.0, 0.2)))


def test_thirty_classes_three_times_above_a_guess_are_not_stuck():
    train = logs.decay(50, 3.23, 2.81, 5.0)
    right = logs.accuracy(np.linspace(0.07, 0.1, 50))
    assert ids(logs.run(train, train + 0.02, right)) & {"underfitting", "stuck_at_chance"} == {"underfitting"}


def test_whoever_loses_again_what_little_was_learned_is_unstable_not_stuck():
    level = np.concatenate([logs.decay(10, 2.3, 1.95), np.full(20, 2.31)])
    assert ids(logs.run(logs.noisy(level, 0.002, 1), logs.noisy(level, 0.004, 2))) == {"unstable_training"}


def test_validation_swinging_far_makes_up_for_training_that_is_clipped_to_quiet():
    random = np.random.default_rng(5)
    train, held_out = logs.decay(80, 2.0, 0.8, 20.0), logs.decay(80, 2.0, 0.9, 20.0)
    train += 0.03 * random.normal(size=80)
    calm = logs.run(train, held_out + 0.02 * random.normal(size=80))
    wild = logs.run(train, np.abs(held_out + 0.5 * random.normal(size=80)))
    assert "unstable_training" not in ids(calm)
    assert "unstable_training" in ids(wild)


def test_a_loss_that_only_creeps_on_has_levelled_off():
    creeping = logs.decay(40, 2.3, 1.86, 40.0) - np.linspace(0.0, 0.02, 40)
    assert ids(logs.run(creeping, creeping + 0.005)) == {"underfitting"}


def test_a_loss_below_zero_has_no_lowest_level_to_rebound_from():
    level = logs.decay(40, 2.5, 1.0)
    level[-6:] += 0.25
    found = ids(logs.run(logs.noisy(level, 0.002, 1) - 1.2, logs.noisy(level, 0.002, 2) - 1.1))
    assert "unstable_training" not in found
