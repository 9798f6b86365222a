"""Facts about residuals: their centre, their spread along every column, their tails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics import queries
from diagnostics.metrics.intervals import midranks
from diagnostics.signals.inputs import Missing, signal
from diagnostics.types import FloatArray, IntArray, Predictions, Task

MIN_ROWS = 50
CORE = 5.0
"""Residuals farther from the median than this many robust deviations are left out of centre and spread."""

MAD = 1.4826
"""Median absolute deviation to standard deviation, for a normal."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Residuals:
    """Residuals of a regression set as arrays, shape (n,); residual = truth - predicted.

    Attributes
    ----------
    row : ndarray of int
    truth, predicted, residual : ndarray of float
    attributes : dict of column to ndarray of float
        Numeric attributes; missing values are NaN.
    centre, scale : float
        Median, and robust standard deviation (scaled MAD).
    """

    row: IntArray
    truth: FloatArray
    predicted: FloatArray
    residual: FloatArray
    attributes: dict[str, FloatArray]
    centre: float
    scale: float

    @property
    def n(self) -> int:
        """Rows with both a truth and a prediction."""
        return len(self.residual)

    @property
    def core(self) -> np.ndarray:
        """Mask of the rows that are no gross outliers."""
        near: np.ndarray = np.abs(self.residual - self.centre) <= CORE * self.scale
        return near


@signal
def residuals(predictions: Predictions) -> Residuals:
    """Residuals with the numeric attributes beside them."""
    if predictions.task is not Task.REGRESSION:
        raise Missing("needs_regression", task=str(predictions.task))
    if predictions.roles.truth is None or predictions.roles.predicted is None:
        raise Missing("needs_truth_and_prediction")
    table = queries.quantities(predictions)
    residual = table.truth - table.predicted
    if len(residual) < MIN_ROWS:
        raise Missing("too_few_rows", n=len(residual), needed=MIN_ROWS)
    centre = float(np.median(residual))
    scale = MAD * float(np.median(np.abs(residual - centre)))
    if scale <= 0:
        spread = float(residual.std())
        if spread <= 0:
            raise Missing("residuals_are_constant")
        scale = spread
    return Residuals(
        row=table.row, truth=table.truth, predicted=table.predicted, residual=residual, attributes=table.attributes,
        centre=centre, scale=scale,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offset:
    """How far residuals are off zero.

    Attributes
    ----------
    mean, low, high : float
        Mean residual without gross outliers, 95 % interval.
    relative, relative_low : float
        |mean| / standard deviation, and its lower bound (0 where the sign is unsure).
    median : float
    n : int
    """

    mean: float
    low: float
    high: float
    relative: float
    relative_low: float
    median: float
    n: int


@signal
def residual_offset(residuals: Residuals) -> Offset:
    """Mean of the residuals against their spread."""
    core = residuals.residual[residuals.core]
    mean, deviation = float(core.mean()), float(core.std(ddof=1))
    half = 1.96 * deviation / float(np.sqrt(len(core)))
    return Offset(
        mean=mean, low=mean - half, high=mean + half, relative=abs(mean) / deviation if deviation else 0.0,
        relative_low=max(0.0, abs(mean) - half) / deviation if deviation else 0.0, median=residuals.centre,
        n=len(core),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """How the size of the residuals follows one column.

    Attributes
    ----------
    column : str
        "" for the prediction itself.
    rho, low : float
        Spearman correlation of |residual| with the column, and the bound of its absolute value nearest to 0,
        adjusted for all columns tried.
    gradual : bool
        Whether a straight trend explains the ranks better than a single jump.
    edges, sizes : ndarray of float, shape (10,)
        Means of the column and medians of |residual| by tenths of the column.
    n : int
    """

    column: str
    rho: float
    low: float
    gradual: bool
    edges: FloatArray
    sizes: FloatArray
    n: int


@signal
def residual_spreads(residuals: Residuals) -> tuple[Spread, ...]:
    """Spread along the prediction and every numeric attribute, strongest first."""
    size = np.abs(residuals.residual - residuals.centre)
    columns = {"": residuals.predicted, **residuals.attributes}
    found = []
    for name, values in columns.items():
        keep = np.isfinite(values) & residuals.core
        if keep.sum() < MIN_ROWS or np.ptp(values[keep]) == 0:
            continue
        found.append(_spread(name, values[keep], size[keep], len(columns)))
    return tuple(sorted(found, key=lambda s: -abs(s.rho)))


def _spread(name: str, values: FloatArray, size: FloatArray, tried: int) -> Spread:
    from statistics import NormalDist

    n = len(values)
    x, y = midranks(values), midranks(size)
    rho = float(np.corrcoef(x, y)[0, 1])
    z = NormalDist().inv_cdf(1 - 0.025 / tried)
    # Fisher's transformation with the variance for ranks (Fieller, Hartley and Pearson 1957).
    low = float(np.tanh(max(0.0, np.arctanh(min(abs(rho), 0.999999)) - z * np.sqrt(1.06 / max(1, n - 3)))))
    order = np.argsort(values, kind="stable")
    parts = np.array_split(order, 10)
    return Spread(
        column=name, rho=rho, low=low, gradual=rho**2 >= _best_jump(y[order]), n=n,
        edges=np.array([values[part].mean() for part in parts]), sizes=np.array([np.median(size[p]) for p in parts]),
    )  # fmt: skip


def _best_jump(ordered: FloatArray) -> float:
    """Share of the variance that the best single jump along the order explains, 0 to 1."""
    n = len(ordered)
    sums = np.cumsum(ordered)
    places = np.unique(np.linspace(0.05 * n, 0.95 * n, 37).astype(int))
    total = float(ordered.var()) * n
    mean = sums[-1] / n
    left, right = sums[places - 1] / places, (sums[-1] - sums[places - 1]) / (n - places)
    between = places * (left - mean) ** 2 + (n - places) * (right - mean) ** 2
    return float(between.max() / total) if total > 0 else 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Tail:
    """Rows whose residual the tail of the others does not explain.

    Attributes
    ----------
    rows : tuple of int
        File positions, farthest first.
    distance : tuple of float
        Robust deviations from the centre, in the same order.
    cut : float
        Distance beyond which fewer than 0.01 rows were to be expected in this file.
    freedom : float
        Degrees of freedom of the Student t that fits the bulk (infinite for a normal).
    share_of_squares : float
        Part of the sum of squared residuals that these rows make up.
    n : int
    """

    rows: tuple[int, ...]
    distance: tuple[float, ...]
    cut: float
    freedom: float
    share_of_squares: float
    n: int


@signal
def residual_tail(residuals: Residuals, residual_spreads: tuple[Spread, ...]) -> Tail:
    """Outliers against a t distribution fitted to the bulk, after the spread's own trend is divided out."""
    centred = residuals.residual - residuals.centre
    scaled = np.abs(centred) / _local_scale(residuals, residual_spreads)
    freedom = _freedom(scaled)
    cut = _t_cut(freedom, 0.01 / len(scaled))
    order = np.argsort(-scaled, kind="stable")
    far = order[scaled[order] > cut]
    squares = float(np.square(residuals.residual).sum())
    return Tail(
        rows=tuple(int(r) for r in residuals.row[far]), distance=tuple(float(d) for d in scaled[far]), cut=cut,
        freedom=freedom, n=len(scaled),
        share_of_squares=float(np.square(residuals.residual[far]).sum()) / squares if squares else 0.0,
    )  # fmt: skip


def _local_scale(residuals: Residuals, spreads: tuple[Spread, ...]) -> FloatArray:
    """Robust deviation of each row's neighbourhood along the column the spread follows, where it follows one."""
    overall = np.full(residuals.n, residuals.scale)
    strongest = spreads[0] if spreads else None
    if strongest is None or strongest.low <= 0:
        return overall
    values = residuals.predicted if strongest.column == "" else residuals.attributes[strongest.column]
    filled = np.where(np.isfinite(values), values, np.nanmedian(values))
    size = np.abs(residuals.residual - residuals.centre)
    parts = np.array_split(np.argsort(filled, kind="stable"), max(3, min(20, residuals.n // 100)))
    centres = np.array([filled[part].mean() for part in parts])
    scales = np.array([MAD * np.median(size[part]) for part in parts])
    ascending = np.argsort(centres, kind="stable")
    local = np.interp(filled, centres[ascending], scales[ascending])
    floored: FloatArray = np.maximum(local, 0.1 * residuals.scale)
    return floored


def _freedom(scaled: FloatArray) -> float:
    """Degrees of freedom whose t has the same ratio of the 90 % to the 50 % quantile of absolute values."""
    from scipy.stats import t

    middle, outer = np.quantile(scaled, [0.5, 0.9])
    ratio = outer / middle if middle > 0 else 2.44
    choices = np.array([1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 30.0, 100.0])
    ratios = t.ppf(0.95, choices) / t.ppf(0.75, choices)
    return float(np.interp(-ratio, -ratios, choices)) if ratio > ratios[-1] else float("inf")


def _t_cut(freedom: float, p: float) -> float:
    """Distance in robust deviations that a t with the same median absolute value passes with probability p."""
    from scipy.stats import norm, t

    if not np.isfinite(freedom):
        return float(norm.isf(p / 2))
    return float(t.isf(p / 2, freedom) / (MAD * t.ppf(0.75, freedom)))
