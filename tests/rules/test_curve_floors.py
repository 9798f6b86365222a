"""Waves, floors and cycles: what looks like a fault in a run log and is none, or another one."""

from __future__ import annotations

import numpy as np
import pytest

from diagnostics.report import diagnose
from diagnostics.types import Role, Severity, Split, Status
from tests.rules.test_curve_rules import ids, outcome
from tests.support import logs


def _density(n=100, *, seed=0, opposed=True):
    """A log-likelihood learned by heart: training falls below zero in waves, validation explodes in counter-waves."""
    rng, x = np.random.default_rng(seed), np.linspace(0.0, 1.0, n)
    wave = np.sin(np.arange(n) * 0.55)
    train = 0.5 - 2.3 * x**0.6 + 0.6 * x * wave + 0.02 * rng.normal(size=n)
    sign = -1.0 if opposed else 1.0
    held_out = 0.3 + 25.0 * x**1.5 * (1.0 + 0.8 * sign * wave) + 0.1 * rng.normal(size=n)
    return logs.run(train, held_out)


@pytest.mark.parametrize("seed", range(5))
def test_a_density_learned_by_heart_is_overfitted_although_its_losses_go_in_waves(seed):
    findings = diagnose([_density(seed=seed)]).findings
    assert "overfitting" in {f.id for f in findings}
    assert "lower_learning_rate" not in {a for f in findings for a in f.actions}


def test_validation_that_rose_while_training_still_fell_is_not_what_threw_training_back():
    n = 60
    train, held_out = logs.decay(n, 1.0, -2.0), 0.2 + np.linspace(0.0, 3.0, n) ** 2
    relieved, thrown = held_out.copy(), held_out.copy()
    train[45:50] += 1.0
    relieved[45:50] = 2.0
    thrown[45:50] = 20.0
    assert "overfitting" in ids(logs.run(train, relieved))
    assert "unstable_training" in ids(logs.run(train, thrown))


def test_losses_that_swing_against_each_other_are_not_thrown_about():
    rng = np.random.default_rng(4)
    base, wobble = logs.decay(60, 2.0, 0.8, 20.0), 0.15 * rng.normal(size=60).clip(-2, 2)
    assert "unstable_training" in ids(logs.run(base + wobble, base + wobble))
    assert "unstable_training" not in ids(logs.run(base + wobble, base - wobble))


def test_a_loss_no_network_can_hold_is_unstable_however_steadily_it_falls():
    decaying = 1e140 * 0.01 ** np.arange(20.0)
    (finding,) = diagnose([logs.run(decaying, decaying * 0.3)]).findings
    assert (finding.id, finding.params["variant"], finding.params["at"]) == ("unstable_training", "beyond", 0.0)
    large = logs.decay(40, 1e24, 1e22)
    assert "unstable_training" not in ids(logs.run(large, large * 1.1))


def _level(train_end, held_out_end, right, *, classes=10, rate=None, n=40, seed=0):
    """A classifier that levels off; accuracy of so many rows that its grid says nothing about their number."""
    start = np.log(classes)
    jitter = 1e-5 * np.random.default_rng(seed).normal(size=n)
    curves = [logs.accuracy(logs.decay(n, 1 / classes, right, 12.0) + jitter)]
    if rate is not None:
        curves.append(logs.curve(rate, metric="learning_rate", split=None, role=Role.LEARNING_RATE))
    train, held_out = logs.decay(n, start, train_end, 9.0), logs.decay(n, start, held_out_end, 15.0)
    return logs.run(logs.noisy(train, 0.003, seed), logs.noisy(held_out, 0.003, seed + 1000), *curves)


def test_training_below_validation_may_be_a_noise_floor_and_nobody_can_tell():
    run = _level(1.25, 1.36, 0.6)
    assert ids(run) == {"healthy_run"}
    o = outcome(run, "underfitting")
    assert (o.status, o.reason) == (Status.SKIPPED, "learns_by_heart")
    assert ids(_level(1.30, 1.31, 0.6)) == {"underfitting"}


def test_a_validation_set_that_is_harder_from_the_start_is_not_learning_by_heart():
    level = logs.decay(40, 2.0, 1.4, 60.0)
    assert ids(logs.run(logs.noisy(level, 0.003, 1), logs.noisy(1.06 * level, 0.003, 2))) == {"underfitting"}


def test_labels_wrong_at_random_make_every_row_equally_doubtful():
    doubt = -0.75 * np.log(0.75) - 0.25 * np.log(0.25 / 3)
    run = _level(doubt, doubt * 1.005, 0.75, classes=4)
    assert (ids(run), outcome(run, "underfitting").reason) == ({"healthy_run"}, "evenly_doubtful")
    assert ids(_level(0.8 * doubt, 0.804 * doubt, 0.75, classes=4)) == {"underfitting"}


def test_a_rate_that_came_down_to_nothing_flattens_every_curve():
    cosine = 0.5 * (1 + np.cos(np.linspace(0, np.pi, 40)))
    run = _level(1.30, 1.31, 0.6, rate=0.01 * cosine)
    assert (ids(run), outcome(run, "underfitting").reason) == ({"healthy_run"}, "rate_ran_out")
    (finding,) = diagnose([_level(1.30, 1.31, 0.6, rate=np.full(40, 0.01))]).findings
    assert (finding.id, finding.confidence) == ("underfitting", 0.75)
    assert finding.actions[0] == "overfit_small_batch"


@pytest.mark.parametrize(
    ("train_end", "held_out_end"), [(1.90, 1.91), (1.30, 1.05)], ids=["far less sure than right", "spared dropout"]
)
def test_what_is_seen_to_be_held_back_is_underfitted_whatever_the_rate_did(train_end, held_out_end):
    cosine = 0.5 * (1 + np.cos(np.linspace(0, np.pi, 40)))
    findings = diagnose([_level(train_end, held_out_end, 0.68, rate=0.01 * cosine)]).findings
    assert findings[0].id == "underfitting"
    assert findings[0].confidence > 0.75


def _cycles(lowest, *, n=48, seed=0):
    """Warm restarts: each cycle of twelve rows begins half as high again as it ends."""
    phase = np.arange(n) % 12 / 11
    level = np.repeat(lowest, 12) * (1 + 0.5 * (1 - phase) ** 2)
    level[:4] = [2.3, 1.9, 1.6, 1.3]
    return logs.run(logs.noisy(level, 0.003, seed), logs.noisy(level * 1.02, 0.003, seed + 1000))


@pytest.mark.parametrize("seed", range(3))
def test_coming_back_to_where_the_last_cycle_ended_is_no_improvement(seed):
    assert "still_improving" not in ids(_cycles([0.75, 0.5, 0.48, 0.478], seed=seed))
    assert "still_improving" in ids(_cycles([0.9, 0.75, 0.6, 0.45], seed=seed))


def test_a_factor_from_the_first_row_on_is_no_scale_where_both_accuracies_stand_by_their_losses():
    train, held_out = logs.decay(40, 1.4, 0.19), logs.decay(40, 0.165, 0.022)
    right = lambda end, split: logs.accuracy(logs.decay(40, 0.5, end), split=split)  # noqa: E731
    leaked = logs.run(train, held_out, right(0.93, Split.TRAIN), right(0.994, Split.VALIDATION))
    (finding,) = diagnose([leaked]).findings
    assert (finding.id, finding.severity) == ("validation_easier", Severity.MEDIUM)
    divided = logs.run(train, held_out, right(0.93, Split.TRAIN), right(0.93, Split.VALIDATION))
    summed = logs.run(train, held_out, right(0.99, Split.TRAIN), right(0.994, Split.VALIDATION))
    for run in (divided, summed, logs.run(train, held_out)):
        assert outcome(run, "validation_easier").reason == "scales_differ"
