"""Starter categories and what usually helps against a kind of error, from the knowledge files."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostics.catalogue.events import Change, Event, State, setting
from diagnostics.knowledge import LANGUAGES, action_title, entry


@dataclass(frozen=True, kw_only=True)
class Starter:
    """A common kind of error.

    Attributes
    ----------
    id : str
        Also the id of the category that is made from it.
    name, hypothesis : str
    interventions : tuple of str
        Ids of actions, most promising first.
    """

    id: str
    name: str
    hypothesis: str
    interventions: tuple[str, ...]


def starters(language: str) -> tuple[Starter, ...]:
    """The starter categories in the order of the file."""
    found = entry(language, "categories") or {}
    return tuple(
        Starter(id=id, name=said["name"], hypothesis=said["hypothesis"], interventions=tuple(said["interventions"]))
        for id, said in found.items()
    )


def started(now: State, who: str, one: Starter) -> Event:
    """A category made from a starter; one that was deleted comes back."""
    object = f"category/{one.id}"
    changes: list[Change] = setting(now, object, name=one.name, hypothesis=one.hypothesis, deleted=None)
    return Event(kind="create_category", who=who, changes=tuple(changes))


def interventions(id: str, name: str, language: str) -> tuple[str, ...]:
    """Titles of what usually helps: of the starter a category was made from or is named like, else of all starters."""
    spelled = name.strip().casefold()
    for code in LANGUAGES:
        for one in starters(code):
            if one.id == id or one.name.casefold() == spelled:
                return tuple(action_title(action, language) for action in one.interventions)
    every = dict.fromkeys(action for one in starters(language) for action in one.interventions)
    return tuple(action_title(action, language) for action in every)
