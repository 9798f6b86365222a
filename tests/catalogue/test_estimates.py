"""Sampling and what can be concluded from a sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.catalogue.agreement import agreement
from diagnostics.catalogue.cost import Cost, Costed, cost_of, loss_gain, share_of
from diagnostics.catalogue.estimates import Tagged, frequency, priority, saturation
from diagnostics.catalogue.impact import gain
from diagnostics.catalogue.sampling import allocate, draw
from diagnostics.slices.outcome import errors, losses

sizes = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 300), min_size=1, max_size=12)


@given(sizes, st.integers(0, 500), st.integers(0, 20))
def test_allocation_uses_every_draw_and_never_more_than_there_is(sizes, total, minimum):
    drawn = allocate(sizes, total, minimum)
    assert sum(drawn.values()) == min(total, sum(sizes.values()))
    assert all(0 <= drawn[name] <= sizes[name] for name in sizes)


def test_small_strata_get_their_minimum():
    assert allocate({"rare": 8, "common": 900}, 100, minimum=5)["rare"] >= 5


def test_a_draw_repeats_with_its_seed_and_has_no_row_twice():
    strata = {"a": range(100), "b": range(100, 130)}
    first, second = draw(strata, 40, seed=3), draw(strata, 40, seed=3)
    assert first.rows.tolist() == second.rows.tolist()
    assert len(set(first.rows.tolist())) == 40
    assert draw(strata, 40, seed=4).rows.tolist() != first.rows.tolist()


def test_frequency_corrects_for_unequal_probabilities():
    # All 20 of the small stratum and 20 of 980 of the large one were seen; the category fills the small stratum.
    design = draw({"small": range(20), "large": range(20, 1000)}, 40, seed=1, minimum=20).design
    reviewed = [Tagged(stratum="small", category="dark")] * 20 + [Tagged(stratum="large", category=None)] * 20
    found = frequency(design, reviewed, "dark")
    assert found.value == pytest.approx(0.02)
    assert found.low <= 0.02 <= found.high < 0.3


def test_frequency_interval_covers_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(5)
    covered = 0
    rounds = 400
    for seed in range(rounds):
        truth = {
            "a": generator.random(300) < 0.12,
            "b": generator.random(60) < 0.4,
        }
        strata = {"a": range(300), "b": range(300, 360)}
        sample = draw(strata, 80, seed=seed, minimum=15)
        values = np.concatenate([truth["a"], truth["b"]])
        reviewed = [
            Tagged(stratum=s, category="dark" if values[r] else None)
            for r, s in zip(sample.rows, sample.stratum, strict=True)
        ]
        found = frequency(sample.design, reviewed, "dark")
        covered += found.low <= values.mean() <= found.high
    assert 0.91 <= covered / rounds <= 0.995


def test_nothing_reviewed_is_undefined_with_the_reason():
    design = draw({"a": range(10)}, 5, seed=0).design
    assert frequency(design, [], "x").reason == "nothing_reviewed"
    two = draw({"a": range(10), "b": range(10, 20)}, 10, seed=0).design
    partly = frequency(two, [Tagged(stratum="a", category="x")], "x")
    assert partly.value is None and partly.reason == "stratum_not_reviewed"


def test_a_category_never_seen_is_not_certain_to_be_absent():
    design = draw({"a": range(1000)}, 20, seed=0).design
    found = frequency(design, [Tagged(stratum="a", category=None)] * 20, "x")
    assert found.value == 0 and found.high > 0.05


def test_a_category_seen_everywhere_in_a_full_review_is_certain():
    design = draw({"a": range(10)}, 10, seed=0).design
    found = frequency(design, [Tagged(stratum="a", category="x")] * 10, "x")
    assert (found.low, found.value, found.high) == (1, 1, 1)


def test_gain_scales_the_share_of_errors_to_the_rows():
    design = draw({"a": range(100)}, 100, seed=0).design
    reviewed = [Tagged(stratum="a", category="x" if i < 25 else None) for i in range(100)]
    found = gain(frequency(design, reviewed, "x"), errors=100, rows=1000)
    assert found.value == pytest.approx(0.025)
    assert gain(frequency(design, [], "x"), errors=100, rows=1000).reason == "nothing_reviewed"


def test_loss_gain_of_a_full_review_is_the_exact_mean():
    design = draw({"a": range(4)}, 4, seed=0).design
    reviewed = [Costed(stratum="a", category=c, excess=e) for c, e in (("x", 2.0), ("x", 1.0), (None, 5.0), ("y", 3.0))]
    found = loss_gain(design, reviewed, "x", rows=10)
    assert found.value == pytest.approx(0.3) and found.low == pytest.approx(0.3)


def test_the_interval_of_the_loss_gain_covers_the_true_value():
    generator = np.random.default_rng(5)
    dark = generator.random(900) < 0.3
    excess = generator.exponential(1.0, 900) + dark
    of = {"a": range(600), "b": range(600, 900)}
    true = excess[dark].sum() / 5000
    covered, rounds = 0, 400
    for seed in range(rounds):
        sample = draw(of, 120, seed=seed)
        reviewed = [Costed(stratum=s, category="dark" if dark[r] else None, excess=float(excess[r]))
                    for r, s in zip(sample.rows, sample.stratum, strict=True)]  # fmt: skip
        found = loss_gain(sample.design, reviewed, "dark", rows=5000)
        covered += found.low <= true <= found.high
    assert 0.91 <= covered / rounds <= 0.99


def test_a_category_that_was_never_seen_is_not_certain_to_cost_nothing():
    design = draw({"a": range(1000)}, 20, seed=0).design
    found = loss_gain(design, [Costed(stratum="a", category=None, excess=2.0)] * 20, "x", rows=5000)
    assert found.value == 0 and found.high > 0.01
    assert loss_gain(design, [], "x", rows=5000).reason == "nothing_reviewed"
    assert (
        loss_gain(design, [Costed(stratum="b", category="x", excess=1.0)], "x", rows=9).reason == "stratum_not_reviewed"
    )
    assert loss_gain(design, [Costed(stratum="a", category="x", excess=1.0)], "x", rows=0).reason == "no_rows"


def test_the_cost_of_a_set_is_what_its_errors_could_come_down_to():
    outcome = losses(np.array([0.1, 0.3, 4.0, 2.0]), "mae")
    cost = cost_of(outcome, np.array([2, 3]))
    assert (cost.metric, cost.mean, cost.good) == ("mae", pytest.approx(1.6), pytest.approx(0.2))
    design = draw({"a": range(2)}, 2, seed=0).design
    reviewed = [Costed(stratum="a", category=c, excess=loss - cost.good) for c, loss in (("x", 4.0), ("y", 2.0))]
    found = loss_gain(design, reviewed, "x", rows=4)
    assert found.value == pytest.approx(1.6 - np.mean([0.1, 0.3, 0.2, 2.0]))
    assert share_of(found, cost).value == pytest.approx(0.95 / 1.6)
    assert cost_of(errors(np.array([True, False])), np.array([0])) is None
    assert share_of(found, Cost(metric="mae", mean=0.0, good=0.0)).reason == "no_loss"


def test_saturation_says_stop_only_when_new_categories_have_become_rare():
    early = saturation(["a", "b", "c", "d"])
    late = saturation(["a", "b", "c"] * 40)
    assert early.known == (1, 2, 3, 4) and not early.enough
    assert late.enough and late.unseen < 0.02


def test_priority_needs_both_numbers():
    design = draw({"a": range(10)}, 10, seed=0).design
    found = frequency(design, [Tagged(stratum="a", category="x")] * 10, "x")
    assert priority(found, 3) == 3
    assert priority(found, None) is None


def test_kappa_equals_scikit_learns():
    from sklearn.metrics import cohen_kappa_score

    generator = np.random.default_rng(2)
    first = {str(i): str(generator.integers(3)) for i in range(80)}
    second = {k: v if generator.random() < 0.7 else str(generator.integers(3)) for k, v in first.items()}
    found = agreement(first, second)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(list(first.values()), list(second.values())))
    assert all(first[k] == a and second[k] == b and a != b for k, a, b in found.disagreements)


def test_kappa_is_undefined_where_chance_explains_everything():
    assert agreement({"a": "x"}, {"b": "x"}).kappa.reason == "nothing_in_common"
    assert agreement({"a": "x", "b": "x"}, {"a": "x", "b": "x"}).kappa.reason == "one_category"
