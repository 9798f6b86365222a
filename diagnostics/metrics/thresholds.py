"""Where to cut a score: the best threshold for a goal, and how much it really gains over the one in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from diagnostics.metrics.scores import Sweep, sweep
from diagnostics.types import FloatArray, ScoreHistogram

Goal = Callable[[Sweep], FloatArray]

GOALS: dict[str, Goal] = {
    "f1": lambda s: s.f_beta(1.0),
    "f2": lambda s: s.f_beta(2.0),
    "accuracy": lambda s: s.accuracy,
    "balanced_accuracy": lambda s: s.balanced_accuracy,
}


@dataclass(frozen=True, kw_only=True)
class BestThreshold:
    """A threshold and what it is worth.

    Attributes
    ----------
    threshold : float
    low, high : float
        95 % interval of the threshold over resampled rows.
    value : float
        The goal at the threshold.
    used, used_value : float or None
        The threshold in use and the goal there.
    gain, gain_low, gain_high : float or None
        What the best threshold gains on rows it was not chosen on, with a 95 % interval.
    """

    threshold: float
    low: float
    high: float
    value: float
    used: float | None = None
    used_value: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


def cost_goal(false_positive: float, false_negative: float) -> Goal:
    """Minus the mean cost a row."""
    return lambda s: -s.cost(false_positive, false_negative)


def required_recall(least: float) -> Goal:
    """Precision where recall is at least this, nothing elsewhere."""
    return lambda s: np.where(s.recall >= least, s.precision, np.nan)


def required_precision(least: float) -> Goal:
    """Recall where precision is at least this, nothing elsewhere."""
    return lambda s: np.where(s.precision >= least, s.recall, np.nan)


def best_threshold(
    histogram: ScoreHistogram,
    goal: Goal,
    *,
    used: float | None = None,
    draws: int = 200,
    seed: int = 0,
    level: float = 0.95,
) -> BestThreshold | None:
    """The threshold that is best for a goal, with bootstrap intervals.

    The gain is honest: in every draw the threshold is chosen on one resample and judged on another.

    Parameters
    ----------
    histogram : ScoreHistogram
    goal : callable
        Maps a sweep to a value at each threshold; NaN where the threshold is not allowed.
    used : float, optional
        Threshold to compare with.
    level : float
        Of the interval of the gain; raise it where several outputs are compared.

    Returns
    -------
    BestThreshold or None
        None where the goal is defined nowhere.
    """
    counted = coarse(histogram)
    curve = sweep(counted)
    values = goal(curve)
    if not np.isfinite(values[:-1]).any():
        return None
    best = int(np.nanargmax(values[:-1]))
    place = None if used is None else curve.at(used)
    random = np.random.default_rng(seed)
    chosen, gains = [], []
    for _ in range(draws):
        learn, judge = (goal(sweep(_resampled(counted, random))) for _ in range(2))
        if not np.isfinite(learn[:-1]).any():
            continue
        pick = int(np.nanargmax(learn[:-1]))
        chosen.append(float(curve.threshold[pick]))
        if place is not None:
            # A threshold above every score predicts nothing: its F1 is 0, not undefined.
            gains.append(float(np.nan_to_num(judge[pick]) - np.nan_to_num(judge[place])))
    low, high = np.quantile(chosen, [0.025, 0.975]) if chosen else (np.nan, np.nan)
    half = NormalDist().inv_cdf((1 + level) / 2) * float(np.std(gains)) if gains else None
    mean = float(np.mean(gains)) if gains else None
    return BestThreshold(
        threshold=float(curve.threshold[best]), low=float(low), high=float(high), value=float(values[best]),
        used=used, used_value=None if place is None else float(np.nan_to_num(values[place])),
        gain=mean, gain_low=None if mean is None or half is None else mean - half,
        gain_high=None if mean is None or half is None else mean + half,
    )  # fmt: skip


def coarse(histogram: ScoreHistogram, bins: int = 512) -> ScoreHistogram:
    """A histogram with at most so many bins of about equal weight; thresholds stay real scores."""
    size = len(histogram.edges)
    if size <= bins:
        return histogram
    weight = np.cumsum(histogram.positive + histogram.negative)
    starts = np.unique(np.append(0, np.searchsorted(weight, np.linspace(0, weight[-1], bins + 1)[1:-1])))
    return ScoreHistogram(
        edges=histogram.edges[starts],
        positive=np.add.reduceat(histogram.positive, starts),
        negative=np.add.reduceat(histogram.negative, starts),
        exact=False,
    )


def _resampled(histogram: ScoreHistogram, random: np.random.Generator) -> ScoreHistogram:
    return ScoreHistogram(
        edges=histogram.edges,
        positive=random.poisson(histogram.positive).astype(np.float64),
        negative=random.poisson(histogram.negative).astype(np.float64),
        exact=histogram.exact,
    )
