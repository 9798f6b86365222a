"""Short ways to write runs in tests."""

import numpy as np

from diagnostics.types import Curve, Role, Run, Setting, Split

TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


def curve(value, split=TRAIN, metric="loss", *, role=Role.LOSS, up=False, source=None, **counters):
    value = np.asarray(value, dtype=float)
    segment = counters.pop("segment", None)
    counters = {name: np.asarray(x, dtype=float) for name, x in counters.items()} or {
        "epoch": np.arange(len(value), dtype=float)
    }
    if segment is not None:
        counters["segment"] = np.asarray(segment)
    return Curve(
        metric=metric, split=split, role=role, source=source or f"{split}_{metric}", value=value,
        greater_is_better=up, **counters,
    )  # fmt: skip


def run(name="run", *curves, group="", setting=Setting.SUPERVISED):
    return Run(name=name, curves=curves, group=group, setting=setting)
