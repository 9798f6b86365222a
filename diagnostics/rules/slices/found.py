"""The inputs of slice rules: one search of the prediction set, shared by all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from diagnostics.exceptions import NeedsAnswer
from diagnostics.signals import Missing, signal
from diagnostics.slices.disagreement import Disagreement, disagreement
from diagnostics.slices.finding import SearchResult, search
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
    if len(result.outcome) < FEWEST_ROWS:
        raise Missing("slices_need_rows", n=len(result.outcome), needed=FEWEST_ROWS)
    if not result.attributes:
        raise Missing("slices_need_attributes", left_out=[o.column for o in result.left_out])
    return result


@signal
def found_slices(slice_search: SearchResult, slice_suspects: tuple[Suspect, ...]) -> tuple[Slice, ...]:
    """The slices that are worse than chance explains, largest excess loss first."""
    return tuple(suspect.slice for suspect in slice_suspects)


@signal
def slice_suspects(slice_search: SearchResult) -> tuple[Suspect, ...]:
    """Each found slice with the confidence of its errors."""
    pairs = zip(slice_search.slices[:LISTED], slice_search.masks, strict=False)
    return tuple(_suspect(slice_search, item, mask) for item, mask in pairs)


def _suspect(result: SearchResult, item: Slice, mask: Any) -> Suspect:
    signs = disagreement(result.outcome, mask) if result.outcome.metric == "accuracy" else None
    known: Mapping[str, Any] = (
        {} if signs is None else {"confident_share": signs.share, "confidence_shift": signs.shift}
    )
    return Suspect(slice=replace(item, params={**item.params, **known}), disagreement=signs)
