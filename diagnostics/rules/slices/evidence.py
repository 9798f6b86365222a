"""The numbers that findings about slices carry."""

from __future__ import annotations

from typing import Any

from diagnostics.slices.telling import SearchResult
from diagnostics.types import Quantity, Slice


def loss_ratio(item: Slice) -> float | None:
    """How many times the rest's loss the slice has (1 - value for metrics that grow when better); None at zero."""
    inside, outside = item.metric.value, item.rest.value
    if inside is None or outside is None:
        return None
    if item.metric.greater_is_better:
        inside, outside = 1 - inside, 1 - outside
    return inside / outside if outside > 0 else None


def sureness(item: Slice) -> float:
    """Confidence of a finding: from 0.7 just under the reported level to 0.99 for tiny adjusted p-values."""
    p = item.adjusted_p if item.adjusted_p is not None else 1.0
    return 0.99 if p < 1e-6 else 0.95 if p < 1e-3 else 0.85 if p < 1e-2 else 0.7


def slice_params(item: Slice, result: SearchResult) -> dict[str, Any]:
    """What fills the texts of a finding about a slice."""
    return {
        "predicate": item.predicate, "n": item.n, "metric": item.metric.name, "value": item.metric.value,
        "rest": item.rest.value, "delta": item.delta, "delta_low": item.delta_low, "delta_high": item.delta_high,
        "raw_delta": item.params.get("raw_delta"), "adjusted_p": item.adjusted_p, "share": item.share_of_loss,
        "tested": result.tested, "survived": result.survived, "min_size": result.min_size, "unit": result.unit,
        "gap": None if item.delta is None else abs(item.delta),
        "is_share": item.metric.unit == "fraction" or None,
        "excess": item.params.get("excess"), "related": item.params.get("related", []),
    }  # fmt: skip


def slice_evidence(item: Slice) -> tuple[Quantity, ...]:
    """The figures behind a slice: its metric, the rest's, their difference, what share of the loss it holds."""
    unit = item.metric.unit
    return (
        Quantity(
            name="slice_value", value=item.metric.value, unit=unit, low=item.metric.low, high=item.metric.high,
            n=item.metric.n,
        ),
        Quantity(
            name="rest_value", value=item.rest.value, unit=unit, low=item.rest.low, high=item.rest.high, n=item.rest.n
        ),
        Quantity(name="slice_delta_shrunk", value=item.delta, unit=unit, low=item.delta_low, high=item.delta_high),
        Quantity(name="slice_share_of_loss", value=item.share_of_loss, unit="fraction"),
        Quantity(name="slice_adjusted_p", value=item.adjusted_p, unit="p"),
    )  # fmt: skip
