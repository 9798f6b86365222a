"""How much worse validation is than training, point by point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.curves.axes import positions
from diagnostics.types import Axis, Curve, FloatArray, IntArray, Role


@dataclass(frozen=True, kw_only=True, eq=False)
class Gap:
    """Distance between validation and training at the validation points.

    Attributes
    ----------
    x, value : ndarray of float, shape (n,)
    segment : ndarray of int, shape (n,)
    worse_is_up : bool
        True where a positive gap means that validation is worse; False where the direction is unknown and the gap is
        plainly validation minus training.
    shifted : bool
        Whether the training value was moved by half an interval.
    """

    x: FloatArray
    value: FloatArray
    segment: IntArray
    worse_is_up: bool
    shifted: bool


def gap(train: Curve, validation: Curve, axis: Axis, *, origin: float = 0.0, shift: bool = True) -> Gap | None:
    """Validation against training.

    A training value logged at x is as a rule the mean over the batches since the previous validation, which describes
    the model as it was half an interval earlier. With `shift` the training value at a validation point is therefore
    the mean of the intervals before and after it (at the last point only the one before it exists).

    Parameters
    ----------
    train, validation : Curve
        The same metric on two splits.
    axis : Axis
    origin : float
        Subtracted from the positions.
    shift : bool
        False for logs that evaluate both splits at the same moment (boosting).

    Returns
    -------
    Gap or None
        None where an axis is missing or no validation point has training points before it.
    """
    x_train, x_validation = positions(train, axis, origin=origin), positions(validation, axis, origin=origin)
    if x_train is None or x_validation is None:
        return None
    parts = []
    for number in np.intersect1d(train.segment, validation.segment):
        of_train, of_validation = train.segment == number, validation.segment == number
        points = (x_validation[of_validation], validation.value[of_validation])
        x, difference = _difference((x_train[of_train], train.value[of_train]), points, shift=shift)
        parts.append((x, difference, np.full(len(x), number, dtype=np.int64)))
    if not any(len(x) for x, _, _ in parts):
        return None
    x, difference, segment = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    up = validation.greater_is_better
    if up is None and validation.role in (Role.LOSS, Role.LOSS_TERM):
        up = False
    sign = -1.0 if up else 1.0
    return Gap(x=x, value=sign * difference, segment=segment, worse_is_up=up is not None, shifted=shift)


def _difference(
    train: tuple[FloatArray, FloatArray], validation: tuple[FloatArray, FloatArray], *, shift: bool
) -> tuple[FloatArray, FloatArray]:
    """Validation minus the training mean of each interval, at the validation points that have one."""
    order = np.argsort(validation[0], kind="stable")
    x, value = validation[0][order], validation[1][order]
    good = np.isfinite(x) & np.isfinite(value)
    x, value = x[good], value[good]
    usable = np.isfinite(train[0]) & np.isfinite(train[1])
    interval = np.searchsorted(x, train[0][usable], side="left")
    count = np.bincount(interval, minlength=len(x) + 1)
    total = np.bincount(interval, weights=train[1][usable], minlength=len(x) + 1)
    mean = np.divide(total, count, out=np.full(len(x) + 1, np.nan), where=count > 0)
    at = mean[: len(x)]
    if shift:
        at = np.where(np.isfinite(mean[1:]), 0.5 * (at + mean[1:]), at)
    known = np.isfinite(at)
    return x[known], value[known] - at[known]
