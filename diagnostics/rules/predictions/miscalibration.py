"""Predicted probabilities do not match observed frequencies."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.confidence import Confidence
from diagnostics.types import Finding, Quantity, Severity


class Miscalibration(Rule):
    """The confidence of the answers is off by more than sampling and label noise explain."""

    id = "miscalibration"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("calibrate", "change_loss", "add_regularization", "early_stopping")
    avoid = ("train_longer", "increase_capacity")
    checks = ("calibration_curve", "calibrate_on_validation", "calibration_by_class")
    separates = {("overconfident_network", "label_noise"): "calibrate_on_validation"}  # noqa: RUF012

    GAP = 0.04  # mean |observed - confidence|, sampling noise taken out; below it decisions hardly change
    RATIO = 10.8  # likelihood-ratio statistic of "the temperature is not 1" with label noise allowed; p = 0.001

    def check(self, confidences: tuple[Confidence, ...]) -> Iterator[Finding]:
        """Report each output whose calibration error is real and large enough to matter."""
        for one in confidences:
            adjusted = self.RATIO + 2 * (len(confidences) - 1)
            if one.debiased >= self.GAP and (one.ece.low or 0.0) > 0 and one.fit.temperature_ratio >= adjusted:
                yield self._finding(one)

    def _finding(self, one: Confidence) -> Finding:
        mean, observed = float(one.confidence.mean()), float(one.correct.mean())
        over = mean > observed
        return self.found(
            confidence=0.7 + 0.25 * min(1.0, (one.debiased - self.GAP) / 0.08),
            params={
                "label": one.output.label, "direction": "over" if over else "under", "ece": one.ece.value,
                "ece_low": one.ece.low, "ece_high": one.ece.high, "confidence": mean, "observed": observed,
                "temperature": one.fit.temperature, "variant": "over" if over else "under",
            },
            evidence=(
                Quantity(
                    name="expected_calibration_error", value=one.ece.value, unit="fraction", low=one.ece.low,
                    high=one.ece.high, n=one.ece.n,
                ),
                Quantity(name="mean_confidence", value=mean, unit="fraction"),
                Quantity(name="observed_accuracy", value=observed, unit="fraction"),
                Quantity(name="temperature", value=one.fit.temperature),
            ),
            hypotheses=(
                hypothesis("overconfident_network", 0.4, confidence_above_accuracy=over),
                hypothesis("label_noise", 0.25, noise_fits=one.fit.noise > 0.01),
                hypothesis("averaged_or_smoothed", 0.35, confidence_below_accuracy=not over),
            ),
        )  # fmt: skip
