"""Gradient norms that fade away or blow up."""

from __future__ import annotations

from typing import ClassVar

from diagnostics.rules.base import Rule, Separations, hypothesis
from diagnostics.rules.certainty import below, certainty
from diagnostics.signals.runs.gradients import GradientNorms
from diagnostics.signals.runs.progress import Progress
from diagnostics.types import Finding, Mark, Quantity, Severity


class VanishingGradients(Rule):
    """Gradients that are zero, or fade while the loss is still high, or do not reach some layers."""

    id = "vanishing_gradients"
    actions = ("change_initialization", "add_normalization_layers", "check_pipeline")
    checks = ("gradient_norm_per_layer", "look_at_activations")
    separates: ClassVar[Separations] = {
        ("saturated_units", "detached_weights"): "gradient_norm_per_layer",
    }

    # Share of the logged norms that are exactly zero: beyond a half the optimiser had nothing to work with.
    ZERO = 0.5
    # Late over early norm, while the loss kept a large part of its start: a thousandth is no step any more.
    FADE = 1e-3
    # Smallest over largest median norm among layers.
    LAYERS = 1e-5
    # The loss must still be above this share of the reference; where it was learned, small gradients are success.
    LEVEL = 0.5

    def check(self, gradient_norms: GradientNorms, main_progress: Progress) -> Finding | None:
        """Report faded gradients only where the loss is still high."""
        norms = gradient_norms
        if main_progress.end < self.LEVEL:
            return None
        layers = norms.ratio_of_layers
        variants = {
            "zero": norms.zero / self.ZERO,
            "fade": below(norms.late, self.FADE),
            "layers": 0.0 if layers is None else below(layers, self.LAYERS),
        }
        # Zeros fade as well; the plainer word first.
        variant, margin = next(((v, m) for v, m in variants.items() if m >= 1.0), ("", 0.0))
        if margin < 1.0:
            return None
        return self.found(
            confidence=certainty(margin),
            params={
                "variant": variant,
                "late": norms.late,
                "zero": norms.zero,
                "layers": norms.layers,
                "ratio": layers,
            },
            evidence=(
                Quantity(name="typical_norm", value=norms.typical, n=norms.n),
                Quantity(name="late_norm", value=norms.late, n=norms.n),
                Quantity(name="zero_norms", value=norms.zero, unit="fraction", n=norms.n),
            ),
            hypotheses=(
                hypothesis("detached_weights", 0.3, gradients_are_zero=variant == "zero"),
                hypothesis("saturated_units", 0.4, gradients_fade=variant != "zero" or None),
            ),
        )


class ExplodingGradients(Rule):
    """Gradient norms that stay far above their usual size for several steps."""

    id = "exploding_gradients"
    severity = Severity.MEDIUM
    actions = ("clip_gradients", "lower_learning_rate", "normalize_inputs")
    checks = ("gradient_norm_per_layer", "find_first_bad_batch")
    separates: ClassVar[Separations] = {
        ("rate_too_high", "bad_batch"): "find_first_bad_batch",
    }

    # Lasting norm (median of five points) over the usual norm. A norm clipped in the log never gets there.
    BURST = 30.0
    # Growth from the first to the last quarter.
    GROWTH = 10.0

    def check(self, gradient_norms: GradientNorms, main_progress: Progress) -> Finding | None:
        """Report a burst, or growth while the loss did not fall."""
        norms = gradient_norms
        growth = norms.late / self.GROWTH if main_progress.end > main_progress.best + 0.1 else 0.0
        margin = max(norms.largest / self.BURST, growth)
        if margin < 1.0:
            return None
        return self.found(
            confidence=certainty(margin),
            params={
                "at": norms.largest_at, "axis": norms.axis.value, "largest": norms.largest, "late": norms.late,
                "typical": norms.typical, "variant": "burst" if norms.largest >= self.BURST else "growth",
            },
            evidence=(
                Quantity(name="typical_norm", value=norms.typical, n=norms.n),
                Quantity(name="largest_norm", value=norms.largest, n=norms.n),
                Quantity(name="late_norm", value=norms.late, n=norms.n),
            ),
            marks=(Mark(kind="spike", metric="gradient_norm", split=None, axis=norms.axis, start=norms.largest_at),),
            hypotheses=(
                hypothesis("rate_too_high", 0.4, gradients_burst=True),
                hypothesis("bad_batch", 0.25),
                hypothesis("missing_normalization", 0.3),
            ),
        )  # fmt: skip
