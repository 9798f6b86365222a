"""What `explain()` returns: plain text, every number filled in, ready for a card, a terminal or a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A hypothesis in words: how likely against its rivals, and what speaks for and against it."""

    id: str
    text: str
    weight: str
    support: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check in words: what to look at and what its result would mean."""

    id: str
    title: str
    what: str
    effort: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """An action in words: what to change, why it should help here, what it costs, where success would show."""

    id: str
    title: str
    what: str
    why: str = ""
    effort: str = ""
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Caution:
    """An action that must not be taken here, and why."""

    id: str
    title: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A finding in one language.

    Attributes
    ----------
    title, summary : str
    severity, confidence : str
        In words ("needs action", "fairly sure").
    evidence : tuple of str
        One line a number, with unit, interval and n.
    hypotheses : tuple of Cause
        Most likely first.
    check : Check or None
        The one that separates the first two hypotheses.
    checks : tuple of Check
        Cheapest first.
    actions : tuple of Step
        Best first.
    avoid : tuple of Caution
    """

    title: str
    summary: str
    severity: str
    confidence: str
    evidence: tuple[str, ...] = ()
    hypotheses: tuple[Cause, ...] = ()
    check: Check | None = None
    checks: tuple[Check, ...] = ()
    actions: tuple[Step, ...] = ()
    avoid: tuple[Caution, ...] = ()
