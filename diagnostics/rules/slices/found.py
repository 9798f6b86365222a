"""The inputs of slice rules: one search of the prediction set, shared by all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from diagnostics.exceptions import NeedsAnswer
from diagnostics.signals import Missing, signal
from diagnostics.slices.disagreement import Disagreement, disagreement
from diagnostics.slices.finding import search
from diagnostics.slices.telling import SearchResult
from diagnostics.types import Predictions, Slice

LISTED = 10
"""Slices handed on at most; the source asks for the five worst."""

FEWEST_ROWS = 100
"""Units below which no subgroup could have 20 and a rest to be compared with."""


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A found slice and, where the file has confidences, how confident its errors are."""

    slice: Slice
    disagreement: Disagreement | None


@signal
def slice_search(predictions: Predictions) -> SearchResult:
    """The search of all slices of one and two conditions."""
    try:
        result = search(predictions)
    except NeedsAnswer as question:
        raise Missing("slices_need_truth_and_prediction", **question.params) from question
    if result.units < FEWEST_ROWS:
        raise Missing("slices_need_rows", n=result.units, needed=FEWEST_ROWS)
    if not result.attributes:
        raise Missing("slices_need_attributes", left_out=[o.column for o in result.left_out])
    return result


@signal
def slice_disagreements(slice_search: SearchResult) -> tuple[Disagreement | None, ...]:
    """How confident the errors of each found slice are."""
    # Counted by an SQL engine, the rows are not at hand and nothing is said about their confidence.
    if slice_search.outcome.metric != "accuracy" or len(slice_search.masks) < len(slice_search.slices):
        return (None,) * min(LISTED, len(slice_search.slices))
    return tuple(disagreement(slice_search.outcome, mask) for mask in slice_search.masks[:LISTED])


@signal
def found_slices(slice_search: SearchResult, slice_disagreements: tuple[Disagreement | None, ...]) -> tuple[Slice, ...]:
    """The slices that are worse than chance explains, largest excess loss first; the report lists these."""
    pairs = zip(slice_search.slices, slice_disagreements, strict=False)
    return tuple(_annotated(item, signs) for item, signs in pairs)


@signal
def slice_suspects(
    found_slices: tuple[Slice, ...], slice_disagreements: tuple[Disagreement | None, ...]
) -> tuple[Suspect, ...]:
    """Each found slice with the confidence of its errors."""
    pairs = zip(found_slices, slice_disagreements, strict=True)
    return tuple(Suspect(slice=item, disagreement=signs) for item, signs in pairs)


def _annotated(item: Slice, signs: Disagreement | None) -> Slice:
    if signs is None:
        return item
    return replace(item, params={**item.params, "confident_share": signs.share, "confidence_shift": signs.shift})
