"""An SQL engine finds what codes in memory find, on columns of every kind."""

import numpy as np
import pytest

from diagnostics.queries.engine import default_engine
from diagnostics.queries.transpiled import Transpiled
from diagnostics.slices import sql_finding
from diagnostics.slices.columns import coded
from diagnostics.slices.finding import search
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.search import Search
from diagnostics.slices.sql_counting import SqlCounter
from diagnostics.slices.sql_outcome import sql_outcome
from diagnostics.slices.surveying import survey
from diagnostics.slices.table import Table
from tests.slices.mixed import mixed, quantities
from tests.slices.support import conditions


def same_result(ours, theirs):
    assert theirs.attributes == ours.attributes
    assert {(o.column, o.reason) for o in theirs.left_out} == {(o.column, o.reason) for o in ours.left_out}
    assert (theirs.tested, theirs.survived, theirs.min_size) == (ours.tested, ours.survived, ours.min_size)
    assert [conditions(s) for s in theirs.slices] == [conditions(s) for s in ours.slices]
    for own, other in zip(ours.slices, theirs.slices, strict=True):
        for name in ("n", "delta", "delta_low", "delta_high", "adjusted_p", "share_of_loss"):
            assert getattr(other, name) == pytest.approx(getattr(own, name), rel=1e-6), name
        assert other.metric.value == pytest.approx(own.metric.value)
        related = [[v for r in s.params["related"] for v in (r["n"], r["overlap"])] for s in (own, other)]
        assert related[0] == pytest.approx(related[1])
    assert theirs.overall.value == pytest.approx(ours.overall.value)


def tables_of(predictions, engine):
    outcome = sql_outcome(predictions, engine)
    columns, _ = sql_finding._coded(predictions, outcome, engine, 50, None)
    return SqlCounter(predictions, columns, outcome, engine).tables(pairs_too=True)


def same_tables(predictions, engine):
    table = Table(predictions)
    outcome = outcome_of(predictions, table)
    attributes, _ = coded(table, predictions, outcome, min_size=50)
    ours = Search(attributes, outcome.scores, min_size=50).tables()
    theirs = tables_of(predictions, engine)
    for own, other in zip(ours.single, theirs.single, strict=True):
        np.testing.assert_allclose(other.n, own.n)
        np.testing.assert_allclose(other.total, own.total, atol=1e-9)
    assert ours.pairs.keys() == theirs.pairs.keys()
    for key, own in ours.pairs.items():
        np.testing.assert_allclose(theirs.pairs[key].n, own.n)
        np.testing.assert_allclose(theirs.pairs[key].total, own.total, atol=1e-9)


def test_tables_of_mixed_columns_are_the_same(tmp_path):
    same_tables(mixed(tmp_path), default_engine())


def test_slices_of_classes_are_the_same(tmp_path):
    predictions = mixed(tmp_path)
    ours = search(predictions)
    assert ours.slices
    same_result(ours, sql_finding.search_by_sql(predictions))


def test_three_conditions_and_weights(tmp_path, monkeypatch):
    predictions = mixed(tmp_path, weight=True)
    same_result(search(predictions), sql_finding.search_by_sql(predictions))
    monkeypatch.setattr(SqlCounter, "parents", 400)
    few = {"columns": ["site", "count", "flag"], "depth": 3}
    same_result(search(predictions, **few), sql_finding.search_by_sql(predictions, **few))


def test_slices_of_quantities_are_the_same(tmp_path):
    predictions = quantities(tmp_path, rounded=True)
    same_tables(predictions, default_engine())
    ours = search(predictions)
    assert ours.slices
    same_result(ours, sql_finding.search_by_sql(predictions))


def test_binned_ranks_find_the_same_region(tmp_path):
    predictions = quantities(tmp_path, rounded=False)
    ours, theirs = search(predictions), sql_finding.search_by_sql(predictions)
    assert conditions(theirs.slices[0]) == conditions(ours.slices[0])
    assert theirs.slices[0].metric.value == pytest.approx(ours.slices[0].metric.value)


def test_scores_without_decisions(tmp_path):
    predictions = mixed(tmp_path, scored=True)
    same_result(search(predictions), sql_finding.search_by_sql(predictions))


def test_large_tables_are_counted_by_sql(tmp_path, monkeypatch):
    predictions = mixed(tmp_path)
    ours = survey(predictions)
    assert not sql_finding.counts_by_sql(predictions)
    monkeypatch.setattr(sql_finding, "LARGE", 100)
    assert sql_finding.counts_by_sql(predictions)
    assert not sql_finding.counts_by_sql(predictions, "roc_auc")
    theirs = survey(predictions)
    assert (theirs.metric, theirs.unit, theirs.units) == (ours.metric, ours.unit, ours.units)
    assert [conditions(s) for s in theirs.slices] == [conditions(s) for s in ours.slices]
    assert search(predictions).masks == ()


def test_recall_of_a_rare_class(tmp_path, monkeypatch):
    predictions = mixed(tmp_path, rare=True)
    ours = survey(predictions)
    monkeypatch.setattr(sql_finding, "LARGE", 100)
    theirs = survey(predictions)
    assert ours.metric == theirs.metric == "recall"
    assert theirs.units == ours.units
    assert theirs.overall.value == pytest.approx(ours.overall.value)
    assert [conditions(s) for s in theirs.slices] == [conditions(s) for s in ours.slices]


def test_another_engine_is_used_when_named(tmp_path, monkeypatch):
    predictions = mixed(tmp_path)
    monkeypatch.setattr(sql_finding, "default_engine", Transpiled)
    assert sql_finding.counts_by_sql(predictions)
