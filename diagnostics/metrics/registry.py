"""The registered metrics: one decorator declares name, direction, bounds and inputs; the rest derives from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diagnostics.types import MetricValue

Function = Callable[..., MetricValue]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A registered metric.

    Attributes
    ----------
    name : str
    greater_is_better : bool or None
    bounds : tuple of float or None
        Smallest and largest possible value; None for no limit.
    needs : tuple of str
        Names of the keyword arguments the function takes: an aggregate ("confusion", "histogram", "calibration",
        "moments", "groups") or arrays ("truth", "scores", ...).
    unit : str
    function : callable
    """

    name: str
    greater_is_better: bool | None
    bounds: tuple[float | None, float | None]
    needs: tuple[str, ...]
    unit: str
    function: Function


_REGISTRY: dict[str, Metric] = {}


def metric(
    name: str,
    *,
    greater_is_better: bool | None,
    bounds: tuple[float | None, float | None] = (None, None),
    needs: tuple[str, ...],
    unit: str = "",
) -> Callable[[Function], Function]:
    """Register the decorated function under `name`.

    Raises
    ------
    ValueError
        The name is taken.
    """

    def register(function: Function) -> Function:
        if name in _REGISTRY:
            raise ValueError(f"two metrics called {name}")
        _REGISTRY[name] = Metric(
            name=name, greater_is_better=greater_is_better, bounds=bounds, needs=needs, unit=unit, function=function
        )
        return function

    return register


def registered() -> tuple[Metric, ...]:
    """All metrics, by name; imports the modules that define them."""
    import diagnostics.metrics.calibration
    import diagnostics.metrics.classification
    import diagnostics.metrics.multilabel
    import diagnostics.metrics.ranking
    import diagnostics.metrics.regression
    import diagnostics.metrics.scores  # noqa: F401

    return tuple(_REGISTRY[key] for key in sorted(_REGISTRY))


def named(name: str) -> Metric:
    """One metric.

    Raises
    ------
    KeyError
        There is none of that name.
    """
    registered()
    return _REGISTRY[name]


def value(
    name: str, number: float | None, n: float, *, low: float | None = None, high: float | None = None, reason: str = ""
) -> MetricValue:
    """A metric value with the direction and unit of its registration; NaN counts as undefined."""
    known = _REGISTRY.get(name)
    undefined = number is None or math.isnan(number)
    if undefined and not reason:
        reason = "not_defined"
    return MetricValue(
        name=name,
        value=None if undefined or number is None else float(number),
        n=int(n),
        reason=reason if undefined else "",
        low=None if undefined else low,
        high=None if undefined else high,
        greater_is_better=known.greater_is_better if known else None,
        unit=known.unit if known else "",
    )


def undefined(name: str, reason: str, n: float = 0) -> MetricValue:
    """A metric that has no value here, with the code of the reason."""
    return value(name, None, n, reason=reason)


def compute(name: str, **inputs: Any) -> MetricValue:
    """Compute a registered metric from its inputs by name."""
    return named(name).function(**inputs)
