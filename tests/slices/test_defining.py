"""Slices that a user defines, any metric on them, two models against each other, and the tree of errors."""

import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from diagnostics.slices import (
    Cancelled,
    Measurements,
    Table,
    contrast,
    crossed,
    error_tree,
    mask,
    measure,
    outcome_of,
    ranges,
    search_by,
    values_of,
)
from diagnostics.slices.encoding import encode
from diagnostics.slices.outcome import errors, losses
from diagnostics.slices.overview import grid, overview
from diagnostics.types import Condition, Roles, Task
from tests.slices.support import binary, conditions, stored

N = 2000
TABLE = pa.table(
    {
        "x": pa.array([1.0, 2.0, None, float("nan"), 5.0]),
        "k": pa.array([1, 2, 3, None, 2]),
        "s": pa.array(["a", "", None, "B", "b"]),
        "b": pa.array([True, False, None, True, False]),
        "when": pa.array(["2024-01-01", "2024-01-02", None, "2024-02-01", "2024-03-01"]),
    }
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("x", "<", 5), "11000"), (("x", "<=", 5), "11001"), (("x", ">", 1), "01001"), (("x", ">=", 1), "11001"),
        (("x", "between", (2, 5)), "01001"), (("x", "between", (None, 2)), "11000"), (("x", "is_null", None), "00110"),
        (("x", "not_null", None), "11001"), (("x", "==", None), "00110"), (("k", "==", 2.0), "01001"),
        (("k", "==", "2"), "01001"), (("k", "!=", 2), "10100"), (("k", "in", (1, None)), "10010"),
        (("k", "not_in", (1,)), "01101"), (("s", "==", "b"), "00001"), (("s", "is_null", None), "01100"),
        (("s", "!=", "a"), "00011"), (("s", "in", ("a", None)), "11100"), (("b", "==", True), "10010"),
        (("b", "==", "true"), "10010"), (("b", "!=", True), "01001"), (("when", ">=", "2024-01-02"), "01011"),
        (("when", "<", "2024-02-01T00:00:00"), "11000"),
    ],
)  # fmt: skip
def test_every_operator(condition, expected):
    column, op, value = condition
    rows = mask(TABLE, [Condition(column=column, op=op, value=value)])
    assert "".join(str(int(r)) for r in rows) == expected


def test_conditions_are_joined_by_and():
    both = [Condition(column="k", op="==", value=2), Condition(column="x", op=">", value=2)]
    assert mask(TABLE, both).tolist() == [False, False, False, False, True]
    assert mask(TABLE, []).all()
    with pytest.raises(KeyError):
        mask(TABLE, [Condition(column="nowhere", op="==", value=1)])
    with pytest.raises(ValueError, match="operator"):
        mask(TABLE, [Condition(column="x", op="~", value=1)])


def test_all_values_ranges_and_crossings_cover_every_row():
    random = np.random.default_rng(0)
    table = Table(
        pa.table(
            {
                "site": random.choice(["a", "b", None], N),
                "age": np.where(random.random(N) < 0.1, np.nan, random.integers(0, 90, N)),
                "level": random.integers(0, 4, N),
            }
        )
    )
    for predicates in (
        values_of(table, "site"), values_of(table, "age"), values_of(table, "level"), ranges(table, "age", bins=5),
        ranges(table, "age", bins=3, method="equal_width"), ranges(table, "age", cuts=[18, 65]),
        crossed(values_of(table, "site"), ranges(table, "age")),
    ):  # fmt: skip
        cover = sum(mask(table, p).astype(int) for p in predicates)
        assert (cover == 1).all()
    own = ranges(table, "age", cuts=[18, 65])
    assert [[(c.op, c.value) for c in p] for p in own] == [
        [("<", 18)], [(">=", 18), ("<", 65)], [(">=", 65)], [("is_null", None)],
    ]  # fmt: skip
    widths = [p[-1].value for p in ranges(table, "age", bins=3, method="equal_width")[:2]]
    assert widths == pytest.approx([89 / 3, 2 * 89 / 3])
    with pytest.raises(ValueError, match="cutting"):
        ranges(table, "age", method="magic")


def test_measuring_equals_fairlearn(tmp_path):
    frame = pytest.importorskip("fairlearn.metrics", reason="fairlearn is an oracle of the benchmarks extra")
    random = np.random.default_rng(4)
    site = random.choice(["a", "b", "c"], N)
    predictions = binary(tmp_path, {"site": site}, random.random(N) < 0.2)
    own = pd.read_parquet(predictions.path)
    theirs = frame.MetricFrame(
        metrics=lambda t, p: float((t == p).mean()), y_true=own["y"], y_pred=own["p"], sensitive_features=own["site"]
    ).by_group
    table = Table(predictions)
    for item in measure(table, outcome_of(predictions, table), values_of(table, "site")):
        assert item.metric.value == pytest.approx(theirs[item.predicate[0].value])
        assert item.rest.value == pytest.approx((own["y"] == own["p"])[own["site"] != item.predicate[0].value].mean())


def test_small_empty_and_faultless_slices_have_no_invented_numbers(tmp_path):
    site = np.array(["a"] * 100 + ["b"] + ["c"] * 40)
    wrong = np.zeros(141, bool)
    wrong[:30] = True
    predictions = binary(tmp_path, {"site": site}, wrong)
    outcome = outcome_of(predictions)
    one = (Condition(column="site", op="==", value="b"),)
    single, faultless, nobody = measure(
        predictions, outcome,
        [one, (Condition(column="site", op="==", value="c"),), (Condition(column="site", op="==", value="z"),)],
    )  # fmt: skip
    assert (single.n, single.metric.value) == (1, 1.0)
    assert single.delta_low < 0 < single.delta_high
    assert (faultless.metric.value, faultless.share_of_loss) == (1.0, 0.0)
    assert faultless.metric.low < 1.0
    assert (nobody.n, nobody.metric.value, nobody.metric.reason, nobody.delta) == (0, None, "no_rows", None)
    greyed = measure(predictions, outcome, [one], min_size=20)[0]
    assert (greyed.n, greyed.metric.value, greyed.metric.reason, greyed.delta) == (1, None, "too_few_rows", None)
    perfect = replace(outcome, loss=np.zeros(141))
    assert measure(predictions, perfect, [one])[0].share_of_loss is None


def test_any_registered_metric_on_a_slice(tmp_path):
    random = np.random.default_rng(8)
    site = random.choice(["a", "b"], N)
    truth = np.random.default_rng(0).integers(0, 2, N)
    score = np.clip(np.where(site == "a", 0.5, 0.3) * truth + 0.6 * random.random(N), 0, 1)
    predictions = binary(
        tmp_path, {"site": site, "s": score}, (score > 0.5) != truth, score="s", score_kind="probability",
        attributes=("site",),
    )  # fmt: skip
    own = Measurements(predictions)
    rows = site == "b"
    assert own.value("roc_auc", rows).value == pytest.approx(roc_auc_score(truth[rows], score[rows]))
    assert own.value("average_precision", rows).value == pytest.approx(
        average_precision_score(truth[rows], score[rows])
    )
    expected = f1_score(truth[rows], score[rows] > 0.5, average="macro")
    assert own.value("macro_f1", rows).value == pytest.approx(expected)
    assert {"accuracy", "roc_auc", "log_loss", "brier", "ece"} <= set(own.available())
    assert "mae" not in own.available()
    assert own.value("mae", rows).reason == "not_available"
    item = own.slice("roc_auc", (Condition(column="site", op="==", value="b"),), rows)
    assert item.delta_low < item.delta < item.delta_high < 0
    with pytest.raises(KeyError):
        own.value("invented", rows)


def test_slices_are_searched_by_a_ranking_metric_with_permutations(tmp_path):
    random = np.random.default_rng(9)
    site = random.choice(["a", "b", "c", "d"], N)
    columns = {"site": site, "flag": random.random(N) < 0.5, "x": random.normal(size=N)}
    truth = np.random.default_rng(0).integers(0, 2, N)
    roles = {"score": "s", "score_kind": "decision", "attributes": ("site", "flag", "x")}
    weak = np.where(site == "c", 0.2, 1.5) * truth + random.normal(size=N)
    found, tested = search_by(binary(tmp_path, {**columns, "s": weak}, weak < 0, **roles), "roc_auc")
    assert conditions(found[0]) == [("site", "==", "c")]
    assert found[0].adjusted_p <= 0.01
    assert found[0].metric.value == pytest.approx(roc_auc_score(truth[site == "c"], weak[site == "c"]))
    assert tested > 20
    noise = 1.5 * truth + random.normal(size=N)
    even = binary(tmp_path, {**columns, "s": noise}, noise < 0, **roles)
    assert search_by(even, "roc_auc")[0] == ()
    with pytest.raises(ValueError, match="searched"):
        search_by(even, "accuracy")


def test_where_two_models_differ_most(tmp_path):
    random = np.random.default_rng(10)
    site = random.choice(["a", "b", "c"], N)
    key = np.array([f"id{i}" for i in range(N)])
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()
    before = binary(first, {"id": key, "site": site}, random.random(N) < 0.2, attributes=("site",), id="id")
    wrong = random.random(N) < np.where(site == "b", 0.5, 0.2)
    order = random.permutation(N)
    truth = np.random.default_rng(0).integers(0, 2, N)
    after = stored(
        second, {"id": key[order], "y": truth[order], "p": np.where(wrong, 1 - truth, truth)[order]}, Task.BINARY,
        Roles(truth="y", predicted="p", id="id"), ("0", "1"),
    )  # fmt: skip
    found = contrast(before, after)
    assert found.n == N
    assert conditions(found.worse.slices[0]) == [("site", "==", "b")]
    assert found.worse.slices[0].metric.value == pytest.approx(0.3, abs=0.06)
    assert all(conditions(s) != [("site", "==", "b")] for s in found.better.slices)


def test_the_tree_of_errors_asks_the_telling_question_first(tmp_path):
    random = np.random.default_rng(12)
    age = np.where(random.random(N) < 0.1, np.nan, random.integers(18, 90, N).astype(float))
    site = random.choice(["a", "b", "c"], N)
    wrong = random.random(N) < np.where(age > 60, 0.6, 0.1)
    table = Table(pa.table({"age": age, "site": site}))
    attributes = [encode(table, c, min_size=50) for c in ("age", "site")]
    root = error_tree(attributes, errors(wrong), min_size=50)
    assert root.slice.n == N
    assert sum(c.slice.n for c in root.children) == N
    worst = root.children[0].slice
    assert worst.predicate[0].column == "age"
    assert worst.predicate[0].op == ">="
    assert 58 <= worst.predicate[0].value <= 63
    assert (mask(table, worst.predicate).sum(), worst.adjusted_p) == (worst.n, None)
    quiet = error_tree(attributes, errors(random.random(N) < 0.2), min_size=50)
    assert sum(1 for _ in quiet.children) in (0, 2, 3)


def _leaves(node):
    return [node] if not node.children else [leaf for child in node.children for leaf in _leaves(child)]


@pytest.mark.parametrize("weighted", [False, True])
def test_the_tree_is_the_one_scikit_learn_grows(weighted):
    from sklearn.tree import DecisionTreeRegressor

    random = np.random.default_rng(15)
    age, site = random.integers(0, 12, N), random.integers(0, 3, N)
    loss = random.exponential(1 + 2.0 * (age > 7) + 1.5 * (site == 1) * (age < 4))
    weight = random.integers(1, 4, N).astype(float) if weighted else None
    table = Table(pa.table({"age": age, "site": [f"s{v}" for v in site]}))
    attributes = [encode(table, c, min_size=50) for c in ("age", "site")]
    own = error_tree(attributes, losses(loss, "mae", weight=weight), min_size=50)
    columns = np.column_stack([age, *(site == v for v in range(3))])
    theirs = DecisionTreeRegressor(
        max_depth=3, min_samples_leaf=50, min_impurity_decrease=4 * loss.var() / N, random_state=0
    ).fit(columns, loss, sample_weight=weight)  # fmt: skip
    place = theirs.apply(columns)
    assert len(_leaves(own)) > 3
    found = sorted((leaf.slice.n, round(leaf.slice.metric.value, 9)) for leaf in _leaves(own))
    even = np.ones(N) if weight is None else weight
    expected = [(place == p, np.average(loss[place == p], weights=even[place == p])) for p in set(place)]
    assert found == sorted((int(rows.sum()), round(float(mean), 9)) for rows, mean in expected)


def test_rows_without_a_value_are_a_branch_and_too_few_get_no_number():
    random = np.random.default_rng(16)
    age = np.where(np.arange(N) < 20, np.nan, random.integers(0, 40, N).astype(float))
    wrong = random.random(N) < np.where(age > 25, 0.6, 0.1)
    (attribute,) = [encode(Table(pa.table({"age": age})), "age", min_size=50)]
    root = error_tree([attribute], errors(wrong), min_size=50)
    (blank,) = [child.slice for child in root.children if child.slice.n == 20]
    assert (blank.predicate[0].op, blank.metric.value, blank.metric.reason) == ("is_null", None, "too_few_rows")
    absent = np.arange(N) % 5 == 0
    gone = random.random(N) < np.where(absent, 0.7, 0.1)
    fifth = encode(
        Table(pa.table({"age": np.where(absent, np.nan, random.integers(0, 9, N))})), "age", min_size=50
    )  # fmt: skip
    worst, other = error_tree([fifth], errors(gone), min_size=50, max_depth=1).children
    assert (worst.slice.predicate[0].op, other.slice.predicate[0].op) == ("is_null", "not_null")


def test_the_tree_stops_when_it_is_asked_to_and_tells_how_far_it_is():
    stop, seen = threading.Event(), []
    table = Table(pa.table({"site": np.arange(N) % 2}))
    attribute = encode(table, "site", min_size=50)
    wrong = errors(np.random.default_rng(0).random(N) < np.where(np.arange(N) % 2, 0.6, 0.1))
    error_tree([attribute], wrong, min_size=50, progress=seen.append)
    assert seen == sorted(seen) and 0 < seen[0] <= seen[-1] <= 1
    stop.set()
    with pytest.raises(Cancelled):
        error_tree([attribute], wrong, min_size=50, cancel=stop)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_overviews_equal_slices_measured_one_by_one(weighted, scaled):
    random = np.random.default_rng(14)
    table = Table(
        pa.table(
            {
                "site": random.choice(["a", "b", None, "rare"], N, p=[0.5, 0.4, 0.095, 0.005]),
                "age": np.where(random.random(N) < 0.1, np.nan, random.integers(0, 90, N)),
            }
        )
    )
    weight = random.random(N) if weighted else None
    outcome = losses(random.exponential(size=N), "mae", weight=weight) if scaled else None
    outcome = outcome or errors(random.random(N) < 0.2, weight=weight)
    site, age = (encode(table, c, min_size=50) for c in ("site", "age"))
    for found in (overview(site, outcome), overview(age, outcome), grid(site, age, outcome)):
        assert np.prod(found.shape) == len(found.predicates)
        assert found.n.sum() == N
        for place, predicate in enumerate(found.predicates):
            if not predicate:
                continue
            item = measure(table, outcome, [predicate])[0]
            assert item.n == found.n[place]
            for own, expected in (
                (found.value[place], item.metric.value), (found.low[place], item.metric.low),
                (found.high[place], item.metric.high), (found.delta[place], item.delta),
                (found.share_of_loss[place], item.share_of_loss),
            ):  # fmt: skip
                assert own == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert found.delta_low[place] == pytest.approx(item.delta_low, rel=1e-9)
            assert found.delta_high[place] == pytest.approx(item.delta_high, rel=1e-9)
