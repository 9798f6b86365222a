"""Every query gives the same answer on every engine: run with `make test-engines`.

Not collected by default: it needs chdb (and, for Spark, pyspark with Java; without Java those tests are skipped).
"""

import numpy as np
import pytest

from diagnostics import queries
from diagnostics.queries import quality
from diagnostics.queries.losses import loss_spread, row_loss
from diagnostics.queries.narrowing import restricted
from diagnostics.queries.restriction import restriction
from diagnostics.queries.transpiled import ClickHouse, Spark, Transpiled
from diagnostics.slices import mask
from diagnostics.slices.finding import search
from diagnostics.slices.sql_finding import search_by_sql
from diagnostics.types import Condition
from tests.queries.every_kind import every_kind
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


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return every_kind(tmp_path_factory.mktemp("everything"))


def _one(column, op, values=(None,)):
    return [(Condition(column=column, op=op, value=value),) for value in values]


LABELS = (
    "a",
    " a ",
    "1",
    "01",
    1,
    1.0,
    0,
    True,
    False,
    -2.5,
    1000,
    "x",
    "TRUE",
    "'",
    '"',
    "o'clock",
    "naïve 😀",
    "nan",
)
BOUNDS = ("2024-01-05", "2024-01-05T10:00:00", "2024-03-01T22:30:00")
GROUPS = {
    "labels": [p for column in ("whole", "real", "flag", "text", "factor", 'od"d; --', "stamp")
               for p in (*_one(column, "==", LABELS), *_one(column, "!=", (1, "a")),
                         *_one(column, "in", (("a", 1, float("nan")), ())), *_one(column, "not_in", (("x", 0, "'"),)))],
    "numbers": [p for column in ("whole", "real", "flag", "text", "length(text)")
                for p in (*_one(column, "<", (0, 2.5)), *_one(column, ">=", (1, -1.5)),
                          *_one(column, "between", ((0, 2.5), (None, 1), (None, None))))],
    "times": [p for column in ("time", "stamp", "day", "zoned") for sign in ("<", "<=", ">", ">=")
              for p in _one(column, sign, BOUNDS)],
    "clock": [p for column in ("hour(time)", "weekday(stamp)", "hour(day)", "weekday(zoned)", "hour(stamp)")
              for p in (*_one(column, ">=", (0, 4)), *_one(column, "==", (3, 22)), *_one(column, "is_null"))],
    "missing": [p for column in ("whole", "real", "flag", "text", "factor", "stamp", "time", "day", "zoned")
                for op in ("is_null", "not_null") for p in _one(column, op)],
}  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_conditions_hold_for_the_rows_of_their_masks(engine, everything, group):
    # One statement for many conditions: on Spark a query of its own for each would take minutes.
    predicates = GROUPS[group]
    flags = [f"CASE WHEN {restriction(everything, p)} THEN 1 ELSE 0 END AS c{i}" for i, p in enumerate(predicates)]
    found = []
    for start in range(0, len(flags), 50):
        part = flags[start : start + 50]
        sql = f'SELECT "__row__" AS r, {", ".join(part)} FROM {engine.table(everything)} ORDER BY r'
        found += [np.asarray(column, dtype=bool) for column in engine.arrow(everything, sql).columns[1:]]
    wrong = [p for p, rows in zip(predicates, found, strict=True) if (rows != mask(everything, p)).any()]
    assert not wrong


def test_a_set_narrowed_to_a_slice_is_counted_the_same(engine, sets):
    predicate = (
        Condition(column="site", op="==", value="a"),
        Condition(column=sets["classes"].roles.probabilities["c1"], op=">=", value=0.3),
    )
    ours, theirs = restricted(sets["classes"], predicate), restricted(sets["classes"], predicate, engine)
    assert 0 < theirs.n_rows == ours.n_rows < sets["classes"].n_rows
    np.testing.assert_array_equal(queries.confusion(theirs, engine=engine).counts, queries.confusion(ours).counts)
    shown = queries.page(theirs, limit=2000, engine=engine).column("__row__").to_pylist()
    assert shown == np.flatnonzero(mask(sets["classes"], predicate)).tolist()
    old = (Condition(column="age", op="between", value=(0, 1)),)
    ours, theirs = restricted(sets["regression"], old), restricted(sets["regression"], old, engine)
    np.testing.assert_allclose(
        [*vars(queries.residual_moments(theirs, engine=engine)).values()],
        [*vars(queries.residual_moments(ours)).values()], rtol=1e-9,
    )  # fmt: skip


def test_slices_of_classes_are_the_same_as_in_memory(engine, tmp_path):
    _same_slices(mixed(tmp_path), engine, ["site", "age", "count", "flag", "tiny"])


def test_slices_of_quantities_are_the_same_as_in_memory(engine, tmp_path):
    # Ranks take many small jobs, a second each in Spark's local mode: the columns of the planted slice must do.
    columns = ["site", "age"] if isinstance(engine, Spark) else ["site", "age", "count"]
    _same_slices(quantities(tmp_path, rounded=True), engine, columns)


def _same_slices(predictions, engine, columns):
    found = search_by_sql(predictions, columns=columns, engine=engine)
    assert found.slices
    same_result(search(predictions, columns=columns), found)
