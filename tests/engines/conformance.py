"""Every query gives the same answer on every engine: run with `make test-engines`.

Not collected by default: it needs chdb (and, for Spark, pyspark with Java; without Java those tests are skipped).
"""

import numpy as np
import pytest

from diagnostics import queries
from diagnostics.queries import quality
from diagnostics.queries.losses import loss_spread, row_loss
from diagnostics.queries.transpiled import ClickHouse, Spark, Transpiled
from diagnostics.slices.finding import search
from diagnostics.slices.sql_finding import search_by_sql
from tests.rules.predictions.sets import classifier, columns_of, stored
from tests.slices.mixed import mixed, quantities
from tests.slices.test_sql_counting import same_result
from tests.support.java import find_java


def _clickhouse():
    pytest.importorskip("chdb")
    return ClickHouse()


def _spark():
    pyspark = pytest.importorskip("pyspark.sql")
    if find_java() is None:
        pytest.skip("no Java for Spark on this machine")
    # Tables of a thousand rows: two partitions a shuffle instead of two hundred, no server for a page nobody opens.
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    return Spark(pyspark.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate())


@pytest.fixture(scope="module", params=[_clickhouse, _spark], ids=["clickhouse", "spark"])
def engine(request) -> Transpiled:
    return request.param()


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    random, truth, p = classifier(n=1200, classes=3, strength=2.0)
    columns = columns_of(truth, p, site=random.choice(["a", "b"], 1200).tolist())
    columns["y_true"][7] = None
    y = random.normal(50, 9, 600)
    query = np.repeat(np.arange(50), 12)
    tags = random.random((300, 3)) < 0.4
    told = tags ^ (random.random((300, 3)) < 0.1)
    named = {f"true_{name}": tags[:, i].astype(int) for i, name in enumerate("abc")}
    named |= {f"pred_{name}": told[:, i].astype(int) for i, name in enumerate("abc")}
    return {
        "labels": stored(folder, named, "labels"),
        "classes": stored(folder, columns, "classes"),
        "binary": stored(folder, {"label": truth == 0, "pred": p[:, 0] > 0.5, "score": p[:, 0]}, "binary"),
        "regression": stored(
            folder, {"y_true": y, "y_pred": y + random.normal(1, 2, 600), "age": random.normal(size=600)}, "r"
        ),
        "ranking": stored(
            folder,
            {"query_id": query, "relevance": random.integers(0, 3, 600), "score": random.integers(0, 9, 600) / 8},
            "k",
        ),
    }


CALLS = {
    "confusion": ("classes", lambda s, e: queries.confusion(s, engine=e).counts),
    "threshold": ("binary", lambda s, e: queries.confusion(s, threshold=0.3, engine=e).counts),
    "exact": ("classes", lambda s, e: queries.score_histogram(s, "c1", exact=True, engine=e).positive),
    "binned": ("classes", lambda s, e: [h.negative for h in queries.score_histograms(s, engine=e).values()][2]),
    "calibration": ("classes", lambda s, e: queries.answer_calibration(s, engine=e).confidence),
    "moments": ("regression", lambda s, e: [*vars(queries.residual_moments(s, engine=e)).values()]),
    "profile": ("regression", lambda s, e: queries.residual_profile(s, "age", engine=e).mean),
    "residuals": ("regression", lambda s, e: queries.residual_histogram(s, engine=e)[1]),
    "ndcg": ("ranking", lambda s, e: queries.group_ndcg(s, 5, engine=e).value),
    "missing": ("classes", lambda s, e: [quality.label_facts(s, engine=e).missing]),
    "scores": ("classes", lambda s, e: [quality.score_facts(s, engine=e).high]),
    "answers": ("classes", lambda s, e: queries.answers(s, engine=e).truth),
    "quantities": ("regression", lambda s, e: queries.quantities(s, engine=e).predicted),
    "labels": ("labels", lambda s, e: queries.multilabel_counts(s, engine=e).second),
    "labels together": ("labels", lambda s, e: queries.multilabel_counts(s, engine=e).together),
    "row loss": ("classes", lambda s, e: [loss_spread(s, row_loss(s, engine=e), engine=e).total]),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_same_answer_as_duckdb(engine, sets, name):
    which, call = CALLS[name]
    ours = np.asarray(call(sets[which], None), dtype=float)
    theirs = np.asarray(call(sets[which], engine), dtype=float)
    np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-9)


def test_slices_of_classes_are_the_same_as_in_memory(engine, tmp_path):
    _same_slices(mixed(tmp_path), engine)


def test_slices_of_quantities_are_the_same_as_in_memory(engine, tmp_path):
    if isinstance(engine, Spark):
        pytest.skip("many small jobs: Spark's local mode takes minutes for them")
    _same_slices(quantities(tmp_path, rounded=True), engine)


def _same_slices(predictions, engine):
    columns = ["site", "age", "count", "flag", "tiny"]
    same_result(search(predictions, columns=columns), search_by_sql(predictions, columns=columns, engine=engine))
