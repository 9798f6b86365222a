"""Aggregates from SQL equal the same numbers computed on the rows; hostile names and values change nothing."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from sklearn import metrics as oracle

from diagnostics import queries
from diagnostics.exceptions import NeedsAnswer
from diagnostics.metrics import compute
from diagnostics.metrics.ranking import group_ndcg
from diagnostics.metrics.regression import moments
from diagnostics.metrics.scores import auc_bounds
from diagnostics.queries import DuckDB
from diagnostics.types import Condition
from tests.rules.predictions.sets import classifier, columns_of, stored


@pytest.fixture(scope="module")
def multiclass(tmp_path_factory):
    random, truth, p = classifier(n=4000, classes=4, strength=2.0, seed=3)
    columns = columns_of(truth, p, site=random.choice(["a", "b"], 4000).tolist(), age=random.normal(40, 10, 4000))
    return stored(tmp_path_factory.mktemp("multiclass"), columns), truth, p.round(5)


def test_exact_histograms_give_the_exact_areas(multiclass):
    found, truth, p = multiclass
    for number, (name, counted) in enumerate(queries.score_histograms(found, exact=True).items()):
        own = truth == int(name[1])
        score = p[:, int(name[1])]
        assert number < 4 and counted.exact and counted.n == 4000
        auc, ap = compute("roc_auc", histogram=counted).value, compute("average_precision", histogram=counted).value
        assert auc == pytest.approx(oracle.roc_auc_score(own, score), abs=1e-9)
        assert ap == pytest.approx(oracle.average_precision_score(own, score), abs=1e-9)


def test_binned_histograms_are_within_their_bound(multiclass):
    found, truth, p = multiclass
    for name, counted in queries.score_histograms(found).items():
        exact = oracle.roc_auc_score(truth == int(name[1]), p[:, int(name[1])])
        error = abs(compute("roc_auc", histogram=counted).value - exact)
        assert not counted.exact and error <= auc_bounds(counted) + 1e-12 and error < 1e-4
        assert abs(compute("average_precision", histogram=counted).value
                   - oracle.average_precision_score(truth == int(name[1]), p[:, int(name[1])])) < 1e-3  # fmt: skip
        assert (np.diff(counted.edges) > 0).all()


def test_histograms_of_logits_and_percent_keep_the_order(tmp_path):
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 2000)
    logit = random.normal(truth * 1.5, 1)
    for values in (logit, 100 / (1 + np.exp(-logit))):
        found = stored(tmp_path, {"label": truth, "pred": (logit > 0.7).astype(int), "score": values})
        auc = compute("roc_auc", histogram=queries.score_histogram(found, exact=False)).value
        assert auc == pytest.approx(oracle.roc_auc_score(truth, values), abs=1e-4)


def test_confusion_with_conditions_and_a_new_threshold(tmp_path):
    random = np.random.default_rng(1)
    p = random.uniform(0, 1, 1000)
    truth = (random.random(1000) < p).astype(int)
    site = random.choice(["a", "b"], 1000)
    found = stored(tmp_path, {"label": truth, "pred": (p >= 0.5).astype(int), "score": p, "site": site.tolist()})
    whole = queries.confusion(found)
    assert whole.counts.tolist() == oracle.confusion_matrix(truth, p >= 0.5).tolist()
    where = queries.clause([Condition(column="site", op="==", value="a")])
    part = queries.confusion(found, where=where, threshold=0.2)
    assert part.counts.tolist() == oracle.confusion_matrix(truth[site == "a"], p[site == "a"] >= 0.2).tolist()
    rows = queries.page(found, where=queries.cell(found, "1", "0"), limit=1000)
    assert rows.column("__row__").to_pylist() == np.flatnonzero((truth == 1) & (p < 0.5)).tolist()
    assert queries.count(found, where=queries.cell(found, "1", None)) == truth.sum()


def test_calibration_bins_cover_every_row(multiclass):
    found, truth, p = multiclass
    bins = queries.answer_calibration(found)
    assert bins.count.sum() == 4000 and 10 <= len(bins.count) <= 15
    right = (p.argmax(axis=1) == truth).mean()
    assert float(bins.observed @ bins.count) / 4000 == pytest.approx(right)
    assert float(bins.confidence @ bins.count) / 4000 == pytest.approx(p.max(axis=1).mean(), abs=1e-4)
    one = queries.class_calibration(found, "c2")
    assert float(one.observed @ one.count) / 4000 == pytest.approx((truth == 2).mean())


def test_residual_moments_equal_those_of_the_arrays(tmp_path):
    random = np.random.default_rng(2)
    truth = random.normal(1e6, 50, 700)
    truth[::50] = np.nan
    predicted = truth + random.standard_t(5, 700)
    predicted[::50] = 1.0
    found = stored(tmp_path, {"actual": truth, "predicted": predicted, "age": random.normal(size=700)})
    ours, expected = queries.residual_moments(found), moments(truth, predicted)
    for name in ("n", "mean", "variance", "skewness", "kurtosis", "mean_absolute", "mean_square", "median", "missing"):
        assert getattr(ours, name) == pytest.approx(getattr(expected, name), rel=1e-6), name
    profile = queries.residual_profile(found, "age", ranges=7)
    assert profile.count.sum() == 686 and len(profile.mean) == 7
    edges, counts = queries.residual_histogram(found)
    assert counts.sum() == 686 and edges[0] == pytest.approx(np.nanmin((truth - predicted)[~np.isnan(truth)]))


@pytest.mark.parametrize("k", [1, 5, None])
def test_ranking_groups(tmp_path, k):
    random = np.random.default_rng(3)
    query = np.repeat(np.arange(40), random.integers(1, 15, 40))
    relevance, score = random.integers(0, 3, len(query)), random.integers(0, 6, len(query)) / 5
    found = stored(tmp_path, {"query_id": query, "relevance": relevance, "score": score})
    groups = queries.group_ndcg(found, k)
    for name, size, value in zip(groups.groups, groups.size, groups.value, strict=True):
        own = query == int(name)
        assert size == own.sum()
        expected = group_ndcg(relevance[own].astype(float), score[own], k)
        assert value == pytest.approx(expected, nan_ok=True)


HOSTILE = ['a"b', "x'); DROP TABLE t; --", "SELECT", "ç\tã", "{table}", "%s"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_column_names_and_values(tmp_path, name):
    truth = [name, "other"] * 50
    found = stored(tmp_path, {"y_true": truth, "y_pred": truth, name: [name] * 50 + [None] * 50})
    assert queries.confusion(found).counts.tolist() == [[50, 0], [0, 50]]
    assert queries.count(found, where=queries.clause([Condition(column=name, op="==", value=name)])) == 50
    assert queries.count(found, where=queries.clause([Condition(column=name, op="is_null")])) == 50


def test_the_engine_reads_its_own_file_and_nothing_else(multiclass, tmp_path):
    found, _, _ = multiclass
    other = tmp_path / "other.parquet"
    parquet.write_table(pa.table({"a": [1]}), other)
    engine = DuckDB()
    for sql in (
        "SELECT * FROM read_csv('/etc/passwd')",
        f"SELECT * FROM read_parquet('{other}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH '/tmp/x.db'",
    ):
        with pytest.raises(Exception, match=r"(?i)permission|disabled|locked|lock|denied|configuration"):
            engine.rows(found, sql)
    assert not (tmp_path / "out.csv").exists()


def test_what_is_not_known_is_asked_for(tmp_path):
    bare = stored(tmp_path, {"id": list(range(50)), "label": [0, 1] * 25})
    with pytest.raises(NeedsAnswer):
        queries.confusion(bare)
    with pytest.raises(NeedsAnswer):
        queries.score_histogram(bare)
