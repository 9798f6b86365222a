"""From ids and numbers to sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from diagnostics.exceptions import RunClinicError, UnreadableFile
from diagnostics.knowledge import numbers
from diagnostics.knowledge.explanation import Cause, Caution, Check, Explanation, Step
from diagnostics.knowledge.loader import FALLBACK, entry
from diagnostics.knowledge.templates import fill, label, plural
from diagnostics.types import Finding, Note, Quantity, RuleOutcome, Status

# Lower ends of the words for a confidence, and for a hypothesis's share of all weights.
_SURE = ((0.9, "sure_very"), (0.75, "sure_fairly"), (0.5, "sure_rather"), (0.0, "sure_hardly"))
_LIKELY = ((0.5, "likely_most"), (0.25, "likely_well"), (0.0, "likely_less"))
# Fractions from here on read better as factors.
_TIMES = 20.0
_COUNTED = ("epochs", "steps", "rows", "points", "pairs", "classes", "slices")
# What readers count in a place of a file ("line 1, column 22").
_PLACE = re.compile(r"\b(?:line|column|row|byte)\b(?= [\d,]+)")
# In the singular a unit names a place on the axis ("epoch 12"), in the plural it counts ("12 epochs").
_PLACES = ("epoch", "step", "row")


def _text(language: str, *path: str, params: Mapping[str, Any] | None = None) -> str | None:
    text = entry(language, *path)
    return fill(text, params or {}, language) if isinstance(text, str) else None


def title(finding: Finding | str, language: str = FALLBACK) -> str:
    """The name of a finding, for lists and menus."""
    id, params = (finding, {}) if isinstance(finding, str) else (finding.id, finding.params)
    return _text(language, "findings", id, "title", params=params) or label(id, language)


def explain(finding: Finding, language: str = FALLBACK) -> Explanation:
    """A finding in words.

    Parameters
    ----------
    finding : Finding
    language : str
        "en" or "pt_BR"; near codes are understood.

    Returns
    -------
    Explanation
    """
    tests = tuple(_test(id, finding, language) for id in finding.checks)
    return Explanation(
        title=title(finding, language),
        summary=_summary(finding, language),
        severity=label(f"severity_{finding.severity}", language),
        confidence=label(_word(finding.confidence, _SURE), language),
        evidence=tuple(quantity_text(q, language) for q in finding.evidence),
        hypotheses=_causes(finding, language),
        check=_test(finding.check, finding, language) if finding.check else None,
        checks=tests,
        actions=tuple(_step(id, finding, language) for id in finding.actions),
        avoid=tuple(_caution(id, finding, language) for id in finding.avoid),
    )


def _summary(finding: Finding, language: str) -> str:
    variant = str(finding.params.get("variant", ""))
    own = (
        _text(language, "findings", finding.id, "variants", variant, params=finding.params)
        or _text(language, "findings", finding.id, "summary", params=finding.params)
        or ""
    )
    joined = (
        _text(language, "joined", finding.id, other["id"], params={**finding.params, "file": other["subject"]})
        for other in finding.params.get("together", ())
    )
    return " ".join(part for part in (own, *joined) if part)


def _word(value: float, scale: tuple[tuple[float, str], ...]) -> str:
    return next(code for low, code in scale if value >= low)


def _causes(finding: Finding, language: str) -> tuple[Cause, ...]:
    total = sum(h.weight for h in finding.hypotheses) or 1.0
    return tuple(
        Cause(
            id=h.id,
            text=_text(language, "hypotheses", h.id, params=finding.params) or label(h.id, language),
            weight=label(_word(h.weight / total, _LIKELY), language),
            support=tuple(_fact(code, "yes", finding, language) for code in h.support),
            against=tuple(_fact(code, "no", finding, language) for code in h.against),
        )
        for h in finding.hypotheses
    )


def _fact(code: str, answer: str, finding: Finding, language: str) -> str:
    return _text(language, "facts", code, answer, params=finding.params) or label(code, language)


def _test(id: str, finding: Finding, language: str) -> Check:
    return Check(
        id=id,
        title=_text(language, "checks", id, "title", params=finding.params) or label(id, language),
        what=_text(language, "checks", id, "what", params=finding.params) or "",
        effort=_effort(entry(language, "checks", id, "effort"), language),
    )


def _step(id: str, finding: Finding, language: str) -> Step:
    own = _text(language, "findings", finding.id, "why", id, params=finding.params)
    return Step(
        id=id,
        title=action_title(id, language),
        what=_text(language, "actions", id, "what", params=finding.params) or "",
        why=own or _text(language, "actions", id, "why", params=finding.params) or "",
        effort=_effort(entry(language, "actions", id, "effort"), language),
        where=_text(language, "actions", id, "where", params=finding.params) or "",
    )


def _effort(code: Any, language: str) -> str:
    return label(f"effort_{code}", language) if isinstance(code, str) else ""


def action_title(id: str, language: str = FALLBACK) -> str:
    """The name of an action."""
    return _text(language, "actions", id, "title") or label(id, language)


def _caution(id: str, finding: Finding, language: str) -> Caution:
    own = _text(language, "findings", finding.id, "avoid", id, params=finding.params)
    general = _text(language, "actions", id, "avoid", params=finding.params)
    return Caution(id=id, title=action_title(id, language), why=own or general or "")


def quantity_text(quantity: Quantity, language: str = FALLBACK) -> str:
    """One evidence line: "rise since the turning point: 31% (25% to 38%, n = 18)"."""
    value, unit = quantity.value, quantity.unit
    if isinstance(value, str):
        shown = label(value, language)
    elif unit == "fraction" and value is not None and abs(value) >= _TIMES:
        shown = f"× {numbers.number(value, language)}"
    elif unit in ("fraction", "percent"):
        scale = 1.0 if unit == "fraction" else 0.01
        shown = numbers.percent(None if value is None else value * scale, language)
    elif unit == "p":
        shown = numbers.p_value(value, language)
    elif unit in _PLACES:
        shown = f"{plural(unit, 1, language).split(' ', 1)[-1]} {numbers.number(value, language)}"
    elif unit in _COUNTED:
        shown = plural(_singular(unit), value, language)
    else:
        shown = numbers.number(value, language) + (f" {label(unit, language)}" if unit else "")
    between = numbers.percent_interval if unit == "fraction" else numbers.interval
    details = [between(quantity.low, quantity.high, language)]
    if quantity.n is not None:
        details.append(f"n = {numbers.integer(quantity.n, language)}")
    if quantity.of:
        details.append(quantity.of)
    extra = ", ".join(part for part in details if part)
    return f"{label(quantity.name, language)}: {shown}" + (f" ({extra})" if extra else "")


def _singular(unit: str) -> str:
    return {"classes": "class"}.get(unit, unit.removesuffix("s"))


def reason(outcome: RuleOutcome, language: str = FALLBACK) -> str:
    """Why a rule was skipped, crashed or overruled, and what to log to unlock it; "" where it has no reason."""
    if not outcome.reason:
        return ""
    params = dict(outcome.params)
    if outcome.status is Status.CLEAR and "by" in params:
        params["by"] = title(str(params["by"]), language)
    return _text(language, "reasons", outcome.reason, params=params) or label(outcome.reason, language)


def error_text(error: BaseException, language: str = FALLBACK) -> str:
    """An error in one or two sentences: file, place, what was expected and found, what to do."""
    if not isinstance(error, RunClinicError):
        return _text(language, "errors", "unexpected", params={"kind": type(error).__name__}) or type(error).__name__
    said = _text(language, "errors", error.code, params=error.params)
    parts = [said or label(error.code, language).capitalize() + "."]
    if isinstance(error, UnreadableFile):
        place = _PLACE.sub(lambda found: label(f"place_{found[0]}", language), str(error.params.get("place") or ""))
        where = _text(language, "errors", "where", params={"file": error.file, **error.params, "place": place})
        if error.file and error.file not in parts[0] and where:
            parts.insert(0, where)
        remedy = _text(language, "remedies", error.remedy, params=error.params) if error.remedy else None
        if remedy:
            parts.append(remedy)
    return " ".join(parts)


def note_text(note: Note, language: str = FALLBACK) -> str:
    """What a reader noticed, in a sentence."""
    return _text(language, "notes", note.code, params=note.params) or label(note.code, language)
