"""Residuals off zero, fanning out, or with far outliers."""

from __future__ import annotations

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.residuals import Offset, Residuals, Spread, Tail
from diagnostics.types import Finding, Quantity, Severity


class BiasedResiduals(Rule):
    """The predictions are systematically too high or too low."""

    id = "biased_residuals"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("transform_target", "calibrate", "check_pipeline", "change_loss", "unify_preprocessing")
    avoid = ("train_longer",)
    checks = ("units_and_scaling", "bias_by_range", "bias_on_training_rows")
    separates = {("units_or_shift", "log_target"): "bias_by_range"}  # noqa: RUF012

    SHIFT = 0.08  # |mean residual| / standard deviation, lower bound; outliers left out

    def check(self, residual_offset: Offset, residuals: Residuals) -> Finding | None:
        """Report a mean residual that stands clear of zero at the file's own spread and n."""
        if residual_offset.relative_low < self.SHIFT:
            return None
        low = residual_offset.mean > 0
        skewed = abs(residual_offset.median) < 0.5 * abs(residual_offset.mean)
        return self.found(
            confidence=0.7 + 0.25 * min(1.0, (residual_offset.relative_low - self.SHIFT) / 0.2),
            params={
                "mean": residual_offset.mean, "mean_low": residual_offset.low, "mean_high": residual_offset.high,
                "relative": residual_offset.relative, "median": residual_offset.median,
                "direction": "under" if low else "over", "variant": "under" if low else "over",
            },
            evidence=(
                Quantity(
                    name="mean_residual", value=residual_offset.mean, low=residual_offset.low,
                    high=residual_offset.high, n=residual_offset.n,
                ),
                Quantity(name="mean_over_deviation", value=residual_offset.relative, low=residual_offset.relative_low),
                Quantity(name="median_residual", value=residual_offset.median),
            ),
            hypotheses=(
                hypothesis("units_or_shift", 0.4, median_off_too=not skewed),
                hypothesis("log_target", 0.3, mean_off_but_not_median=skewed),
                hypothesis("changed_population", 0.3),
            ),
        )  # fmt: skip


class HeteroscedasticResiduals(Rule):
    """The size of the errors grows along the prediction or an attribute."""

    id = "heteroscedastic_residuals"
    kind = "predictions"
    severity = Severity.LOW
    actions = ("transform_target", "robust_loss", "add_features", "collect_slice_data")
    avoid = ("train_longer",)
    checks = ("spread_by_range", "log_scale", "measurement_noise")
    separates = {("multiplicative_noise", "noisy_measurement"): "log_scale"}  # noqa: RUF012

    RHO = 0.12  # |Spearman correlation| of error size and column, lower bound adjusted for all columns tried

    def check(self, residual_spreads: tuple[Spread, ...]) -> Finding | None:
        """Report the column the spread follows, when it does so gradually; a single jump is a slice."""
        clear = [s for s in residual_spreads if s.low >= self.RHO and s.gradual]
        if not clear:
            return None
        worst = clear[0]
        ends = float(worst.sizes[-1] / worst.sizes[0]) if worst.sizes[0] > 0 else None
        by_prediction = worst.column == ""
        return self.found(
            confidence=0.7 + 0.25 * min(1.0, (worst.low - self.RHO) / 0.2),
            params={
                "driver": worst.column or "prediction", "column": worst.column, "rho": worst.rho,
                "rho_low": worst.low, "ends": ends, "also": [s.column or "prediction" for s in clear[1:4]],
                "variant": "prediction" if by_prediction else "attribute",
            },
            evidence=(
                Quantity(name="spread_correlation", value=worst.rho, low=worst.low, n=worst.n),
                Quantity(name="spread_last_to_first_tenth", value=ends),
            ),
            hypotheses=(
                hypothesis("multiplicative_noise", 0.4, follows_prediction=by_prediction),
                hypothesis("noisy_measurement", 0.35, follows_attribute=not by_prediction),
                hypothesis("too_few_examples_there", 0.25),
            ),
        )  # fmt: skip


class ResidualOutliers(Rule):
    """A few rows are wrong by far more than the rest explains."""

    id = "residual_outliers"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_labels", "check_pipeline", "robust_loss")
    avoid = ("train_longer", "increase_capacity")
    checks = ("look_at_outliers", "compare_with_source", "error_without_outliers")
    separates = {("recording_errors", "rare_cases"): "look_at_outliers"}  # noqa: RUF012

    CLEAR = 1.25  # times the cut: the farthest row must be beyond it, not just at it
    MOST = 0.05  # fraction of rows; more of them is another distribution, not outliers

    def check(self, residual_tail: Tail) -> Finding | None:
        """Report the rows beyond the tail of the bulk, farthest first."""
        tail = residual_tail
        alone = len(tail.rows) == 1 and tail.distance[0] < 2 * tail.cut
        if not tail.rows or alone or tail.distance[0] < self.CLEAR * tail.cut or len(tail.rows) > self.MOST * tail.n:
            return None
        return self.found(
            confidence=0.7 + 0.25 * min(1.0, tail.distance[0] / tail.cut - self.CLEAR),
            params={
                "rows": list(tail.rows), "distance": [round(d, 2) for d in tail.distance], "count": len(tail.rows),
                "cut": tail.cut, "farthest": tail.distance[0], "share_of_squares": tail.share_of_squares,
            },
            evidence=(
                Quantity(name="outlier_rows", value=len(tail.rows), unit="rows", n=tail.n),
                Quantity(name="farthest_in_deviations", value=tail.distance[0]),
                Quantity(name="share_of_squared_error", value=tail.share_of_squares, unit="fraction"),
            ),
            hypotheses=(
                hypothesis("recording_errors", 0.45, far_beyond_the_rest=tail.distance[0] > 3 * tail.cut),
                hypothesis("unit_mixups", 0.25),
                hypothesis("rare_cases", 0.3, just_beyond_the_rest=tail.distance[0] < 2 * tail.cut),
            ),
        )  # fmt: skip
