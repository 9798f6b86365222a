"""What a board's component gets: everything at first, then what has changed since.

A page that polls every two seconds must not send thousands of cards each time; and a browser that missed a part asks
for everything again (`wants`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app import state
from diagnostics.catalogue.board import Category
from diagnostics.catalogue.events import State

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7D8896", "#8C6D1F")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def colour(chosen: str, place: int) -> str:
    """Return a column's colour: the chosen one where it is one, else one by its place."""
    return chosen if _COLOUR.fullmatch(chosen) else COLOURS[place % len(COLOURS)]


def feed(now: State, name: str, outbox: Any, *, fresh: bool, within: frozenset[str] | None = None) -> dict[str, Any]:
    """Return everything, or what has changed since everything was sent to this session's component.

    Parameters
    ----------
    name : str
        Of the component.
    outbox : mapping or None
        What the browser sent last.
    fresh : bool
        Whether the page was drawn anew.
    within : frozenset of str, optional
        The only examples to be shown.
    """
    base, known, answered = state.recall(f"feed_{name}", (0, frozenset(), None))
    wants = outbox.get("wants") if isinstance(outbox, Mapping) else None
    asked = wants is not None and wants != answered
    if fresh or asked or needs_everything(now, base, known, within):
        everything = examples(now, within=within)
        state.remember(f"feed_{name}", (now.number, frozenset(entry[0] for entry in everything), wants))
        return {"full": True, "base": now.number, "number": now.number, "examples": everything}
    return {"full": False, "base": base, "number": now.number, "examples": examples(now, base, within)}


def on_board(fields: Mapping[str, Any]) -> bool:
    """Whether an example is to be shown."""
    return not fields.get("removed") and not fields.get("gone") and fields.get("row") is not None


def examples(now: State, since: int | None = None, within: frozenset[str] | None = None) -> list[list[Any]]:
    """Return key, category, version, difficulty, whether it was looked at, and whether it is shown, of each example.

    Parameters
    ----------
    since : int, optional
        Only what a later event touched.
    within : frozenset of str, optional
        The only examples to be shown.
    """
    return [
        [key, fields.get("category"), now.version(f"example/{key}"), fields.get("difficulty"),
         looked_at(fields), on_board(fields)]
        for key, fields in now.of("example")
        if (within is None or key in within)
        and ((since is None and on_board(fields)) or (since is not None and now.version(f"example/{key}") > since))
    ]  # fmt: skip


def looked_at(fields: Mapping[str, Any]) -> bool:
    """Whether somebody tagged, judged or passed an example."""
    return bool(fields.get("category") or fields.get("difficulty") or fields.get("seen"))


def needs_everything(now: State, base: int, known: frozenset[str], within: frozenset[str] | None = None) -> bool:
    """Whether an example appeared that the browser has no text for."""
    return any(
        now.version(f"example/{key}") > base
        and key not in known
        and on_board(fields)
        and (within is None or key in within)
        for key, fields in now.of("example")
    )


def categories(found: tuple[Category, ...], impact: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the columns with what their heads say."""
    return [
        {
            "id": c.id,
            "name": c.name,
            "colour": colour(c.colour, place),
            "impact": impact.get(c.id, ""),
            "gone": len(c.gone),
            "was": c.fields.get("was"),
        }
        for place, c in enumerate(found)
    ]
