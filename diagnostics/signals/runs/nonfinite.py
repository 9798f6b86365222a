"""Where a loss or a gradient norm stopped being a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.types import Axis, Curve, Role, Run, Setting, Split

# Exact zeros at the end of a training loss that count as "something turned the loss off", and the level it fell
# from, as a share of its largest value: a loss that was learned down passes through small numbers first.
DEAD_POINTS = 3
DEAD_FROM = 0.02


@dataclass(frozen=True, kw_only=True)
class Nonfinite:
    """The first value that is no number, in a loss or in a gradient norm.

    Attributes
    ----------
    count : int
        Values that are NaN or infinite in that curve.
    n : int
        Values of that curve.
    at : float or None
        Place of the first one on `axis`.
    kind : str
        "nan", "infinity" or "zero" (a loss that jumps to exactly 0 and stays there): what the first one is.
    from_start : bool
        No number came before it.
    recovered : bool
        Whether numbers follow the last of them.
    hidden : bool
        Only the gradient norm shows it: the loss column was filtered or never logged the step.
    before : float or None
        Last number before it.
    rose : float or None
        That number over the lowest one before it.
    """

    count: int
    n: int = 0
    at: float | None = None
    axis: Axis = Axis.ROW
    split: Split | None = None
    metric: str = ""
    source: str = ""
    kind: str = ""
    from_start: bool = False
    recovered: bool = False
    hidden: bool = False
    before: float | None = None
    rose: float | None = None


@signal
def supervised(run: Run) -> Run:
    """The run, where talk about training and validation makes sense."""
    if run.setting is Setting.REINFORCEMENT:
        raise Missing("reinforcement_run")
    return run


@signal
def nonfinite(supervised: Run) -> Nonfinite:
    """Look for values that are no numbers, in losses first, then in gradient norms."""
    losses = [c for c in supervised.pick(role=Role.LOSS) if len(c)]
    if not losses:
        raise Missing("needs_loss")
    evaluated = _evaluated(supervised)
    norms = supervised.pick(role=Role.GRADIENT_NORM)
    terms = supervised.pick(role=Role.LOSS_TERM)
    groups = ([(c, False) for c in losses], [(c, True) for c in norms], [(c, False) for c in terms])
    for group in groups:
        seen = [_first(curve, hidden, evaluated) for curve, hidden in group]
        broken = [n for n in seen if n is not None]
        if broken:
            return min(broken, key=lambda n: n.at if n.at is not None else 0.0)
    dead = [d for c in losses if c.split is not Split.VALIDATION and (d := _dead(c)) is not None]
    return dead[0] if dead else Nonfinite(count=0)


def _first(curve: Curve, hidden: bool, evaluated: bool) -> Nonfinite | None:
    finite = np.isfinite(curve.value)
    bad = np.flatnonzero(~finite)
    if not len(bad):
        return None
    if not finite.any() and _never_measured(curve, hidden, evaluated):
        return None
    # Darknet prints -nan for what the first batch did not contain; a lone hole at the very start is no divergence.
    if len(bad) == 1 and bad[0] == 0 and len(curve) > 2 and np.isnan(curve.value[0]):
        return None
    where = int(bad[0])
    earlier = curve.value[:where]
    lowest = float(earlier.min()) if len(earlier) else 0.0
    return Nonfinite(
        count=len(bad), n=len(curve), at=float(curve.x[where]), axis=curve.axis, split=curve.split,
        metric=curve.metric, source=curve.source, kind="nan" if np.isnan(curve.value[where]) else "infinity",
        from_start=where == 0, recovered=bool(finite[bad[-1] + 1 :].any()), hidden=hidden,
        before=float(earlier[-1]) if len(earlier) else None,
        rose=float(earlier[-1]) / lowest if lowest > 0 else None,
    )  # fmt: skip


def _evaluated(run: Run) -> bool:
    """Whether anything else was measured on validation: then a loss of NaN alone is a result, not a blank."""
    others = (Role.METRIC, Role.LOSS_TERM)
    return any(c.role in others and np.isfinite(c.value).any() for c in run.pick(split=Split.VALIDATION))


def _never_measured(curve: Curve, hidden: bool, evaluated: bool) -> bool:
    """Whether a curve of NaN alone is a column that was never filled."""
    if not np.isnan(curve.value).all():
        return False
    if hidden or curve.role is Role.LOSS_TERM:
        return True
    return curve.split is Split.VALIDATION and not evaluated


def _dead(curve: Curve) -> Nonfinite | None:
    """A training loss that falls from a real value to exactly zero in one row and stays there."""
    nonzero = np.flatnonzero(curve.value != 0)
    if not len(nonzero) or len(curve) - 1 - nonzero[-1] < DEAD_POINTS:
        return None
    last = int(nonzero[-1])
    if abs(curve.value[last]) < DEAD_FROM * float(np.max(np.abs(curve.value))):
        return None
    return Nonfinite(
        count=len(curve) - 1 - last, n=len(curve), at=float(curve.x[last + 1]), axis=curve.axis, split=curve.split,
        metric=curve.metric, source=curve.source, kind="zero", hidden=True, before=float(curve.value[last]),
    )  # fmt: skip
