"""Ways to read a confusion matrix: as shares, in a useful order, cut down to what is mixed up most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from diagnostics.metrics.intervals import wilson
from diagnostics.types import ConfusionCounts, FloatArray, IntArray

Share = Literal["counts", "truth", "predicted"]
Order = Literal["name", "support", "recall", "precision", "f1", "cluster"]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One cell off the diagonal.

    Attributes
    ----------
    truth, predicted : str
    count : float
        Rows of `truth` answered `predicted` (sum of weights).
    share, low, high : float
        Share of all rows of `truth`, with its 95 % Wilson interval.
    of_errors : float
        Share of all mistakes, 0 to 1.
    """

    truth: str
    predicted: str
    count: float
    share: float
    low: float
    high: float
    of_errors: float


def shares(confusion: ConfusionCounts, by: Share) -> FloatArray:
    """Values of the cells, shape (k, k).

    Parameters
    ----------
    confusion : ConfusionCounts
    by : {"counts", "truth", "predicted"}
        The counts themselves, each row divided by its sum (the diagonal is recall), or each column divided by its
        sum (the diagonal is precision). NaN where the divisor is 0.
    """
    if by == "counts":
        return confusion.counts.astype(np.float64)
    total = confusion.support[:, None] if by == "truth" else confusion.predicted[None, :]
    total = np.broadcast_to(total, confusion.counts.shape)
    empty = np.full(confusion.counts.shape, np.nan)
    np.divide(confusion.counts, total, out=empty, where=total > 0)
    return empty


def order(confusion: ConfusionCounts, by: Order, first: str = "") -> IntArray:
    """Class numbers in reading order.

    As given, largest support first, worst recall, precision or F1 first (undefined last), or confused classes beside
    each other.

    Parameters
    ----------
    first : str
        A class that leads where the worst comes first.
    """
    size = len(confusion.classes)
    if by == "support":
        return np.argsort(-confusion.support, kind="stable")
    if by in ("recall", "precision", "f1"):
        below = {
            "recall": confusion.support, "precision": confusion.predicted,
            "f1": (confusion.support + confusion.predicted) / 2,
        }[by]  # fmt: skip
        worth = np.full(size, np.inf)
        np.divide(confusion.correct, below, out=worth, where=below > 0)
        worth[[name == first for name in confusion.classes]] = -np.inf
        return np.argsort(worth, kind="stable")
    if by == "cluster":
        from diagnostics.metrics.clustering import clustered

        return clustered(confusion)
    return np.arange(size)


def mistakes(
    confusion: ConfusionCounts, limit: int | None = None, *, first: str = "", by: str = "recall"
) -> tuple[Mistake, ...]:
    """Cells off the diagonal that are not empty, most rows first, ties by the larger share of their class.

    Parameters
    ----------
    first : str
        A class whose mistakes lead: those that cost it recall, precision, or either for "f1".
    by : str
    """
    rows, columns = _ranked(confusion)
    if first in confusion.classes:
        number = confusion.classes.index(first)
        missed, false = rows == number, columns == number
        leads = {"recall": missed, "precision": false}.get(by, missed | false)
        ranked = np.argsort(~leads, kind="stable")
        rows, columns = rows[ranked], columns[ranked]
    total = float(confusion.counts.sum() - confusion.correct.sum())
    pairs = zip(rows[:limit].tolist(), columns[:limit].tolist(), strict=True)
    return tuple(_mistake(confusion, row, column, total) for row, column in pairs)


def most_confused(confusion: ConfusionCounts, limit: int) -> IntArray:
    """Numbers of the classes with the largest mistakes, at most `limit`, in class order."""
    chosen: set[int] = set()
    for pair in zip(*(numbers.tolist() for numbers in _ranked(confusion)), strict=True):
        if len(chosen | set(pair)) > limit:
            break
        chosen.update(pair)
    return np.array(sorted(chosen), dtype=np.int64)


def restricted(confusion: ConfusionCounts, numbers: IntArray) -> ConfusionCounts:
    """The cells between some classes, in the order of `numbers`; rows of other classes are left out of `n`."""
    counts = confusion.counts[np.ix_(numbers, numbers)]
    names = tuple(confusion.classes[number] for number in numbers)
    return ConfusionCounts(classes=names, counts=counts, n=round(float(counts.sum())), missing=confusion.missing)


def _ranked(confusion: ConfusionCounts) -> tuple[IntArray, IntArray]:
    """Rows and columns of the mistakes, in the order of `mistakes`."""
    wrong = confusion.counts.copy()
    np.fill_diagonal(wrong, 0)
    rows, columns = np.nonzero(wrong > 0)
    ranked = np.lexsort((columns, rows, confusion.support[rows], -wrong[rows, columns]))
    return rows[ranked], columns[ranked]


def _mistake(confusion: ConfusionCounts, row: int, column: int, total: float) -> Mistake:
    count, support = float(confusion.counts[row, column]), float(confusion.support[row])
    low, high = wilson(count, support) or (0.0, 1.0)
    return Mistake(
        truth=confusion.classes[row], predicted=confusion.classes[column], count=count, share=count / support,
        low=low, high=high, of_errors=count / total,
    )  # fmt: skip
