"""NaN or infinity in a loss."""

from __future__ import annotations

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.runs.nonfinite import Nonfinite
from diagnostics.types import Finding, Mark, Quantity, Severity


class NonfiniteLoss(Rule):
    """A loss (or the gradient norm behind it) stopped being a number."""

    id = "nonfinite_loss"
    severity = Severity.HIGH
    actions = ("check_pipeline", "clip_gradients", "lower_learning_rate", "normalize_inputs")
    avoid = ("raise_learning_rate", "train_longer")
    checks = ("find_bad_batch", "anomaly_mode", "full_precision_run")

    def check(self, nonfinite: Nonfinite) -> Finding | None:
        """Report the first place where a number is missing that should be there."""
        if not nonfinite.count:
            return None
        return self.found(
            confidence=0.98,
            params={"at": nonfinite.at, "axis": nonfinite.axis.value, "kind": nonfinite.kind},
            evidence=(Quantity(name="nonfinite_values", value=nonfinite.count, unit="points", n=nonfinite.n),),
            marks=(
                Mark(
                    kind="nonfinite",
                    metric=nonfinite.metric,
                    split=nonfinite.split,
                    axis=nonfinite.axis,
                    start=nonfinite.at or 0.0,
                ),
            ),
            hypotheses=(hypothesis("rate_too_high", 0.4), hypothesis("bad_batch", 0.3)),
        )
