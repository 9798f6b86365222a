"""Another decision threshold is clearly better."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.cuts import Cut
from diagnostics.types import Finding, Quantity, Severity


class ThresholdMisplaced(Rule):
    """The decisions come from a threshold that another one beats on rows it was not chosen on."""

    id = "threshold_misplaced"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("tune_threshold", "calibrate", "change_metric", "reweight_classes")
    avoid = ("train_longer", "increase_capacity")
    checks = ("threshold_on_validation", "cost_of_errors", "calibration_curve")
    separates = {("default_threshold", "shifted_prevalence"): "threshold_on_validation"}  # noqa: RUF012

    GAIN = 0.03  # F1 points, lower bound of the gain on resampled rows
    GAIN_AT_DEFAULT = 0.1  # the same where nobody moved the threshold: unequal classes always leave some F1 there

    def check(self, cuts: tuple[Cut, ...]) -> Iterator[Finding]:
        """Report each output whose threshold loses a clear amount of F1."""
        for cut in cuts:
            least = self.GAIN if cut.off_natural or cut.natural is None else self.GAIN_AT_DEFAULT
            if cut.best.gain_low is not None and cut.best.gain_low >= least:
                yield self._finding(cut)

    def _finding(self, cut: Cut) -> Finding:
        best = cut.best
        assert best.gain is not None and best.gain_low is not None
        return self.found(
            confidence=0.7 + 0.25 * min(1.0, (best.gain_low - self.GAIN) / 0.1),
            params={
                "label": cut.output.label, "positive": cut.output.label or cut.output.predictions.roles.positive,
                "used": cut.used, "best": best.threshold, "best_low": best.low, "best_high": best.high,
                "used_f1": best.used_value, "best_f1": best.value, "gain": best.gain, "gain_low": best.gain_low,
                "gain_high": best.gain_high, "metric": "f1",
                "variant": "moved" if cut.off_natural else "natural",
            },
            evidence=(
                Quantity(name="threshold_in_use", value=cut.used),
                Quantity(name="best_threshold", value=best.threshold, low=best.low, high=best.high),
                Quantity(name="f1_gain", value=best.gain, low=best.gain_low, high=best.gain_high, n=cut.n),
                Quantity(name="true_share", value=cut.prevalence, unit="fraction", n=cut.n),
            ),
            hypotheses=(
                hypothesis("default_threshold", 0.4, threshold_is_default=not cut.off_natural),
                hypothesis("moved_for_a_reason", 0.35, threshold_is_default=False if not cut.off_natural else None),
                hypothesis("shifted_prevalence", 0.25, classes_unequal=cut.prevalence < 0.3),
            ),
        )  # fmt: skip
