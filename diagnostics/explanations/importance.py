"""Which features matter: for the output, for the loss, inside a slice, for one kind of error against another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from diagnostics.explanations.attribution import Attribution, Predict
from diagnostics.types import FloatArray, MetricValue

Z95 = 1.959963984540054
Loss = Callable[[FloatArray], FloatArray]
"""Model outputs of shape (n,) to losses of shape (n,)."""


@dataclass(frozen=True, kw_only=True)
class FeatureImportance:
    """How much one feature matters, with an interval over its repetitions or rows."""

    feature: str
    value: MetricValue


def by_permuting(
    predict: Predict, rows: FloatArray, loss: Loss, features: Sequence[str], *, repeats: int = 10, seed: int = 0,
    cancel: Event | None = None,
) -> tuple[FeatureImportance, ...]:  # fmt: skip
    """Rise of the mean loss when one column is shuffled (Breiman 2001), most important first.

    The interval covers the rows and the shuffles: for each row the rise is averaged over the repeats, and the
    standard error of the mean over rows is taken.

    Parameters
    ----------
    predict : callable
    rows : ndarray, shape (n, features)
    loss : callable
    features : sequence of str
    repeats : int
    seed : int
    cancel : Event, optional
        Checked before each column; what was computed until then is returned.
    """
    generator = np.random.default_rng(seed)
    before = loss(predict(rows))
    found: list[FeatureImportance] = []
    for column, name in enumerate(features):
        if cancel is not None and cancel.is_set():
            break
        rise = np.zeros(len(rows))
        for _ in range(repeats):
            shuffled = rows.copy()
            shuffled[:, column] = rows[generator.permutation(len(rows)), column]
            rise += (loss(predict(shuffled)) - before) / repeats
        found.append(FeatureImportance(feature=name, value=_mean("permutation_importance", rise)))
    return _sorted(found)


def of_attribution(attribution: Attribution) -> tuple[FeatureImportance, ...]:
    """Mean absolute contribution of each feature, most important first."""
    return _sorted(
        [
            FeatureImportance(feature=name, value=_mean("mean_absolute_contribution", np.abs(attribution.values[:, i])))
            for i, name in enumerate(attribution.features)
        ]
    )


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """How a feature differs between two groups of rows.

    Attributes
    ----------
    feature : str
    auc : float
        Chance that a row of the first group has the larger value; 0.5 means no difference.
    low, high : float
        95 % interval (Hanley and McNeil 1982), widened for the number of features compared (Bonferroni).
    first, second : float
        Median of each group.
    n_first, n_second : int
    """

    feature: str
    auc: float
    low: float
    high: float
    first: float
    second: float
    n_first: int
    n_second: int

    @property
    def separates(self) -> bool:
        """Whether the interval leaves 0.5 out."""
        return self.low > 0.5 or self.high < 0.5


def contrast(
    values: FloatArray, first: NDArray[np.bool_], second: NDArray[np.bool_], features: Sequence[str]
) -> tuple[Contrast, ...]:
    """Which columns separate two groups of rows: false negatives from true positives, a slice from the rest.

    Parameters
    ----------
    values : ndarray, shape (n, features)
        Feature values or attributions.
    first, second : boolean ndarray, shape (n,)
        Disjoint; at least five rows each.
    features : sequence of str

    Returns
    -------
    tuple of Contrast
        Strongest first.

    Raises
    ------
    ValueError
        A group of fewer than five rows.
    """
    from scipy.stats import norm, rankdata

    if first.sum() < 5 or second.sum() < 5:
        raise ValueError("each group needs at least five rows")
    z = float(norm.ppf(1 - 0.025 / len(features)))
    found: list[Contrast] = []
    for column, name in enumerate(features):
        a, b = values[first, column], values[second, column]
        a, b = a[~np.isnan(a)], b[~np.isnan(b)]
        if len(a) < 5 or len(b) < 5:
            continue
        ranks = rankdata(np.concatenate([a, b]))
        auc = float((ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2) / (len(a) * len(b)))
        half = z * _auc_error(auc, len(a), len(b))
        found.append(
            Contrast(
                feature=name,
                auc=auc,
                low=max(0.0, auc - half),
                high=min(1.0, auc + half),
                first=float(np.median(a)),
                second=float(np.median(b)),
                n_first=len(a),
                n_second=len(b),
            )
        )
    return tuple(sorted(found, key=lambda c: -abs(c.auc - 0.5)))


def rank_agreement(first: Sequence[FeatureImportance], second: Sequence[FeatureImportance]) -> MetricValue:
    """Spearman correlation of two importance orders; None with fewer than three shared features."""
    from scipy.stats import spearmanr

    left = {f.feature: f.value.value for f in first}
    pairs = [(left[f.feature], f.value.value) for f in second if f.feature in left]
    if len(pairs) < 3:
        return MetricValue(name="rank_agreement", value=None, reason="too_few_features", n=len(pairs))
    value = float(spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic)
    if np.isnan(value):
        return MetricValue(name="rank_agreement", value=None, reason="constant", n=len(pairs))
    return MetricValue(name="rank_agreement", value=value, n=len(pairs), greater_is_better=True)


def _auc_error(auc: float, n_first: int, n_second: int) -> float:
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (n_first - 1) * (q1 - auc**2) + (n_second - 1) * (q2 - auc**2)) / (n_first * n_second)
    # Hanley and McNeil's error shrinks as the AUC leaves 0.5: a difference is claimed against the error without one.
    without = (n_first + n_second + 1) / (12 * n_first * n_second)
    return float(np.sqrt(max(variance, without)))


def _mean(name: str, amounts: FloatArray) -> MetricValue:
    n = len(amounts)
    if n < 2:
        return MetricValue(name=name, value=None, reason="too_few_rows", n=n)
    centre = float(amounts.mean())
    half = Z95 * float(amounts.std(ddof=1)) / n**0.5
    return MetricValue(name=name, value=centre, low=centre - half, high=centre + half, n=n, greater_is_better=True)


def _sorted(found: list[FeatureImportance]) -> tuple[FeatureImportance, ...]:
    return tuple(sorted(found, key=lambda f: -(f.value.value if f.value.value is not None else -np.inf)))


def within_and_without(attribution: Attribution, within: NDArray[np.bool_]) -> tuple[str, float, float]:
    """Feature whose share of the importance differs most between some rows and the others.

    Parameters
    ----------
    attribution : Attribution
    within : boolean ndarray, shape (n,)
        Both sides must have rows.

    Returns
    -------
    feature : str
    inside, outside : float
        Its mean absolute contribution.
    """
    inside, outside = (np.abs(attribution.values[rows]).mean(axis=0) for rows in (within, ~within))
    shares = inside / (inside.sum() or 1.0) - outside / (outside.sum() or 1.0)
    place = int(np.abs(shares).argmax())
    return attribution.features[place], float(inside[place]), float(outside[place])
