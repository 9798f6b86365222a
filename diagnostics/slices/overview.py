"""Every value of a column, and every cell of two columns, at once: counts first, numbers from counts, no masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.metrics.intervals import Z95
from diagnostics.slices.atoms import conditions
from diagnostics.slices.attributes import Attribute
from diagnostics.slices.counting import single
from diagnostics.slices.outcome import Outcome
from diagnostics.types import Condition, FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Overview:
    """The metric on every part of a division of the units.

    Attributes
    ----------
    predicates : tuple of tuple of Condition
        Of each part, in code order; an empty one stands for values too rare to be slices.
    n : ndarray of float, shape (k,)
        Units in each part.
    value, low, high : ndarray of float, shape (k,)
        The metric with its 95 % interval (Wilson for shares, normal for means); NaN where the part is empty.
    delta, delta_low, delta_high : ndarray of float, shape (k,)
        Against all other units, with a 95 % interval (Newcombe for shares, normal for means).
    share_of_loss : ndarray of float, shape (k,)
    shape : tuple of int
        (k,), or (rows, columns) of a grid, whose parts are listed row by row.
    """

    predicates: tuple[tuple[Condition, ...], ...]
    n: FloatArray
    value: FloatArray
    low: FloatArray
    high: FloatArray
    delta: FloatArray
    delta_low: FloatArray
    delta_high: FloatArray
    share_of_loss: FloatArray
    shape: tuple[int, ...]


def overview(attribute: Attribute, outcome: Outcome) -> Overview:
    """Every value or fine bin of one attribute."""
    predicates = tuple(_predicate(attribute, (code,)) for code in range(attribute.size))
    return _measured(attribute.codes, predicates, outcome, (attribute.size,))


def grid(first: Attribute, second: Attribute, outcome: Outcome) -> Overview:
    """Every cell of two attributes in coarse bins, for a heatmap."""
    rows, columns = _coarse_members(first), _coarse_members(second)
    key = first.coarse[first.codes] * len(columns) + second.coarse[second.codes]
    predicates = tuple(
        (*a, *b) if a and b else ()
        for a in (_predicate(first, m) for m in rows)
        for b in (_predicate(second, m) for m in columns)
    )
    return _measured(key, predicates, outcome, (len(rows), len(columns)))


def _predicate(attribute: Attribute, members: tuple[int, ...]) -> tuple[Condition, ...]:
    return () if members == (attribute.other,) else conditions(attribute, members)


def _coarse_members(attribute: Attribute) -> list[tuple[int, ...]]:
    return [tuple(np.flatnonzero(attribute.coarse == c).tolist()) for c in range(attribute.coarse_size)]


def _measured(
    key: np.ndarray, predicates: tuple[tuple[Condition, ...], ...], outcome: Outcome, shape: tuple[int, ...]
) -> Overview:
    n, mass, doubled, total, squares = _sums(key, len(predicates), outcome)
    share = outcome.metric == "accuracy"
    own = _Means.of(mass, doubled, total, squares)
    rest = _Means.of(*(s.sum() - s for s in (mass, doubled, total, squares)))
    bounds, rest_bounds = own.interval(share=share), rest.interval(share=share)
    gap = own.mean - rest.mean
    if share:
        gap_low = gap - np.hypot(own.mean - bounds[0], rest_bounds[1] - rest.mean)
        gap_high = gap + np.hypot(bounds[1] - own.mean, rest.mean - rest_bounds[0])
    else:
        half = own.welch(rest)
        gap_low, gap_high = gap - half, gap + half
    sides = (0, 1) if outcome.sign > 0 else (1, 0)
    shown = [outcome.offset + outcome.sign * bounds[s] for s in sides]
    gaps = [outcome.sign * (gap_low, gap_high)[s] for s in sides]
    return Overview(
        predicates=predicates, n=n, value=outcome.offset + outcome.sign * own.mean, low=shown[0], high=shown[1],
        delta=outcome.sign * gap, delta_low=gaps[0], delta_high=gaps[1],
        share_of_loss=_divided(total, np.full(len(total), total.sum())), shape=shape,
    )  # fmt: skip


def _sums(key: np.ndarray, size: int, outcome: Outcome) -> tuple[FloatArray, ...]:
    """Units, sums of weights, of squared weights, of weighted losses and of weighted squared losses in each part."""
    if outcome.weight is None and outcome.scores.binary:
        cells = single(key, size, outcome.scores)
        # Of right-or-wrong losses the squares are the losses themselves.
        return cells.n, cells.n, cells.n, cells.total, cells.total

    def summed(values: FloatArray) -> FloatArray:
        return np.bincount(key, weights=values, minlength=size).astype(np.float64)

    n = np.bincount(key, minlength=size).astype(np.float64)
    loss, weight = outcome.loss, outcome.weight
    if weight is None:
        return n, n, n, summed(loss), summed(np.square(loss))
    return n, summed(weight), summed(np.square(weight)), summed(weight * loss), summed(weight * np.square(loss))


def _divided(above: FloatArray, below: FloatArray) -> FloatArray:
    result = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result


@dataclass(frozen=True, kw_only=True, eq=False)
class _Means:
    """Means, mean squares and effective rows of many parts."""

    mean: FloatArray
    square: FloatArray
    rows: FloatArray

    @classmethod
    def of(cls, mass: FloatArray, doubled: FloatArray, total: FloatArray, squares: FloatArray) -> _Means:
        """From sums; the effective rows are Kish's, which without weights are the rows."""
        return cls(mean=_divided(total, mass), square=_divided(squares, mass), rows=_divided(np.square(mass), doubled))

    def interval(self, *, share: bool) -> tuple[FloatArray, FloatArray]:
        """95 % intervals; NaN where there are too few rows."""
        with np.errstate(invalid="ignore", divide="ignore"):
            if share:
                scale = 1 + Z95**2 / self.rows
                centre = (self.mean + Z95**2 / (2 * self.rows)) / scale
                half = Z95 * np.sqrt(self.mean * (1 - self.mean) / self.rows + Z95**2 / (4 * self.rows**2)) / scale
                return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
            half = Z95 * np.sqrt(self.variance())
            return self.mean - half, self.mean + half

    def variance(self) -> FloatArray:
        """Of each mean; NaN for fewer than two rows."""
        spread: FloatArray = np.maximum(0.0, self.square - self.mean**2)
        return spread / np.where(self.rows > 1, self.rows - 1, np.nan)

    def welch(self, rest: _Means) -> FloatArray:
        """Half widths of Welch's 95 % intervals of the differences to other means."""
        from scipy.special import stdtrit

        first, second = self.variance(), rest.variance()
        with np.errstate(invalid="ignore", divide="ignore"):
            freedom = (first + second) ** 2 / (first**2 / (self.rows - 1) + second**2 / (rest.rows - 1))
            half: FloatArray = stdtrit(freedom, 0.975) * np.sqrt(first + second)
        return half
