"""A slice in SQL selects the rows that the boolean mask selects, whatever the column holds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from diagnostics import queries, slices
from diagnostics.queries.narrowing import restricted
from diagnostics.slices import Table, mask
from diagnostics.types import Condition
from tests.queries.every_kind import TEXTS, N, every_kind


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return every_kind(tmp_path_factory.mktemp("restriction"))


def rows_of(predictions):
    table = queries.page(predictions, limit=10 * N)
    return table.column("__row__").to_pylist()


def assert_same(whole, predicate):
    narrowed = restricted(whole, predicate)
    expected = np.flatnonzero(mask(whole, predicate)).tolist()
    assert rows_of(narrowed) == expected, predicate
    assert narrowed.n_rows == len(expected)
    assert len(Table(narrowed).column("whole")) == len(expected)


NUMBERS = st.sampled_from([-3, -1.5, 0, 0.0, 1, 1.0, 2, 2.5, 7, 1000])
LABELS = st.sampled_from([*TEXTS, 1, 1.0, 0, True, False, -2.5, 1000, "x", "TRUE", "nan", "o", "'", '"', float("nan")])
LABELLED = st.sampled_from(["whole", "real", "flag", "text", "factor", 'od"d; --', "stamp"])
NUMERIC = st.sampled_from(
    ["whole", "real", "flag", "text", "length(text)", "hour(time)", "weekday(stamp)", "hour(day)"]
)
TIMES = st.sampled_from(["time", "stamp", "day", "zoned"])
BOUNDS = st.sampled_from(["2024-01-05", "2024-01-05T10:00:00", "2024-03-01", "2024-03-01T22:30:00"])
SIGNS = st.sampled_from(["<", "<=", ">", ">="])


def condition(column, op, value=None):
    return Condition(column=column, op=op, value=value)


CONDITIONS = st.one_of(
    st.builds(condition, LABELLED, st.sampled_from(["==", "!="]), LABELS),
    st.builds(condition, LABELLED, st.sampled_from(["in", "not_in"]), st.lists(LABELS, max_size=4).map(tuple)),
    st.builds(condition, NUMERIC, SIGNS, NUMBERS),
    st.builds(condition, NUMERIC, st.just("between"), st.tuples(st.none() | NUMBERS, NUMBERS)),
    st.builds(condition, TIMES, SIGNS, BOUNDS),
    st.builds(condition, st.one_of(LABELLED, NUMERIC, TIMES), st.sampled_from(["is_null", "not_null"])),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(predicate=st.lists(CONDITIONS, max_size=3).map(tuple))
@example(predicate=(condition("text", "==", "True"), condition("real", ">=", 1)))
@example(predicate=(condition("real", "not_in", (None,)),))
@example(predicate=(condition("weekday(stamp)", "<", 4),))
@example(predicate=(condition("hour(time)", ">=", 5),))
@example(predicate=(condition("length(text)", "==", 3),))
def test_the_rows_of_a_slice_are_those_of_its_mask(everything, predicate):
    assert_same(everything, predicate)
    part = replace(everything, part={"model": "two"})
    own = np.flatnonzero(np.array(Table(everything).column("model").to_pylist()) == "two")
    assert rows_of(restricted(part, predicate)) == own[mask(part, predicate)].tolist()


@settings(max_examples=100, deadline=None)
@given(predicate=st.lists(CONDITIONS, max_size=3).map(tuple))
def test_a_slice_survives_its_notation(predicate):
    from diagnostics.slices.notation import from_text, to_text

    assert repr(from_text(to_text(predicate))) == repr(predicate)


@pytest.mark.parametrize(
    "text", ["x", "{}", '[["a"]]', '[["a","~",1]]', '[[1,"==",1]]', '[["a","<",null]]', "[" * 9999]
)
def test_other_texts_name_no_slice(text):
    from diagnostics.slices.notation import from_text

    with pytest.raises(ValueError, match="not a"):
        from_text(text)


def test_narrowing_twice_keeps_both_and_changes_the_digest(everything):
    once = restricted(everything, (condition("whole", ">", 0),))
    twice = restricted(once, (condition("flag", "==", True),))
    both = restricted(everything, (condition("whole", ">", 0), condition("flag", "==", True)))
    assert twice.digest != once.digest != everything.digest
    assert rows_of(twice) == rows_of(both)
    assert restricted(everything, ()) is everything


def test_what_does_not_fit_is_refused(everything):
    with pytest.raises(KeyError):
        restricted(everything, (condition("absent", "==", 1),))
    with pytest.raises(ValueError, match="operator"):
        restricted(everything, (condition("whole", "~", 1),))
    with pytest.raises(ValueError, match="could not convert"):
        restricted(everything, (condition("whole", "<", "x"),))


def test_every_number_is_recomputed(everything):
    narrowed = restricted(everything, (condition("flag", "==", True),))
    seen = slices.Table(narrowed).column("flag").to_pylist()
    assert set(seen) == {True}
    assert queries.count(narrowed) == len(seen) == narrowed.n_rows
