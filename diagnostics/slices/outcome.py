"""What each row costs: the loss that is averaged, and the score that is tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from diagnostics.metrics.intervals import midranks
from diagnostics.slices.counting import Scores
from diagnostics.types import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """The loss of every unit (row, or query of a ranking) and how its mean is shown.

    Attributes
    ----------
    loss : ndarray of float, shape (n,)
        Larger is worse; finite.
    scores : Scores
        0/1 errors themselves; other losses as normal scores of their ranks, so that a few huge values neither make
        nor hide a slice.
    metric : str
        Name of the metric that is shown: `offset + sign * mean loss`.
    sign, offset : float
        -1 and 1 for accuracy, 1 and 0 for an error that is shown as it is.
    unit : str
        Of the metric.
    weight : ndarray of float, shape (n,), or None
    rows : ndarray of int, shape (n,)
        Position in the table of each unit (the first row of a query).
    size : ndarray of int, shape (n,), or None
        Rows of each unit where that is not 1.
    more : mapping of name to ndarray
        Further per-unit numbers: "confidence", "log_loss" ...
    """

    loss: FloatArray
    scores: Scores
    metric: str
    rows: np.ndarray
    sign: float = 1.0
    offset: float = 0.0
    unit: str = ""
    weight: FloatArray | None = None
    size: np.ndarray | None = None
    of_unit: np.ndarray | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.loss)

    @property
    def greater_is_better(self) -> bool:
        """Direction of the metric."""
        return self.sign < 0


def errors(wrong: np.ndarray, *, rows: np.ndarray | None = None, weight: FloatArray | None = None) -> Outcome:
    """The outcome of right-or-wrong answers.

    Parameters
    ----------
    wrong : ndarray of bool, shape (n,)
    rows : ndarray of int, optional
    weight : ndarray of float, optional
    """
    flags = np.ascontiguousarray(wrong, dtype=np.uint8)
    loss = flags.astype(np.float64)
    scores = Scores(values=flags) if weight is None else Scores(values=_weighted(loss, weight))
    return Outcome(
        loss=loss, scores=scores, metric="accuracy", sign=-1.0, offset=1.0, unit="fraction", weight=weight,
        rows=np.arange(len(flags)) if rows is None else rows,
    )  # fmt: skip


def losses(
    loss: FloatArray,
    metric: str,
    *,
    sign: float = 1.0,
    offset: float = 0.0,
    unit: str = "",
    rows: np.ndarray | None = None,
    weight: FloatArray | None = None,
    transform: Callable[[FloatArray], FloatArray] | None = None,
) -> Outcome:
    """The outcome of losses on a scale.

    Parameters
    ----------
    loss : ndarray of float, shape (n,)
        Finite.
    metric : str
    transform : callable, optional
        Makes the tested scores from the losses; `normal_scores` by default.
    """
    values = (transform or normal_scores)(loss)
    if weight is not None:
        values = _weighted(values, weight)
    return Outcome(
        loss=np.asarray(loss, dtype=np.float64), scores=Scores(values=values), metric=metric, sign=sign, offset=offset,
        unit=unit, weight=weight, rows=np.arange(len(loss)) if rows is None else rows,
    )  # fmt: skip


def normal_scores(loss: FloatArray) -> FloatArray:
    """Van der Waerden scores: the normal quantile of each value's mid-rank, shape (n,); order is all that counts."""
    from scipy.special import ndtri

    values: FloatArray = ndtri((midranks(loss) - 0.5) / max(1, len(loss)))
    return values


def _weighted(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Scores whose plain sum over a slice is its weighted excess over the weighted mean."""
    mean = float(np.average(values, weights=weight)) if weight.sum() > 0 else 0.0
    result: FloatArray = weight * (values - mean)
    return result
