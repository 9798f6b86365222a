"""Metrics of a slice by choice: defaults, recall among positives, areas by permutation, lists of slices."""

import numpy as np
import pytest

from diagnostics.slices.examples import examples
from diagnostics.slices.gauge import Gauge, against_whole, is_worse, metrics_of
from diagnostics.slices.listing import by_column, columns_to_slice, crossed_columns, defined
from diagnostics.slices.notation import to_text
from diagnostics.slices.surveying import difference, survey
from diagnostics.types import Condition, MetricValue, Roles, Slice, Task
from tests.slices.support import binary, stored

N = 2000


def planted(folder, *, rate=0.5, base=0.1, seed=0):
    """Errors are frequent at one of four sites."""
    random = np.random.default_rng(seed)
    site = random.choice(list("abcd"), N)
    wrong = random.random(N) < np.where(site == "c", rate, base)
    columns = {"site": site.tolist(), "age": random.normal(40, 10, N)}
    return binary(folder, columns, wrong, seed=seed), site, wrong


def rare(folder, seed=0):
    """One row in twenty is positive; half of the positives of site c are missed."""
    random = np.random.default_rng(seed)
    site, truth = random.choice(list("abc"), N), (random.random(N) < 0.06).astype(int)
    missed = (truth == 1) & (random.random(N) < np.where(site == "c", 0.8, 0.05))
    score = np.clip(0.5 * truth * ~missed + random.random(N) * 0.4 + 0.05, 0, 1)
    columns = {"site": site.tolist(), "y": truth, "p": np.where(missed, 0, truth), "s": score}
    roles = Roles(
        truth="y", predicted="p", positive="1", score="s", score_kind="probability", attributes=("site",)
    )  # fmt: skip
    return stored(folder, columns, Task.BINARY, roles, ("0", "1")), site, truth, missed


def test_a_rare_class_is_judged_by_recall_among_its_rows(tmp_path):
    found, site, truth, missed = rare(tmp_path)
    assert metrics_of(found)[1] == "recall"
    result = survey(found)
    assert result.unit == "positives"
    assert result.units == truth.sum()
    assert result.overall.value == pytest.approx(1 - missed.sum() / truth.sum())
    (top,) = result.slices
    assert [(c.column, c.op, c.value) for c in top.predicate] == [("site", "==", "c")]
    own = (truth == 1) & (site == "c")
    assert top.metric.name == "recall"
    assert top.metric.value == pytest.approx(1 - missed[own].mean())
    assert top.n == own.sum()


def test_a_common_class_is_judged_by_accuracy(tmp_path):
    found, site, wrong = planted(tmp_path)
    result = survey(found)
    assert result.metric == "accuracy"
    assert to_text(result.slices[0].predicate) == '[["site","==","c"]]'
    assert result.slices[0].metric.value == pytest.approx(1 - wrong[site == "c"].mean())


def test_areas_are_searched_by_permutation_and_overlapping_ones_told_once(tmp_path):
    found, *_ = rare(tmp_path)
    result = survey(found, "roc_auc")
    assert result.searched_by == "roc_auc"
    assert [to_text(s.predicate) for s in result.slices] == ['[["site","==","c"]]']
    assert 0 < result.slices[0].adjusted_p < 0.03


def test_other_metrics_are_measured_on_slices_found_by_the_loss(tmp_path):
    found, *_ = planted(tmp_path)
    result = survey(found, "kappa")
    assert (result.metric, result.searched_by) == ("kappa", "accuracy")
    assert result.slices[0].metric.name == "kappa"
    assert result.slices[0].adjusted_p is not None


def test_an_unknown_metric_is_refused(tmp_path):
    found, *_ = planted(tmp_path)
    with pytest.raises(KeyError):
        Gauge(found, "ndcg")


def test_noise_has_no_weak_slice(tmp_path):
    found, *_ = planted(tmp_path, rate=0.1, seed=5)
    assert survey(found).slices == ()


def test_all_values_of_a_column_and_two_columns(tmp_path):
    found, site, wrong = planted(tmp_path)
    listed = by_column(found, "", None, "site")
    for one in listed.slices:
        own = site == one.predicate[0].value
        assert one.n == own.sum()
        assert one.metric.value == pytest.approx(1 - wrong[own].mean())
    ages = by_column(found, "", None, "age", 5, "equal_width")
    assert sum(one.n for one in ages.slices) == N
    assert [len(by_column(found, "", None, "age", cuts=cuts).slices) for cuts in ((40,), (30, 40, 50))] == [2, 4]
    cross = crossed_columns(found, "", 10_000, "site", "age")
    assert cross.shape == (4, 4)
    assert sum(one.n for one in cross.slices) == N
    assert all(one.metric.value is None for one in cross.slices)
    assert dict(columns_to_slice(found))["age"] is True


def test_defined_slices_keep_their_order_and_a_lost_column_has_no_rows(tmp_path):
    found, site, _ = planted(tmp_path)
    texts = ['[["site","==","c"]]', '[["gone","==",1]]']
    listed = defined(found, "", None, *texts)
    assert [one.n for one in listed.slices] == [(site == "c").sum(), 0]
    assert listed.slices[1].metric.value is None


def test_where_two_sets_differ_lower_loss_is_better(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first, site, wrong = planted(tmp_path / "one", rate=0.1)
    random = np.random.default_rng(9)
    worse = wrong | ((site == "c") & (random.random(N) < 0.5))
    columns = {"site": site.tolist(), "age": random.normal(40, 10, N)}
    second = binary(tmp_path / "two", columns, worse)
    found = difference(first, second)
    assert [to_text(one.predicate) for one in found.worse] == ['[["site","==","c"]]']
    assert is_worse(found.worse[0]) is True
    back = difference(second, first)
    assert [to_text(one.predicate) for one in back.better] == ['[["site","==","c"]]']
    assert is_worse(back.better[0]) is False


def test_examples_are_errors_beside_successes(tmp_path):
    found, _, wrong = planted(tmp_path)
    shown = examples(found)
    assert (shown.n_worst, shown.n_best) == (wrong.sum(), N - wrong.sum())
    assert wrong[list(shown.worst)].all()
    assert not wrong[list(shown.best)].any()


def slice_of(delta, low, high, better):
    value = MetricValue(name="m", value=0.5, n=10, greater_is_better=better)
    own = (Condition(column="a", op="==", value=1),)
    return Slice(predicate=own, n=10, metric=value, rest=value, delta=delta, delta_low=low, delta_high=high)


@pytest.mark.parametrize(
    ("delta", "low", "high", "better", "expected"),
    [
        (-0.1, -0.2, -0.01, True, True), (-0.1, -0.2, -0.01, False, False), (0.1, 0.01, 0.2, True, False),
        (0.1, -0.1, 0.3, True, None), (None, None, None, True, None), (0.1, None, None, False, True),
        (0.1, 0.05, 0.2, None, None),
    ],
)  # fmt: skip
def test_direction(delta, low, high, better, expected):
    assert is_worse(slice_of(delta, low, high, better)) is expected


def test_difference_to_all_rows():
    whole = MetricValue(name="m", value=0.75, n=100)
    assert against_whole(slice_of(0.1, None, None, True), whole) == pytest.approx(-0.25)
    assert against_whole(slice_of(0.1, None, None, True), MetricValue(name="m", value=None, n=0)) is None
