"""Contributions that were computed once are not asked for again."""

import numpy as np
import pytest

from diagnostics.explanations.known_rows import KnownRows


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(60, 3))


class Asked:
    """Two outputs whose values are the row itself, scaled; notes how many rows were asked."""

    def __init__(self) -> None:
        self.rows = []

    def __call__(self, rows):
        self.rows.append(len(rows))
        values = np.stack([np.hstack([rows, np.ones((len(rows), 1))]) * scale for scale in (1.0, 2.0)], axis=1)
        return {"values": values, "margin": values.sum(axis=2)}


def test_only_new_rows_are_asked_and_the_order_is_that_of_the_question(rows):
    known, ask = KnownRows(), Asked()
    known.contributions("m", rows[::2], ask)
    shuffled = np.random.default_rng(1).permutation(60)
    found = known.contributions("m", rows[shuffled], ask)
    assert ask.rows == [30, 30]
    whole = Asked()(rows[shuffled])
    assert np.array_equal(found["values"], whole["values"]) and np.array_equal(found["margin"], whole["margin"])
    known.contributions("m", rows, ask)
    assert ask.rows == [30, 30]


def test_another_model_and_a_missing_value_are_other_questions(rows):
    known, ask = KnownRows(), Asked()
    known.contributions("m", rows, ask)
    known.contributions("n", rows, ask)
    holed = rows.copy()
    holed[0, 0] = np.nan
    found = known.contributions("m", holed, ask)
    assert ask.rows == [60, 60, 1]
    assert np.isnan(found["values"][0, 0, 0]) and not np.isnan(found["values"][1:]).any()


def test_the_same_row_twice_is_asked_once_and_no_row_is_an_answer_too(rows):
    known, ask = KnownRows(), Asked()
    assert len(known.contributions("m", np.repeat(rows[:1], 5, axis=0), ask)["values"]) == 5
    assert ask.rows == [1]
    assert known.contributions("m", rows[:0], ask)["values"].shape == (0, 2, 4)


def test_what_was_not_asked_for_longest_goes_first(rows):
    ask, one = Asked(), len("m") + 3 * 8 + 2 * 4 * 8 + 2 * 8
    known = KnownRows(limit=10 * one)
    known.contributions("m", rows[:10], ask)
    known.contributions("m", rows[:1], ask)
    known.contributions("m", rows[10:11], ask)
    assert ask.rows == [10, 1]
    known.contributions("m", rows[:1], ask)
    assert ask.rows == [10, 1]
    known.contributions("m", rows[1:2], ask)
    assert ask.rows == [10, 1, 1]
