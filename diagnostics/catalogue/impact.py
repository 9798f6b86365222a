"""What fixing a category would be worth, in the metric people report."""

from __future__ import annotations

from diagnostics.types import MetricValue


def gain(frequency: MetricValue, errors: int, rows: int) -> MetricValue:
    """Points of accuracy (or of recall, within a class) won if every error of a category became right.

    Parameters
    ----------
    frequency : MetricValue
        Share of the errors that belong to the category; for a class or slice, share of *all* errors that belong to
        both, estimated by `frequency` with the examples outside left without a category.
    errors : int
        Errors in all.
    rows : int
        Rows of the whole set, of the class or of the slice.

    Returns
    -------
    MetricValue
        Fraction of the rows, with the frequency's interval; None with its reason, or "no_rows".
    """
    if frequency.value is None or not rows:
        reason = frequency.reason or "no_rows"
        return MetricValue(name="gain", value=None, reason=reason, n=frequency.n, unit="fraction")
    scale = errors / rows
    low, high = frequency.low, frequency.high
    return MetricValue(
        name="gain",
        value=frequency.value * scale,
        low=None if low is None else low * scale,
        high=None if high is None else min(1.0, high * scale),
        n=frequency.n,
        greater_is_better=True,
        unit="fraction",
    )
