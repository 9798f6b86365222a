"""Rows whose label is probably wrong: a queue to look at, never a statement of fact."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.signals.predictions.concentration import Concentration
from diagnostics.signals.predictions.confidence import Confidence
from diagnostics.types import Finding, Quantity, Severity


class SuspectedLabelErrors(Rule):
    """More answers are surely at odds with their labels than any calibration of the model explains."""

    id = "suspected_label_errors"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_labels", "change_loss", "check_pipeline")
    avoid = ("train_longer", "increase_capacity", "change_optimizer")
    checks = ("relabel_sample", "second_annotator", "out_of_sample_scores")
    separates = {("annotation_errors", "corrupted_inputs"): "relabel_sample"}  # noqa: RUF012

    RATIO = 15.0  # likelihood-ratio statistic of noise > 0 with the temperature free; p = 1e-4
    AS_STORED = 30.0  # the same with the probabilities as they are; a model of the wrong shape stays below
    NOISE = 0.01  # fraction of labels that look flipped, lower bound; below it other misfits look the same
    SUSPECT = 0.5  # posterior probability from which a row is listed
    MOST = 2000  # rows listed at most

    def check(self, confidences: tuple[Confidence, ...], concentrations: dict[str, Concentration]) -> Iterator[Finding]:
        """Report the suspects of each output where label noise is the better explanation."""
        for one in confidences:
            weak = one.fit.noise_ratio < self.RATIO or one.fit.noise_ratio_as_stored < self.AS_STORED
            if weak or one.fit.noise_low < self.NOISE:
                continue
            spread = concentrations.get(one.output.label)
            if spread is not None and spread.concentrated:
                continue  # a subgroup explains them; the slice rules name it
            order = np.argsort(-one.suspicion, kind="stable")
            listed = order[one.suspicion[order] > self.SUSPECT][: self.MOST]
            if len(listed):
                yield self._finding(one, listed)

    def _finding(self, one: Confidence, listed: np.ndarray) -> Finding:
        names = one.output.predictions.classes
        n = len(one.row)
        return self.found(
            confidence=0.65 + 0.25 * min(1.0, one.fit.noise_ratio / 100),
            params={
                "rows": [int(r) for r in one.row[listed]],
                "suspicion": [round(float(s), 4) for s in one.suspicion[listed]],
                "labels": [names[i] for i in one.truth[listed[:20]]],
                "suggested": [names[i] for i in one.suggested[listed[:20]]],
                "label": one.output.label, "count": len(listed), "share": len(listed) / n, "noise": one.fit.noise,
            },
            evidence=(
                Quantity(name="suspect_rows", value=len(listed), unit="rows", n=n),
                Quantity(name="label_noise", value=one.fit.noise, unit="fraction", n=n),
                Quantity(name="noise_evidence", value=one.fit.noise_ratio),
            ),
            hypotheses=(
                hypothesis("annotation_errors", 0.5),
                hypothesis("ambiguous_inputs", 0.3),
                hypothesis("corrupted_inputs", 0.2),
            ),
        )  # fmt: skip
