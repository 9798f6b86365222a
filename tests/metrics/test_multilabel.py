"""Several labels at once: counted in SQL, equal to scikit-learn's; intervals that hold; errors that come together."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from diagnostics.exceptions import NeedsAnswer
from diagnostics.metrics import compute
from diagnostics.metrics.multilabel import error_links, label_rows
from diagnostics.queries import multilabel_counts
from diagnostics.types import ConfusionCounts, MultilabelCounts, Predictions, Roles, SourceFile, Task


def stored(folder, truth, answer, weight=None, known=None):
    """A multilabel set of 0/1 matrices, shape (n, k); cells that are not `known` have no truth."""
    n, k = truth.shape
    names = [f"l{i}" for i in range(k)]
    columns = {"__row__": np.arange(n)}
    for i, name in enumerate(names):
        mask = None if known is None else ~known[:, i]
        columns[f"true_{name}"] = pa.array(truth[:, i], mask=mask)
        columns[f"pred_{name}"] = pa.array(answer[:, i])
    roles = Roles(
        label_truth={name: f"true_{name}" for name in names},
        label_predicted={name: f"pred_{name}" for name in names}, weight=None if weight is None else "w",
    )  # fmt: skip
    if weight is not None:
        columns["w"] = weight
    path = folder / f"{np.random.default_rng().integers(1 << 60)}.parquet"
    parquet.write_table(pa.table(columns), path)
    source = SourceFile(name="m.parquet", format="predictions_parquet", digest=path.stem, size=1)
    return Predictions(
        name="m", task=Task.MULTILABEL, path=path, roles=roles, n_rows=n, classes=tuple(names), digest=path.stem,
        source=source,
    )  # fmt: skip


@st.composite
def matrices(draw):
    n, k = draw(st.integers(1, 30)), draw(st.integers(2, 4))
    bits = st.lists(st.lists(st.integers(0, 1), min_size=k, max_size=k), min_size=n, max_size=n)
    weight = draw(st.one_of(st.none(), st.lists(st.integers(1, 4), min_size=n, max_size=n)))
    missing = draw(st.one_of(st.none(), st.lists(st.lists(st.integers(0, 5), min_size=k, max_size=k), min_size=n,
                                                max_size=n)))  # fmt: skip
    known = None if missing is None else np.array(missing) > 0
    return np.array(draw(bits)), np.array(draw(bits)), None if weight is None else np.array(weight, float), known


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(matrices())
@pytest.mark.filterwarnings("ignore")
def test_every_number_equals_scikit_learns(tmp_path, case):
    truth, answer, weight, known = case
    found = multilabel_counts(stored(tmp_path, truth, answer, weight, known))
    keep = np.ones(len(truth), bool) if known is None else known.all(axis=1)
    assert found.n == keep.sum() and found.missing == (~keep).sum()
    w = None if weight is None else weight[keep]
    truth_kept, answer_kept = truth[keep], answer[keep]
    for name, function in (("subset_accuracy", oracle.accuracy_score), ("hamming_loss", oracle.hamming_loss)):
        value = compute(name, multilabel=found)
        if not keep.any():
            assert value.value is None and value.reason == "no_rows"
            continue
        assert value.value == pytest.approx(function(truth_kept, answer_kept, sample_weight=w))
        assert value.low - 1e-9 <= value.value <= value.high + 1e-9 and value.low < value.high
    scores = {"micro_precision": answer_kept, "micro_recall": truth_kept, "micro_f1": truth_kept + answer_kept}
    for name, below in scores.items():
        value = compute(name, multilabel=found)
        function = getattr(oracle, name.replace("micro_", "") + "_score")
        if below.sum() == 0:
            assert value.value is None and value.reason
        else:
            expected = function(truth_kept, answer_kept, average="micro", sample_weight=w, zero_division=0)
            assert value.value == pytest.approx(expected)
    for i, row in enumerate(label_rows(found)):
        own = np.ones(len(truth), bool) if known is None else known[:, i]
        own_weight = None if weight is None else weight[own]
        if row.report.f1.value is not None:
            expected = oracle.f1_score(truth[own, i], answer[own, i], sample_weight=own_weight)
            assert row.report.f1.value == pytest.approx(expected)
        if own.any():
            assert row.prevalence.value == pytest.approx(np.average(truth[own, i], weights=own_weight))


def counted(truth, answer):
    """The same sums in numpy, for simulations."""
    wrong = truth != answer
    moments = np.stack([np.ones(len(truth)), (truth & answer).sum(1), truth.sum(1), answer.sum(1), wrong.sum(1)])
    confusion = tuple(
        ConfusionCounts(classes=("0", "1"), n=len(truth), counts=oracle.confusion_matrix(t, a, labels=[0, 1]) * 1.0)
        for t, a in zip(truth.T, answer.T, strict=True)
    )
    return MultilabelCounts(
        labels=tuple("abcdefgh"[: truth.shape[1]]), confusion=confusion, first=moments.sum(1),
        second=moments @ moments.T, right=float((~wrong).all(1).sum()),
        together=(wrong.T.astype(float) @ wrong.astype(float)), n=len(truth),
    )  # fmt: skip


def drawn(random, n):
    """Five labels of rows that are easy or hard as a whole, so that decisions of a row are alike."""
    hard = random.random((n, 1)) < 0.3
    truth = random.random((n, 5)) < 0.35
    return truth, np.where(random.random((n, 5)) < np.where(hard, 0.4, 0.05), ~truth, truth)


@pytest.mark.parametrize("name", ["hamming_loss", "micro_f1", "micro_recall", "micro_precision", "subset_accuracy"])
def test_intervals_hold_although_decisions_of_a_row_are_alike(name):
    random = np.random.default_rng(7)
    real = compute(name, multilabel=counted(*drawn(random, 400_000))).value
    hits = 0
    for _ in range(300):
        value = compute(name, multilabel=counted(*drawn(random, 250)))
        hits += value.low <= real <= value.high
    assert hits >= 0.91 * 300


def test_errors_that_come_together_are_found_and_chance_is_not():
    random = np.random.default_rng(1)
    truth = random.random((800, 5)) < 0.4
    flips = random.random((800, 5)) < 0.12
    assert error_links(counted(truth, truth ^ flips)) == ()
    flips[:, 3] = np.where(flips[:, 1], random.random(800) < 0.7, flips[:, 3])
    (link,) = error_links(counted(truth, truth ^ flips))
    assert {link.first, link.second} == {"b", "d"}
    assert link.with_first > 0.4 > link.without_first and link.low > 0


def test_a_set_without_answers_for_a_label_says_so(tmp_path):
    given_set = stored(tmp_path, np.eye(3, dtype=int), np.eye(3, dtype=int))
    broken = Roles(label_truth=given_set.roles.label_truth, label_predicted={})
    with pytest.raises(NeedsAnswer):
        multilabel_counts(Predictions(**{**vars(given_set), "roles": broken}))
