"""Where a loss or a gradient norm stopped being a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.signals.inputs import Missing, signal
from diagnostics.types import Axis, Curve, Role, Run, Setting, Split


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
        "nan" or "infinity": what the first one is.
    recovered : bool
        Whether numbers follow the last of them.
    hidden : bool
        Only the gradient norm shows it: the loss column was filtered or never logged the step.
    """

    count: int
    n: int = 0
    at: float | None = None
    axis: Axis = Axis.ROW
    split: Split | None = None
    metric: str = ""
    source: str = ""
    kind: str = ""
    recovered: bool = False
    hidden: bool = False


@signal
def supervised(run: Run) -> Run:
    """The run, where talk about training and validation makes sense."""
    if run.setting is Setting.REINFORCEMENT:
        raise Missing("reinforcement_run")
    return run


@signal
def nonfinite(supervised: Run) -> Nonfinite:
    """Look for values that are no numbers; a curve without any number at all was never measured."""
    losses = [c for c in supervised.pick(role=Role.LOSS) if len(c)]
    if not losses:
        raise Missing("needs_loss")
    norms = [c for c in supervised.pick(role=Role.GRADIENT_NORM) if len(c)]
    terms = [c for c in supervised.pick(role=Role.LOSS_TERM) if len(c)]
    for hidden, curves in ((False, losses), (True, norms), (False, terms)):
        first = [_first(curve, hidden) for curve in curves]
        broken = [n for n in first if n is not None]
        if broken:
            return min(broken, key=lambda n: n.at if n.at is not None else 0.0)
    return Nonfinite(count=0)


def _first(curve: Curve, hidden: bool) -> Nonfinite | None:
    finite = np.isfinite(curve.value)
    bad = np.flatnonzero(~finite)
    if not len(bad) or not finite.any():
        return None
    # Darknet prints -nan for what the first batch did not contain; a lone hole at the very start is no divergence.
    if len(bad) == 1 and bad[0] == 0 and len(curve) > 2 and np.isnan(curve.value[0]):
        return None
    where = int(bad[0])
    return Nonfinite(
        count=len(bad), n=len(curve), at=float(curve.x[where]), axis=curve.axis, split=curve.split,
        metric=curve.metric, source=curve.source, kind="nan" if np.isnan(curve.value[where]) else "infinity",
        recovered=bool(finite[bad[-1] + 1 :].any()), hidden=hidden,
    )  # fmt: skip
