"""What the browser says somebody did, checked and turned into events; the browser is told what was refused.

The browser keeps every act until it is acknowledged and sends all that wait each time, so none is lost between two
reruns; acts that were seen before are left out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from app import boards, state
from app.i18n import _, language
from diagnostics.catalogue import board as acts
from diagnostics.catalogue.events import Event, State, setting
from diagnostics.exceptions import Conflict, RunClinicError

MOST_KEYS = 5_000
LONGEST_NAME = 80


def receive(project: str, board: str, outbox: Any) -> None:
    """Apply the acts of an outbox that are new, in order, and note what became of them for `answer`."""
    if not isinstance(outbox, Mapping) or not isinstance(outbox.get("acts"), list):
        return
    client = str(outbox.get("client"))[:40]
    seen: dict[str, int] = dict(state.recall(f"acts_{board}", {}))
    refused: list[dict[str, Any]] = []
    for act in outbox["acts"]:
        number = act.get("n") if isinstance(act, Mapping) else None
        if not isinstance(number, int) or number <= seen.get(client, 0):
            continue
        seen[client] = number
        if said := _apply(project, board, act):
            refused.append({"n": number, "text": said})
    state.remember(f"acts_{board}", seen)
    if refused:
        state.remember(f"refused_{board}", {"client": client, "items": refused})


def answer(board: str) -> dict[str, Any]:
    """Return what the browser needs to know: the last act of each client that was seen, and the last refusals."""
    return {"acked": state.recall(f"acts_{board}", {}), "refused": state.recall(f"refused_{board}", {})}


def _apply(project: str, board: str, act: Mapping[str, Any]) -> str:
    from diagnostics.knowledge import error_text

    try:
        if act.get("kind") == "undo":
            boards.take_back(project, board)
            return ""
        boards.write(project, board, lambda now, who: event(now, who, act), _expected(act))
    except Conflict:
        return _("Somebody else changed this first; the board shows how it is now.")
    except RunClinicError as error:
        return error_text(error, language())
    except ValueError as error:
        return str(error)
    return ""


def _expected(act: Mapping[str, Any]) -> dict[str, int]:
    versions = act.get("versions")
    if not isinstance(versions, Mapping):
        return {}
    return {f"example/{key}": int(version) for key, version in versions.items() if isinstance(version, int)}


def event(now: State, who: str, act: Mapping[str, Any]) -> Event:
    """Turn one act into an event.

    Raises
    ------
    ValueError
        Not an act: only a broken or hostile client sends such.
    RunClinicError
        What it names is not there.
    """
    kind, keys = act.get("kind"), _keys(act.get("keys"))
    category = act.get("category")
    if category is not None and not isinstance(category, str):
        raise ValueError("a category is named by its id")
    if kind == "tag":
        return acts.tag(now, who, keys, category)
    if kind == "judge" and keys:
        difficulty = act.get("difficulty")
        return acts.judge(now, who, keys[0], difficulty if isinstance(difficulty, str) else None)
    if kind == "seen":
        changes = [
            c for key in keys if f"example/{key}" in now.objects for c in setting(now, f"example/{key}", seen=True)
        ]
        return Event(kind="seen", who=who, changes=tuple(changes))
    if kind == "new":
        name = str(act.get("name", ""))[:LONGEST_NAME]
        return with_members(now, who, name, keys)
    if kind == "blind" and keys:
        return acts.tag_blind(now, who, str(act.get("session"))[:40].replace("/", ""), keys[0], category)
    raise ValueError("not an act")


def with_members(now: State, who: str, name: str, keys: Sequence[str]) -> Event:
    """A new category with some examples in it, as one event; where one has that name already, they go there.

    On a slow machine the browser can send a name once more before it has heard that the first was taken.
    """
    if not name.strip():
        raise ValueError(_("A category needs a name."))
    known = [key for key in keys if f"example/{key}" in now.objects]
    if (there := _named(now, name)) is not None:
        return acts.tag(now, who, known, there)
    id = new_id()
    made = acts.create(now, who, id, name)
    moved = [c for key in known for c in setting(now, f"example/{key}", category=id)]
    return Event(kind="split" if keys else "create_category", who=who, changes=(*made.changes, *moved))


def _named(now: State, name: str) -> str | None:
    wanted = name.strip().casefold()
    return next(
        (
            id
            for id, fields in now.of("category")
            if not fields.get("deleted") and str(fields.get("name")).casefold() == wanted
        ),
        None,
    )


def new_id() -> str:
    """Return an id for a category."""
    return f"c{secrets.token_hex(4)}"


def _keys(given: Any) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MOST_KEYS or not all(isinstance(key, str) for key in given):
        raise ValueError("examples are named by their keys")
    return list(given)
