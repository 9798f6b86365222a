"""Run logs made up by formula, with seeded noise: what each rule must see or must leave alone."""

from __future__ import annotations

import numpy as np

from diagnostics.types import Curve, FloatArray, Role, Run, Segment, Setting, Split


def curve(
    value, *, metric="loss", split=Split.TRAIN, role=Role.LOSS, up=None, step=None, epoch=None, source="", **more
):
    """One curve; counts epochs from 0 unless told otherwise."""
    value = np.asarray(value, dtype=float)
    if step is None and epoch is None:
        epoch = np.arange(len(value), dtype=float)
    better = up if up is not None or role is not Role.LOSS else False
    return Curve(
        metric=metric, split=split, role=role, source=source or f"{split or ''} {metric}".strip(), value=value,
        step=step, epoch=epoch, greater_is_better=better, **more,
    )  # fmt: skip


def run(train=None, validation=None, *others, name="run", **more):
    """A run with one or two losses and whatever else is given."""
    curves = []
    if train is not None:
        curves.append(train if isinstance(train, Curve) else curve(train))
    if validation is not None:
        curves.append(validation if isinstance(validation, Curve) else curve(validation, split=Split.VALIDATION))
    return Run(name=name, curves=(*curves, *others), **more)


def accuracy(value, *, split=Split.VALIDATION, metric="accuracy", **more):
    """A metric of a classifier."""
    return curve(value, metric=metric, split=split, role=Role.METRIC, up=True, unit="fraction", **more)


def decay(n: int, start: float, end: float, rate: float = 8.0) -> FloatArray:
    """Exponential decay that has covered exp(-rate) of its way at the end."""
    x = np.linspace(0.0, 1.0, n)
    return end + (start - end) * np.exp(-rate * x)


def noisy(value: FloatArray, sigma: float, seed: int) -> FloatArray:
    """Multiplicative noise, so that the loss stays positive."""
    return value * np.exp(np.random.default_rng(seed).normal(0.0, sigma, len(value)))


def healthy(n: int = 40, seed: int = 0, sigma: float = 0.01) -> Run:
    """Both losses fall and flatten, validation a little above."""
    train, held_out = decay(n, 2.0, 0.2), decay(n, 1.9, 0.23)
    return run(noisy(train, sigma, seed), noisy(held_out, sigma, seed + 1000))


def overfitted(n: int = 40, seed: int = 0, sigma: float = 0.01, rise: float = 0.6) -> Run:
    """Validation turns at a quarter of the run and rises; training goes to nearly nothing."""
    x = np.linspace(0.0, 1.0, n)
    held_out = decay(n, 2.0, 0.7, 20.0) * (1 + rise * np.clip(x - 0.25, 0, None) / 0.75)
    return run(noisy(decay(n, 2.2, 0.03, 6.0), sigma, seed), noisy(held_out, sigma, seed + 1000))


def gapped(n: int = 40, seed: int = 0, sigma: float = 0.01) -> Run:
    """Training near zero, validation flat far above."""
    return run(noisy(decay(n, 2.2, 0.03), sigma, seed), noisy(decay(n, 2.1, 0.8, 15.0), sigma / 2, seed + 1000))


def underfitted(n: int = 40, seed: int = 0, sigma: float = 0.005) -> Run:
    """Both losses level off at three quarters of where they began."""
    return run(noisy(decay(n, 2.0, 1.5), sigma, seed), noisy(decay(n, 2.0, 1.53), sigma, seed + 1000))


def stuck(n: int = 30, seed: int = 0, sigma: float = 0.003, classes: int = 10) -> Run:
    """Both losses stay at ln K."""
    level = np.full(n, np.log(classes))
    wobble = 0.02 * np.random.default_rng(seed).normal(size=n)
    return run(
        noisy(level, sigma, seed), noisy(level, sigma, seed + 1000), accuracy(np.clip(1 / classes + wobble, 0, 1))
    )


def slow(n: int = 40, seed: int = 0, sigma: float = 1e-4) -> Run:
    """An almost straight descent over a seventh of the way."""
    return run(noisy(np.linspace(2.3, 2.0, n), sigma, seed), noisy(np.linspace(2.31, 2.02, n), sigma, seed + 1000))


def unfinished(n: int = 16, seed: int = 0, sigma: float = 0.003) -> Run:
    """A fast descent that was cut off."""
    line = np.linspace(2.3, 0.6, n)
    return run(noisy(line, sigma, seed), noisy(line * 1.02, sigma, seed + 1000))


def diverged(n: int = 40, seed: int = 0) -> Run:
    """Learned, then thrown back to the start and beyond."""
    train = decay(n, 2.0, 0.2)
    train[n // 2 :] = 2.4
    return run(noisy(train, 0.02, seed), noisy(train * 1.05, 0.02, seed + 1000))


def swinging(n: int = 40, seed: int = 0) -> Run:
    """Both losses swing by a quarter of their start all along."""
    rng = np.random.default_rng(seed)
    base = decay(n, 2.0, 1.0)
    return run(base + rng.normal(0, 0.3, n).clip(-0.7, 0.7), base + rng.normal(0, 0.3, n).clip(-0.7, 0.7))


def easier(n: int = 40, seed: int = 0, sigma: float = 0.01) -> Run:
    """Validation lastingly below training, as dropout makes it."""
    return run(noisy(decay(n, 2.0, 0.6), sigma, seed), noisy(decay(n, 1.7, 0.3), sigma, seed + 1000))


def mismatched(n: int = 40, seed: int = 0) -> Run:
    """The loss of a good classifier, the accuracy of none."""
    flat = 0.33 + 0.01 * np.random.default_rng(seed).normal(size=n)
    base = healthy(n, seed)
    return Run(name="run", curves=(*base.curves, accuracy(flat)))


def restarted(n: int = 40, fresh: bool = False) -> Run:
    """Epochs 0 to 19 twice over; the second time goes on or starts over."""
    half = n // 2
    whole = decay(n, 2.0, 0.2)
    values = np.concatenate([decay(half, 2.0, 0.2)] * 2) if fresh else whole
    epoch = np.concatenate([np.arange(half), np.arange(half)]).astype(float)
    segment = np.repeat([0, 1], half)
    curves = [
        curve(values * factor, split=split, epoch=epoch, segment=segment)
        for factor, split in ((1.0, Split.TRAIN), (1.05, Split.VALIDATION))
    ]
    return run(
        *curves,
        segments=(
            Segment(number=0, start=0.0, stop=half - 1.0),
            Segment(number=1, start=0.0, stop=half - 1.0, overlap=half - 1.0),
        ),
    )


def reinforcement() -> Run:
    """A log of rewards and value losses."""
    return run(decay(50, 2.0, 80.0), None, curve(np.arange(50.0), metric="reward", role=Role.REWARD, up=True),
               setting=Setting.REINFORCEMENT)  # fmt: skip


EXAMPLES = {
    "healthy_run": healthy, "overfitting": overfitted, "generalization_gap": gapped, "underfitting": underfitted,
    "stuck_at_chance": stuck, "slow_training": slow, "still_improving": unfinished, "unstable_training": diverged,
    "validation_easier": easier, "loss_metric_mismatch": mismatched, "restarted_log": restarted,
}  # fmt: skip
