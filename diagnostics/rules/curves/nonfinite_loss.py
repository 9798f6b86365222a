"""NaN or infinity in a loss, or a loss that was switched off by a filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.signals.runs.nonfinite import Nonfinite
from diagnostics.types import Finding, Hypothesis, Mark, Quantity, Severity


class NonfiniteLoss(Rule):
    """A loss (or the gradient norm behind it) stopped being a number."""

    id = "nonfinite_loss"
    severity = Severity.HIGH
    actions = ("lower_learning_rate", "clip_gradients", "check_pipeline", "normalize_inputs")
    checks = ("find_first_bad_batch", "full_precision_run", "gradient_norm_log")
    separates: ClassVar[Separations] = {
        ("rate_too_high", "bad_batch"): "find_first_bad_batch",
        ("rate_too_high", "undefined_operation"): "gradient_norm_log",
        ("bad_batch", "undefined_operation"): "find_first_bad_batch",
        ("rate_too_high", "half_precision"): "full_precision_run",
        ("bad_batch", "half_precision"): "full_precision_run",
    }

    # A loss this many times its lowest value when the numbers end was running away. Unitless; a factor of two is far
    # beyond the noise of any loss that was still learning.
    RUNAWAY = 2.0

    def check(self, nonfinite: Nonfinite) -> Finding | None:
        """Report the first place where a number is missing that should be there."""
        if not nonfinite.count:
            return None
        variant = "zero" if nonfinite.kind == "zero" else "hidden" if nonfinite.hidden else ""
        data_first = nonfinite.recovered or nonfinite.from_start
        order = ("check_pipeline", "clip_gradients", "normalize_inputs", "lower_learning_rate")
        return self.found(
            confidence=0.8 if variant == "zero" else 0.98,
            severity=Severity.MEDIUM if nonfinite.recovered else Severity.HIGH,
            params={
                "at": nonfinite.at, "axis": nonfinite.axis.value, "kind": nonfinite.kind, "count": nonfinite.count,
                "n": nonfinite.n, "curve": nonfinite.source, "before": nonfinite.before, "variant": variant,
            },
            evidence=(
                Quantity(name="nonfinite_values", value=nonfinite.count, unit="points", n=nonfinite.n),
                *([Quantity(name="last_number", value=nonfinite.before)] if nonfinite.before is not None else []),
            ),
            marks=(
                Mark(
                    kind="nonfinite", metric=nonfinite.metric, split=nonfinite.split, axis=nonfinite.axis,
                    start=nonfinite.at or 0.0,
                ),
            ),
            hypotheses=tuple(self._causes(nonfinite)),
            actions=order if data_first else None,
        )  # fmt: skip

    def _causes(self, seen: Nonfinite) -> Iterator[Hypothesis]:
        ran_away = None if seen.rose is None else seen.rose > self.RUNAWAY
        yield hypothesis("rate_too_high", 0.4, loss_ran_away=ran_away, numbers_stayed_away=not seen.recovered or None)
        yield hypothesis("bad_batch", 0.3, isolated=seen.recovered, broken_from_start=seen.from_start or None)
        yield hypothesis("undefined_operation", 0.2, loss_was_calm=None if ran_away is None else not ran_away)
        yield hypothesis("half_precision", 0.1, infinity_first=seen.kind == "infinity" or None)
