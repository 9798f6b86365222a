"""How two confusion matrices of the same classes differ, cell by cell, and where that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import newcombe
from diagnostics.types import ConfusionCounts, FloatArray


@dataclass(frozen=True, kw_only=True)
class CellDifference:
    """One cell whose share of its true class changed.

    Attributes
    ----------
    truth, predicted : str
    before, after : float
        Shares of the rows of `truth`.
    delta, low, high : float
        after - before with its interval, adjusted for all cells compared.
    better : bool
        More right answers, or fewer mistakes.
    """

    truth: str
    predicted: str
    before: float
    after: float
    delta: float
    low: float
    high: float
    better: bool


def aligned(confusion: ConfusionCounts, classes: tuple[str, ...]) -> ConfusionCounts:
    """The same counts over other classes, in their order; classes it lacks are empty, others are left out."""
    place = {name: number for number, name in enumerate(confusion.classes)}
    counts = np.zeros((len(classes), len(classes)))
    known = [(i, place[name]) for i, name in enumerate(classes) if name in place]
    if known:
        new, old = (np.array(side) for side in zip(*known, strict=True))
        counts[np.ix_(new, new)] = confusion.counts[np.ix_(old, old)]
    return ConfusionCounts(classes=classes, counts=counts, n=confusion.n, missing=confusion.missing)


def share_difference(before: ConfusionCounts, after: ConfusionCounts) -> FloatArray:
    """Differences of the shares of truth, after - before, shape (k, k); NaN where either class has no rows."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: FloatArray = after.counts / after.support[:, None] - before.counts / before.support[:, None]
    return result


def changed_cells(
    before: ConfusionCounts, after: ConfusionCounts, limit: int = 50, level: float = 0.95
) -> tuple[CellDifference, ...]:
    """Cells whose interval leaves zero out after Bonferroni for all cells that are not empty, largest change first.

    Both matrices need the same classes; see `aligned`. Intervals: Newcombe, as if the files were independent samples.
    """
    from statistics import NormalDist

    delta = share_difference(before, after)
    used = np.isfinite(delta) & ((before.counts > 0) | (after.counts > 0))
    z = NormalDist().inv_cdf(1 - (1 - level) / 2 / max(1, int(used.sum())))
    found = []
    for row, column in np.argwhere(used).tolist():
        n, m = float(after.support[row]), float(before.support[row])
        bounds = newcombe(float(after.counts[row, column]), n, float(before.counts[row, column]), m, z)
        if bounds is None or bounds[0] <= 0 <= bounds[1]:
            continue
        change = float(delta[row, column])
        found.append(
            CellDifference(
                truth=after.classes[row], predicted=after.classes[column], before=float(before.counts[row, column]) / m,
                after=float(after.counts[row, column]) / n, delta=change, low=bounds[0], high=bounds[1],
                better=(change > 0) == (row == column),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: -abs(one.delta))[:limit])
