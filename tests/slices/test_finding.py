"""From a stored prediction set to its weak slices."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from diagnostics.exceptions import NeedsAnswer
from diagnostics.slices import mask, search
from diagnostics.slices.disagreement import disagreement
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.nature import nature, pattern
from diagnostics.types import Condition, Roles, Task
from tests.slices.support import binary, conditions, jaccard, stored

N = 3000


@pytest.fixture
def random():
    return np.random.default_rng(11)


def planted(random, target, base=0.1, bad=0.4):
    return random.random(len(target)) < np.where(target, bad, base)


def test_an_open_range_a_value_a_pair_and_missing_are_found_as_they_were_planted(tmp_path, random):
    age = random.integers(18, 90, N)
    site = random.choice(["a", "b", "c", "d", "e"], N)
    flag = random.random(N) < 0.5
    score = np.where(random.random(N) < 0.12, np.nan, random.normal(size=N))
    columns = {"age": age, "site": site, "flag": flag, "score_x": score}
    cases = {
        (("age", ">=", 71),): age > 70,
        (("site", "==", "c"),): site == "c",
        (("score_x", "is_null", None),): np.isnan(score),
        (("site", "==", "b"), ("flag", "==", True)): (site == "b") & flag,
        (("site", "in", ("a", "d")),): (site == "a") | (site == "d"),
    }
    for expected, target in cases.items():
        predictions = binary(tmp_path, columns, planted(random, target))
        result = search(predictions)
        assert result.slices, expected
        found = mask(predictions, result.slices[0].predicate)
        assert jaccard(found, target) > 0.85, conditions(result.slices[0])
        assert (found == result.masks[0]).all()
        if expected[0][0] != "age":
            key = [(c, o, tuple(sorted(v)) if isinstance(v, tuple) else v) for c, o, v in conditions(result.slices[0])]
            assert sorted(key) == sorted(expected)


def test_a_found_slice_carries_its_numbers(tmp_path, random):
    target = np.arange(N) % 10 == 0
    wrong = planted(random, target)
    result = search(binary(tmp_path, {"site": np.where(target, "x", "y")}, wrong))
    item = result.slices[0]
    assert item.n == 300
    assert item.metric.value == pytest.approx(1 - wrong[target].mean())
    assert item.rest.value == pytest.approx(1 - wrong[~target].mean())
    assert item.params["raw_delta"] == pytest.approx(item.metric.value - item.rest.value)
    assert item.shrunk
    assert abs(item.delta) <= abs(item.params["raw_delta"]) + 1e-9
    assert item.delta_low < item.delta < item.delta_high < 0
    assert item.share_of_loss == pytest.approx(wrong[target].sum() / wrong.sum())
    assert item.adjusted_p < 0.01
    assert result.tested == 2
    assert result.min_size == 100


def test_useless_columns_are_left_out_with_the_reason(tmp_path, random):
    wrong = random.random(N) < 0.2
    truth = np.random.default_rng(0).integers(0, 2, N)
    columns = {
        "key": [f"k{i}" for i in range(N)],
        "user": [f"u{i % 700}" for i in range(N)],
        "version": ["v1"] * N,
        "rare": np.where(np.arange(N) < 20, "x", "y"),
        "code": random.permutation(N * 3)[:N],
        "correct": ~wrong,
        "target_name": np.where(truth == 1, "yes", "no"),
        "void": pa.nulls(N, pa.string()),
        "useful": random.choice(["p", "q"], N),
        "real": random.normal(size=N),
    }
    result = search(binary(tmp_path, columns, wrong))
    reasons = {o.column: o.reason for o in result.left_out}
    assert reasons == {
        "key": "identifier", "user": "too_many_values", "version": "constant", "rare": "near_constant",
        "code": "identifier", "correct": "follows_outcome", "target_name": "same_as_truth", "void": "empty",
    }  # fmt: skip
    assert result.attributes == ("useful", "real")
    assert result.slices == ()


def test_columns_asked_for_by_name_are_not_screened(tmp_path, random):
    wrong = random.random(N) < 0.2
    result = search(binary(tmp_path, {"correct": ~wrong}, wrong), columns=["correct"])
    assert conditions(result.slices[0]) == [("correct", "==", False)]


def test_hours_weekdays_and_lengths_are_derived(tmp_path, random):
    start = np.datetime64("2024-01-01T00:00:00")
    when = start + (random.random(N) * 86_400 * 60).astype("timedelta64[s]")
    hour = (when - when.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    words = random.integers(3, 60, N)
    text = [" ".join(["word"] * k) + f" {i}" for i, k in enumerate(words)]
    columns = {"created": [str(t) for t in when], "review": text}
    late = binary(tmp_path, columns, planted(random, hour >= 20), attributes=("created",), text="review")
    result = search(late)
    assert conditions(result.slices[0]) == [("hour(created)", ">=", 20)]
    assert {"created", "hour(created)", "weekday(created)", "length(review)"} <= set(result.attributes)
    assert (mask(late, result.slices[0].predicate) == (hour >= 20)).all()
    long = binary(tmp_path, columns, planted(random, words > 45), attributes=("created",), text="review")
    found = search(long).slices[0]
    assert found.predicate[0].column == "length(review)"
    assert pattern(found.predicate)[0] == "length"


def test_missing_truth_is_left_out_and_parts_are_kept_apart(tmp_path, random):
    target = np.arange(N) % 5 == 0
    wrong = planted(random, target)
    columns = {"site": np.where(target, "x", "y"), "model": np.where(np.arange(N) < N // 2, "m1", "m2")}
    whole = binary(tmp_path, columns, wrong, attributes=("site",))
    half = search(replace(whole, part={"model": "m1"}))
    assert len(half.outcome) == N // 2
    assert half.slices[0].n == (target[: N // 2]).sum()
    gaps = {"site": columns["site"][:300], "y": pa.array([None, "a", "b"] * 100), "p": ["a"] * 300}
    known = search(
        stored(tmp_path, gaps, Task.BINARY, Roles(truth="y", predicted="p", attributes=("site",)), ("a", "b"))
    )
    assert len(known.outcome) == 200
    assert known.overall.value == pytest.approx(0.5)


def test_weights_count(tmp_path, random):
    target = np.arange(N) % 5 == 0
    wrong = planted(random, target)
    weight = np.where(target & wrong, 0.0, 1.0)
    columns = {"site": np.where(target, "x", "y"), "w": weight}
    plain = search(binary(tmp_path, columns, wrong, attributes=("site",)))
    weighted = search(binary(tmp_path, columns, wrong, attributes=("site",), weight="w"))
    assert plain.slices
    assert conditions(plain.slices[0]) == [("site", "==", "x")]
    assert all(conditions(s) != [("site", "==", "x")] for s in weighted.slices)
    keep = weight > 0
    assert weighted.overall.value == pytest.approx(1 - wrong[keep].mean())


def test_regression_several_labels_and_ranking_have_their_losses(tmp_path, random):
    target = np.arange(N) % 4 == 0
    truth = random.normal(size=N)
    answer = truth + random.normal(size=N) * np.where(target, 3.0, 1.0)
    site = np.where(target, "x", "y")
    numbers = stored(
        tmp_path, {"site": site, "y": truth, "p": answer}, Task.REGRESSION,
        Roles(truth="y", predicted="p", attributes=("site",)),
    )  # fmt: skip
    found = search(numbers).slices[0]
    assert (found.metric.name, found.metric.greater_is_better) == ("mae", False)
    assert found.delta > 0
    assert found.metric.value == pytest.approx(np.abs(truth - answer)[target].mean())

    flags = random.integers(0, 2, (N, 3))
    noise = random.random((N, 3)) < np.where(target, 0.3, 0.05)[:, None]
    columns = {
        "site": site,
        **{f"t{i}": flags[:, i] for i in range(3)},
        **{f"q{i}": flags[:, i] ^ noise[:, i] for i in range(3)},
    }
    roles = Roles(
        label_truth={str(i): f"t{i}" for i in range(3)}, label_predicted={str(i): f"q{i}" for i in range(3)},
        attributes=("site",),
    )  # fmt: skip
    several = search(stored(tmp_path, columns, Task.MULTILABEL, roles, ("0", "1", "2"))).slices[0]
    assert several.metric.value == pytest.approx(1 - noise[target].mean())

    query = np.repeat(np.arange(N // 6), 6)
    relevance = random.integers(0, 4, N)
    bad = query % 5 == 0
    score = np.where(bad, random.normal(size=N), relevance + 0.1 * random.normal(size=N))
    ranked = stored(
        tmp_path,
        {
            "q": query, "y": relevance, "s": score, "lang": np.where(bad, "pl", "en"),
            "doc": random.choice(["u", "v"], N),
        },
        Task.RANKING, Roles(truth="y", score="s", query="q", attributes=("lang", "doc")),
    )  # fmt: skip
    result = search(ranked)
    assert conditions(result.slices[0]) == [("lang", "==", "pl")]
    assert result.unit == "queries"
    assert result.slices[0].n == bad.sum()
    assert [(o.column, o.reason) for o in result.left_out] == [("doc", "varies_within_query")]


def test_sets_without_roles_are_refused_with_a_question(tmp_path):
    bare = stored(tmp_path, {"a": [1, 2]}, Task.REGRESSION, Roles())
    with pytest.raises(NeedsAnswer):
        outcome_of(bare)


def test_a_wider_range_of_the_same_number_is_not_a_second_slice(tmp_path, random):
    load = random.random(6000)
    wrong = random.random(6000) < 0.05 + 0.4 * load**2
    result = search(binary(tmp_path, {"load": load, "site": random.choice(["a", "b"], 6000)}, wrong))
    assert len(result.slices) == 1
    assert result.slices[0].params["related"]


def test_children_that_are_not_worse_than_their_parent_are_not_told(tmp_path, random):
    site, flag, hour = random.choice(["a", "b", "c", "d"], N), random.random(N) < 0.5, random.integers(0, 24, N)
    wrong = planted(random, site == "a")
    result = search(binary(tmp_path, {"site": site, "flag": flag, "hour": hour}, wrong))
    assert [conditions(s) for s in result.slices] == [[("site", "==", "a")]]
    assert result.survived > 1


def test_confident_errors_tell_wrong_labels_from_hard_inputs(tmp_path, random):
    target = np.arange(N) % 6 == 0
    margin = random.normal(size=N) * 4
    sure = 1 / (1 + np.exp(-np.abs(margin)))
    ordinary = random.random(N) > sure
    flipped = ordinary ^ (target & (random.random(N) < 0.35))
    columns = {"site": np.where(target, "x", "y")}

    def signs(wrong, probability):
        truth = np.random.default_rng(0).integers(0, 2, N)
        answer = np.where(wrong, 1 - truth, truth)
        positive = np.where(answer == 1, probability, 1 - probability)
        one = binary(
            tmp_path, {**columns, "s": positive}, wrong, attributes=("site",), score="s", score_kind="probability"
        )
        return disagreement(outcome_of(one), target)

    labels = signs(flipped, sure)
    assert labels.share > 0.75
    assert abs(labels.shift_z) < 3
    # Where the slice's right answers are no surer than ordinary errors there is nothing to place its errors between.
    hard_sure = np.where(target, 0.5 + (sure - 0.5) * 0.7, sure)
    assert signs(random.random(N) > hard_sure, hard_sure) is None


def test_names_of_columns_say_what_they_are_about():
    assert nature("cameraType") == nature("camera_type") == "domain"
    assert nature("numTokens") == "length"
    assert nature("comprimento") == "length"
    assert nature("brightness") == "quality"
    assert nature("sitem") == ""
    assert pattern([Condition(column="iso", op=">=", value=800)])[0] == "quality"
    assert pattern([Condition(column="brightness", op=">=", value=200)])[0] == "general"
    assert pattern([Condition(column="width", op="<", value=200)])[0] == "quality"
    assert pattern([Condition(column="length", op="<", value=5)])[0] == "general"
    assert pattern([Condition(column="camera", op="==", value="x"), Condition(column="tokens", op=">", value=9)]) == (
        "length", "tokens",
    )  # fmt: skip
