"""What people do on a board, each as a function from the state to an event; and the board as it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostics.catalogue.events import Change, Event, State, Value, setting
from diagnostics.exceptions import NotFound

STATUSES = ("open", "in_progress", "fixed", "accepted")
DIFFICULTIES = ("hard", "silly")
SEVERITIES = (1, 2, 3, 4, 5)
EDITABLE = ("name", "colour", "hypothesis", "action", "owner", "severity", "priority", "priority_reason", "status")


@dataclass(frozen=True, kw_only=True)
class Category:
    """A column of the board.

    Attributes
    ----------
    id, name, colour : str
    fields : mapping
        hypothesis, action, owner, severity (1 to 5), priority, priority_reason, status; only those that are set.
    examples : tuple of str
        Keys, in the order in which they were tagged.
    version : int
    gone : tuple of str
        Keys of tagged examples that are no longer wrong in the set the board is attached to.
    """

    id: str
    name: str
    colour: str
    fields: Mapping[str, Value]
    examples: tuple[str, ...]
    version: int
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Board:
    """Categories in order, and the examples without one."""

    categories: tuple[Category, ...]
    untagged: tuple[str, ...]
    number: int


def board(state: State) -> Board:
    """The board as it stands."""
    members: dict[str, list[tuple[int, str]]] = {}
    gone: dict[str, list[str]] = {}
    untagged: list[str] = []
    for key, fields in state.of("example"):
        if fields.get("removed"):
            continue
        category = fields.get("category")
        if fields.get("gone"):
            gone.setdefault(str(category), []).append(key)
        elif category is None:
            untagged.append(key)
        else:
            members.setdefault(str(category), []).append((state.version(f"example/{key}"), key))
    categories = [
        Category(
            id=id_,
            name=str(fields.get("name", "")),
            colour=str(fields.get("colour", "")),
            fields=fields,
            examples=tuple(key for _, key in sorted(members.get(id_, []), key=lambda pair: pair[0])),
            version=state.version(f"category/{id_}"),
            gone=tuple(gone.get(id_, ())),
        )
        for id_, fields in state.of("category")
        if not fields.get("deleted")
    ]
    return Board(categories=tuple(categories), untagged=tuple(untagged), number=state.number)


def collect(state: State, who: str, drawn: Sequence[Mapping[str, Value]]) -> Event:
    """Add drawn examples; those already on the board are left as they are.

    Parameters
    ----------
    state : State
    who : str
    drawn : sequence of mappings
        Each with "key", and the design it was drawn by: "row", "stratum", "probability" (None when it was not drawn
        at random), "source".
    """
    changes = [
        change
        for example in drawn
        if not state.objects.get(f"example/{example['key']}")
        for change in setting(
            state, f"example/{example['key']}", **{k: v for k, v in example.items() if k != "key" and v is not None}
        )
    ]
    return Event(kind="collect", who=who, changes=tuple(changes))


def tag(state: State, who: str, keys: Sequence[str], category: str | None) -> Event:
    """Put examples into a category, or into none; also what a drag does."""
    if category is not None:
        _existing(state, category)
    for key in keys:
        if not state.objects.get(f"example/{key}"):
            raise NotFound("no_such_example", key=key)
    changes = [c for key in keys for c in setting(state, f"example/{key}", category=category)]
    return Event(kind="tag", who=who, changes=tuple(changes))


def judge(state: State, who: str, key: str, difficulty: str | None) -> Event:
    """Call an error "hard" (a person might make it too), "silly", or neither."""
    if difficulty is not None and difficulty not in DIFFICULTIES:
        raise ValueError(f"difficulty is one of {DIFFICULTIES}, not {difficulty!r}")
    return Event(kind="judge", who=who, changes=tuple(setting(state, f"example/{key}", difficulty=difficulty)))


def create(state: State, who: str, id: str, name: str, colour: str = "") -> Event:
    """Create a category under an id nobody used before."""
    if state.objects.get(f"category/{id}"):
        raise ValueError(f"category id {id!r} is taken")
    return Event(
        kind="create_category",
        who=who,
        changes=tuple(setting(state, f"category/{id}", name=name.strip(), colour=colour or None)),
    )


def edit(state: State, who: str, id: str, **fields: Value) -> Event:
    """Change fields of a category (`EDITABLE`); an overridden priority needs its reason."""
    _existing(state, id)
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(f"not fields of a category: {sorted(unknown)}")
    if fields.get("priority") is not None and not (
        fields.get("priority_reason") or state.get(f"category/{id}", "priority_reason")
    ):
        raise ValueError("a priority set by hand needs its reason")
    if fields.get("severity") is not None and fields["severity"] not in SEVERITIES:
        raise ValueError(f"severity is one of {SEVERITIES}")
    if fields.get("status") is not None and fields["status"] not in STATUSES:
        raise ValueError(f"status is one of {STATUSES}")
    return Event(kind="edit_category", who=who, changes=tuple(setting(state, f"category/{id}", **fields)))


def merge(state: State, who: str, ids: Sequence[str], into: str) -> Event:
    """Move every example of some categories into another and delete them."""
    _existing(state, into)
    changes: list[Change] = []
    for id in ids:
        _existing(state, id)
        if id != into:
            changes += _emptied(state, id, into)
    return Event(kind="merge", who=who, changes=tuple(changes))


def split(state: State, who: str, id: str, keys: Sequence[str], new_id: str, name: str) -> Event:
    """Move some examples of a category into a new one."""
    _existing(state, id)
    changes = list(create(state, who, new_id, name).changes)
    for key in keys:
        if state.get(f"example/{key}", "category") != id:
            raise NotFound("no_such_example", key=key)
        changes += setting(state, f"example/{key}", category=new_id)
    return Event(kind="split", who=who, changes=tuple(changes))


def delete(state: State, who: str, id: str) -> Event:
    """Delete a category; its examples become untagged."""
    _existing(state, id)
    return Event(kind="delete_category", who=who, changes=tuple(_emptied(state, id, None)))


def tag_blind(state: State, who: str, session: str, key: str, category: str | None) -> Event:
    """Tag an example for an agreement session; others do not see it and the board does not change."""
    if category is not None:
        _existing(state, category)
    changes = setting(state, f"blind/{session}/{who}/{key}", category=category)
    return Event(kind="tag_blind", who=who, changes=tuple(changes))


def _emptied(state: State, id: str, into: str | None) -> list[Change]:
    changes = setting(state, f"category/{id}", deleted=True)
    for key, fields in state.of("example"):
        if fields.get("category") == id:
            changes += setting(state, f"example/{key}", category=into)
    return changes


def _existing(state: State, id: str) -> None:
    fields = state.objects.get(f"category/{id}")
    if not fields or fields.get("deleted"):
        raise NotFound("no_such_category", id=id)
