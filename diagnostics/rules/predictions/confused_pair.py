"""Errors concentrated between two classes."""

from __future__ import annotations

from collections.abc import Iterator

from diagnostics.rules.base import Rule, hypothesis
from diagnostics.rules.predictions.sink_class import SinkClass
from diagnostics.signals.predictions.classes import Output, Pair, pairs
from diagnostics.types import Finding, Quantity, Severity


class ConfusedPair(Rule):
    """Two classes are taken for each other far more often than any other two."""

    id = "confused_pair"
    kind = "predictions"
    severity = Severity.MEDIUM
    actions = ("check_labels", "more_data", "slice_augmentation", "reweight_classes", "add_features")
    avoid = ("train_longer",)
    checks = ("look_at_pair", "relabel_sample", "merge_pair")
    separates = {("labels_overlap", "classes_look_alike"): "relabel_sample"}  # noqa: RUF012

    RATE = 0.08  # fraction of the pair's rows confused, lower bound adjusted for all pairs; below it nobody acts
    LEAD = 2.0  # times the third quartile of the other pairs' rates: concentrated, not a weak model everywhere
    MOST = 5  # pairs reported at most

    def check(self, confusions: tuple[Output, ...]) -> Iterator[Finding]:
        """Report each pair whose lower bound stands clear of the other pairs."""
        for output in confusions:
            confusion = output.confusion
            sinks = {f.number for f in SinkClass.candidates(confusion)}
            kept = [
                p
                for p in pairs(confusion)
                if p.low >= self.RATE and p.low >= self.LEAD * p.others and not _is_inflow(p, sinks)
            ]
            yield from (self._finding(output, pair) for pair in kept[: self.MOST])

    def _finding(self, output: Output, pair: Pair) -> Finding:
        names = output.confusion.classes
        both = min(pair.forward, pair.backward) >= 0.25 * max(pair.forward, pair.backward)
        return self.found(
            confidence=0.75 + 0.2 * min(1.0, (pair.low - self.RATE) / 0.15),
            params={
                "classes": [names[pair.first], names[pair.second]], "first": names[pair.first],
                "second": names[pair.second], "rate": pair.rate, "rate_low": pair.low, "share": pair.share,
                "errors": int(pair.errors), "forward": pair.forward, "backward": pair.backward,
                "variant": "both_ways" if both else "one_way",
            },
            evidence=(
                Quantity(name="pair_rate", value=pair.rate, unit="fraction", low=pair.low, n=int(pair.rows)),
                Quantity(name="other_pairs_rate", value=pair.others, unit="fraction"),
                Quantity(name="share_of_errors", value=pair.share, unit="fraction"),
            ),
            hypotheses=(
                hypothesis("classes_look_alike", 0.4, confused_both_ways=both),
                hypothesis("labels_overlap", 0.35, confused_both_ways=both),
                hypothesis("too_few_examples", 0.25, confused_one_way=not both),
            ),
        )  # fmt: skip


def _is_inflow(pair: Pair, sinks: set[int]) -> bool:
    """Whether the pair is only one of the streams into a sink class, which says more."""
    into_second = pair.second in sinks and pair.forward > pair.backward
    return into_second or (pair.first in sinks and pair.backward > pair.forward)
