"""Which points of a long curve to draw, so that no extreme is lost.

Source of the idea: min-max decimation as oscilloscopes do it. A bin is a stretch of the horizontal axis narrower than
a pixel; of each bin its lowest and its highest point are kept, and the first of every kind of non-finite value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diagnostics.types import FloatArray, IntArray

LIMIT = 2500
"""Points of one curve that are sent to a browser, at most."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Bins:
    """Consecutive points that fall into the same bin: `start` holds the first index of each, `number` is per point."""

    start: IntArray
    number: IntArray


def keep(position: FloatArray, value: FloatArray, *, limit: int = LIMIT, segment: IntArray | None = None) -> IntArray:
    """Indices of the points to draw.

    Kept are the first and the last point of the curve and of every segment, the lowest and the highest finite point
    of every bin (hence of the whole curve), and the first NaN, +inf and -inf of every bin, so that a gap stays a gap.

    Parameters
    ----------
    position : ndarray of float, shape (n,)
        Where each point stands on the screen: x, or log x on a log axis. Finite. May go back.
    value : ndarray of float, shape (n,)
    limit : int
        At most so many indices are returned; at least 16.
    segment : ndarray of int, shape (n,), optional

    Returns
    -------
    ndarray of int, shape (k,), k <= limit
        Increasing.

    Raises
    ------
    ValueError
        When `limit` is below 16.
    """
    if limit < 16:
        raise ValueError(f"limit must be at least 16, got {limit}")
    count = len(value)
    if count <= limit:
        return np.arange(count, dtype=np.int64)
    bins, ends = bin_points(position, value, limit=limit, segment=segment)
    finite = np.isfinite(value)
    lowest = np.minimum.reduceat(np.where(finite, value, np.inf), bins.start)
    highest = np.maximum.reduceat(np.where(finite, value, -np.inf), bins.start)
    chosen = [
        ends,
        _first(finite & (value == lowest[bins.number]), bins.number),
        _first(finite & (value == highest[bins.number]), bins.number),
        *(_first(kind, bins.number) for kind in _kinds(value)),
    ]
    return np.unique(np.concatenate(chosen))


def bin_points(
    position: FloatArray, value: FloatArray, *, limit: int = LIMIT, segment: IntArray | None = None
) -> tuple[Bins, IntArray]:
    """Bins of a curve and the indices of the ends of its pieces.

    A piece is a stretch on which the position never goes back and the segment stays the same. All bins are equally
    wide, and each piece starts a bin of its own. Where a curve has too many pieces for the limit it is cut by point
    number instead.
    """
    count = len(value)
    each = 2 + sum(1 for _ in _kinds(value))
    starts = _piece_starts(position, segment)
    room = (limit - 2 * len(starts)) // each
    if 4 * len(starts) > room:
        position, starts = np.arange(count, dtype=np.float64), np.zeros(1, dtype=np.int64)
        room = (limit - 2) // each
    stops = np.append(starts[1:], count)
    spans = position[stops - 1] - position[starts]
    width = float(spans.sum()) / max(room - len(starts), 1)
    piece = np.repeat(np.arange(len(starts)), stops - starts)
    offset = position - position[starts][piece]
    column = np.floor(offset / width) if width > 0 else np.zeros(count)
    # The last point of a piece may stand exactly on the edge of one bin too many.
    column = np.minimum(column, np.maximum(np.ceil(spans / width) - 1, 0)[piece]) if width > 0 else column
    fresh = np.ones(count, dtype=bool)
    fresh[1:] = (np.diff(column) != 0) | (np.diff(piece) != 0)
    bins = Bins(start=np.flatnonzero(fresh), number=np.cumsum(fresh) - 1)
    return bins, np.unique(np.concatenate([starts, stops - 1]))


def _piece_starts(position: FloatArray, segment: IntArray | None) -> IntArray:
    back = np.diff(position) < 0
    if segment is not None:
        back = back | (np.diff(segment) != 0)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(back) + 1])


def _kinds(value: FloatArray) -> tuple[BoolArray, ...]:
    """Masks of the kinds of non-finite value that occur."""
    return tuple(mask for mask in (np.isnan(value), np.isposinf(value), np.isneginf(value)) if mask.any())


def _first(mask: BoolArray, number: IntArray) -> IntArray:
    """First index of every bin at which the mask holds."""
    index = np.flatnonzero(mask)
    owner = number[index]
    fresh = np.ones(len(index), dtype=bool)
    fresh[1:] = owner[1:] != owner[:-1]
    return index[fresh]
