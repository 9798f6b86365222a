import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import confusion_matrix

from diagnostics.metrics.arrangement import mistakes, most_confused, order, restricted, shares
from diagnostics.types import ConfusionCounts

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


def counted(pairs, size=5):
    truth, guess = zip(*pairs, strict=True)
    counts = confusion_matrix(truth, guess, labels=range(size)).astype(float)
    return ConfusionCounts(classes=tuple(f"c{i}" for i in range(size)), counts=counts, n=len(pairs)), truth, guess


@given(PAIRS)
def test_shares_equal_scikit_learns_and_are_undefined_without_rows(pairs):
    confusion, truth, guess = counted(pairs)
    for by, normalize in (("truth", "true"), ("predicted", "pred")):
        mine = shares(confusion, by)
        theirs = confusion_matrix(truth, guess, labels=range(5), normalize=normalize)
        total = confusion.support[:, None] if by == "truth" else confusion.predicted[None, :]
        empty = np.broadcast_to(total == 0, mine.shape)
        np.testing.assert_allclose(mine[~empty], theirs[~empty])
        assert np.isnan(mine[empty]).all()


@given(PAIRS)
def test_mistakes_are_every_cell_off_the_diagonal_most_rows_first(pairs):
    confusion, _truth, _guess = counted(pairs)
    wrong = sum(a != b for a, b in pairs)
    found = mistakes(confusion)
    assert sum(one.count for one in found) == wrong
    assert [one.count for one in found] == sorted((one.count for one in found), reverse=True)
    assert all(one.low <= one.share <= one.high for one in found)
    if found:
        assert sum(one.of_errors for one in found) == pytest.approx(1)
        top = found[0]
        assert top.count == sum((f"c{a}", f"c{b}") == (top.truth, top.predicted) for a, b in pairs)


@given(hnp.arrays(np.int64, (7, 7), elements=st.integers(0, 9)), st.integers(2, 7))
def test_the_focus_holds_the_largest_mistakes_and_stays_small(counts, limit):
    confusion = ConfusionCounts(classes=tuple("abcdefg"), counts=counts.astype(float), n=int(counts.sum()))
    focus = most_confused(confusion, limit)
    assert len(focus) <= limit
    largest = mistakes(confusion, 1)
    if largest:
        names = {confusion.classes[number] for number in focus}
        assert {largest[0].truth, largest[0].predicted} <= names
        part = restricted(confusion, focus)
        assert part.counts.sum() == counts[np.ix_(focus, focus)].sum()


def test_orders():
    counts = np.array([[9, 1, 0, 0], [5, 15, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]], dtype=float)
    confusion = ConfusionCounts(classes=tuple("abcd"), counts=counts, n=32)
    assert order(confusion, "name").tolist() == [0, 1, 2, 3]
    assert order(confusion, "support").tolist() == [1, 0, 2, 3]
    assert order(confusion, "recall").tolist() == [2, 1, 0, 3]
