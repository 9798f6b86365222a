"""Numbers of a board in words: progress, when to stop, what a category would be worth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.components.board.feed import looked_at, on_board
from app.components.slices import words
from app.i18n import _, language, ngettext
from diagnostics.catalogue.board import board as drawn
from diagnostics.catalogue.collecting import about, design_of
from diagnostics.catalogue.errors import Errors
from diagnostics.catalogue.estimates import Saturation, saturation
from diagnostics.catalogue.events import State
from diagnostics.catalogue.table import CatalogueRow, catalogue
from diagnostics.knowledge.numbers import DASH, integer, interval, number, percent, percent_interval
from diagnostics.types import MetricValue


def rows(now: State, errors: Errors) -> tuple[CatalogueRow, ...]:
    """Return the rows of the catalogue."""
    n, of = about(now, "errors") or 0, about(now, "rows") or 0
    return catalogue(drawn(now), now, design_of(now), errors=n, rows=of, cost=errors.cost)


def impacts(now: State, errors: Errors) -> dict[str, str]:
    """Return what the head of each column says of its worth: points, or the loss where no answer is simply wrong."""
    if design_of(now) is None:
        return {}
    told = {}
    for row in rows(now, errors):
        if errors.tail is not None:
            if row.loss_share is not None and row.loss_share.value is not None:
                text = _("mending it: {share} of the loss")
                told[row.category.id] = text.format(share=percent(row.loss_share.value, language()))
        elif row.impact.value is not None:
            points = number(100 * row.impact.value, language(), 2)
            told[row.category.id] = _("mending it: +{points} points").format(points=points)
    return told


def worth(errors: Errors) -> str:
    """Return the title of the column with the loss; "" where answers are only right or wrong."""
    return "" if errors.cost is None else _("Worth: {metric}").format(metric=words.metric(errors.cost.metric))


def saved(gain: MetricValue | None, share: MetricValue | None = None) -> str:
    """Return by how much the mean loss would fall, its interval and the fraction of it; a dash where undefined."""
    if gain is None or gain.value is None:
        return DASH
    text = f"{number(gain.value, language(), 2)} ({interval(gain.low, gain.high, language(), 2)})"
    return text if share is None or share.value is None else f"{text}, {percent(share.value, language())}"


def share(value: MetricValue, *, interval: bool = False) -> str:
    """Return a fraction as text, a dash where it is undefined; `undefined` says why."""
    if value.value is None:
        return DASH
    text = percent(value.value, language())
    between = percent_interval(value.low, value.high, language()) if interval else ""
    return f"{text} ({between})" if between else text


def undefined(values: Iterable[MetricValue | None]) -> str:
    """Return what the dashes of a table stand for, each reason once; "" where nothing is undefined."""
    reasons = {
        "no_random_sample": _("needs a random sample"),
        "nothing_reviewed": _("nothing reviewed yet"),
        "stratum_not_reviewed": _("a stratum has no reviewed example yet"),
        "no_rows": _("no rows"),
        "no_loss": _("no loss to save"),
    }
    codes = dict.fromkeys(value.reason for value in values if value is not None and value.value is None)
    told = "; ".join(reasons[code] for code in codes if code in reasons)
    return f"{DASH}: {told}." if told else ""


def progress(now: State, within: frozenset[str] | None = None) -> dict[str, Any]:
    """Return how many examples were looked at, and the sentence that says of how many errors."""
    shown = [fields for key, fields in now.of("example") if on_board(fields) and (within is None or key in within)]
    done, total = sum(map(looked_at, shown)), about(now, "errors") or 0
    text = ngettext("collected from {n} error", "collected from {n} errors", total)
    return {"done": done, "total": len(shown), "of": text.format(n=integer(total, language()))}


def saturated(now: State) -> dict[str, Any]:
    """Return the curve of known categories over reviewed examples, and what it means."""
    reviewed = [
        (now.version(f"example/{key}"), fields.get("category"))
        for key, fields in now.of("example")
        if looked_at(fields)
    ]
    ordered = [category for _version, category in sorted(reviewed, key=lambda pair: pair[0])]
    found = saturation([None if c is None else str(c) for c in ordered])
    step = max(1, len(found.known) // 120)
    return {"known": list(found.known[::step]), "text": _stop(found)}


def _stop(found: Saturation) -> str:
    if not found.known:
        return _("Tag a few examples: a curve here will say when no new kinds of error turn up.")
    chance = percent(found.unseen, language())
    text = ngettext(
        "{n} kind so far; chance that the next error is of a new kind: {chance}.",
        "{n} kinds so far; chance that the next error is of a new kind: {chance}.",
        found.known[-1],
    )
    told = text.format(n=found.known[-1], chance=chance)
    return f"{told} {_('You can stop collecting kinds.') if found.enough else _('Go on.')}"
