"""What happened on a board, as a list of events from which its state is rebuilt.

An event is a list of changes, each of one field of one object. So every event can be undone by the event with the
same changes turned round, and a write can be refused when somebody else changed the same object first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from diagnostics.exceptions import Conflict, NotFound

Value = str | int | float | bool | None | list[str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of one object: what it was and what it became.

    Attributes
    ----------
    object : str
        "category/<id>", "example/<key>" or "blind/<session>/<person>/<key>".
    field : str
    before, after : JSON value
        None stands for "not set".
    """

    object: str
    field: str
    before: Value
    after: Value

    def reversed(self) -> Change:
        """The change that takes this one back."""
        return Change(object=self.object, field=self.field, before=self.after, after=self.before)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing somebody did.

    Attributes
    ----------
    number : int
        1, 2, 3... without gaps, per board; 0 for an event that is not stored yet.
    at : float
        Seconds since the Unix epoch.
    who : str
    kind : str
        "tag", "move", "create_category", "merge", "undo" ...
    changes : tuple of Change
    undoes : int or None
        Number of the event this one takes back.
    """

    kind: str
    who: str
    changes: tuple[Change, ...]
    at: float = 0.0
    number: int = 0
    undoes: int | None = None


@dataclass
class State:
    """A board as it stands after some events; made by `rebuild`, moved on by `apply`.

    Attributes
    ----------
    objects : dict of object to its fields
    versions : dict of object to the number of the event that touched it last
    number : int
        Of the last event applied.
    undone : set of int
        Events that were taken back.
    """

    objects: dict[str, dict[str, Value]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    number: int = 0
    undone: set[int] = field(default_factory=set)

    def get(self, object: str, name: str) -> Value:
        """A field's value, None where it is not set."""
        return self.objects.get(object, {}).get(name)

    def of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
        """Id and fields of every object of a kind, in order of appearance."""
        prefix = f"{kind}/"
        for key, fields in self.objects.items():
            if key.startswith(prefix):
                yield key.removeprefix(prefix), MappingProxyType(fields)

    def version(self, object: str) -> int:
        """Number of the last event that touched the object, 0 when none did."""
        return self.versions.get(object, 0)


def apply(state: State, event: Event) -> None:
    """Move a state on by one event.

    Raises
    ------
    Conflict
        When a field does not hold what the event says it held before.
    """
    for change in event.changes:
        if state.get(change.object, change.field) != change.before:
            raise Conflict("board_changed", object=change.object, field=change.field)
    for change in event.changes:
        fields = state.objects.setdefault(change.object, {})
        if change.after is None:
            fields.pop(change.field, None)
        else:
            fields[change.field] = change.after
        if not fields:  # taken back altogether: as if it had never been there, but for its version
            del state.objects[change.object]
        state.versions[change.object] = event.number
    state.number = event.number
    if event.undoes is not None:
        state.undone.add(event.undoes)


def rebuild(events: Iterable[Event], state: State | None = None) -> State:
    """State after some events, in order; continues from `state` where one is given."""
    state = state or State()
    for event in events:
        apply(state, event)
    return state


def check_versions(state: State, expected: Mapping[str, int]) -> None:
    """Refuse a write that was decided on an older state.

    Parameters
    ----------
    state : State
    expected : mapping of object to the version the writer saw

    Raises
    ------
    Conflict
        Names the first object somebody else touched since.
    """
    for object, version in expected.items():
        if state.version(object) != version:
            raise Conflict("board_changed", object=object, seen=version, now=state.version(object))


def setting(state: State, object: str, **fields: Value) -> list[Change]:
    """Changes that give an object these fields, leaving out what it already has."""
    return [
        Change(object=object, field=name, before=state.get(object, name), after=after)
        for name, after in fields.items()
        if state.get(object, name) != after
    ]


def undo(state: State, events: Sequence[Event], who: str, number: int | None = None) -> Event:
    """Build the event that takes another one back.

    Parameters
    ----------
    state : State
    events : sequence of Event
        The whole log.
    who : str
    number : int, optional
        The event to undo; by default the person's last one that is neither undone nor an undo itself.

    Raises
    ------
    NotFound
        Nothing to undo.
    Conflict
        Somebody changed one of its fields since.
    """
    candidates = [
        e
        for e in events
        if e.number not in state.undone
        and (e.number == number if number is not None else e.who == who and e.undoes is None)
    ]
    if not candidates:
        raise NotFound("nothing_to_undo", who=who)
    target = candidates[-1]
    changes = tuple(change.reversed() for change in reversed(target.changes))
    for change in changes:
        if state.get(change.object, change.field) != change.before:
            raise Conflict("board_changed", object=change.object, field=change.field)
    return Event(kind="undo", who=who, changes=changes, undoes=target.number)
