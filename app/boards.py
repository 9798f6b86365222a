"""Boards as pages use them: every read and write passes the gate, every write names the person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from app import access, loading
from diagnostics.catalogue import cards as catalogue_cards
from diagnostics.catalogue.cards import Card
from diagnostics.catalogue.errors import Errors, errors_of, strata
from diagnostics.catalogue.events import Event, State, undo
from diagnostics.exceptions import NotFound
from diagnostics.types import Predictions
from diagnostics.workspace import BoardEntry, BoardView, PredictionsEntry

Act = Callable[[State, str], Event]
"""Builds an event from the current state for a person."""


def listed(project: str) -> tuple[BoardEntry, ...]:
    """Return the boards of a project."""
    access.require(access.READ, project)
    return loading.workspace().boards.listed(project)


def find(entry: PredictionsEntry) -> BoardView | None:
    """Return the board that is attached to a prediction set, or None."""
    own = next((board for board in listed(entry.project) if board.predictions == entry.id), None)
    return None if own is None else view(entry.project, own.id)


def create(entry: PredictionsEntry) -> BoardView:
    """Return the board of a prediction set, made where there is none."""
    access.require(access.WRITE, entry.project)
    return loading.workspace().boards.view(loading.workspace().boards.open(entry.project, entry.id).id)


def view(project: str, board: str) -> BoardView:
    """Return a board as it is now."""
    access.require(access.READ, project)
    found = loading.workspace().boards.view(board)
    if found.entry.project != project:
        raise NotFound("no_such_board", id=board[:80])
    return found


def write(project: str, board: str, act: Act, expected: Mapping[str, int] | None = None) -> BoardView:
    """Append what a person did; `expected` names the versions they saw."""
    access.require(access.WRITE, project)
    view(project, board)
    person = access.who()
    return loading.workspace().boards.write(board, lambda state, _events: act(state, person), expected)


def take_back(project: str, board: str, number: int | None = None) -> BoardView:
    """Undo an event; the person's own last one by default."""
    access.require(access.WRITE, project)
    view(project, board)
    person = access.who()

    def build(state: State, events: Sequence[Event]) -> Event:
        return undo(state, events, person, number)

    return loading.workspace().boards.write(board, build)


def errors(predictions: Predictions) -> Errors:
    """Return the errors of a set; computed once for its content."""
    return loading.measured(errors_of, predictions)


def error_strata(predictions: Predictions, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the stratum of each error; computed once for the content and the columns."""
    return loading.measured(_strata, predictions, tuple(columns))


def _strata(predictions: Predictions, columns: tuple[str, ...]) -> tuple[str, ...]:
    return strata(predictions, errors(predictions), columns)


def rows(state: State) -> dict[str, int]:
    """Return the row of each example that is on the board and still wrong, by key."""
    return {
        key: int(str(fields["row"]))
        for key, fields in state.of("example")
        if fields.get("row") is not None and not fields.get("removed") and not fields.get("gone")
    }


def cards(predictions: Predictions, state: State) -> dict[str, Card]:
    """Return what is shown of every example of a board, by key."""
    row_of = rows(state)
    found = loading.measured(catalogue_cards.cards, predictions, _joined(row_of.values()))
    return {key: found[row] for key, row in row_of.items() if row in found}


def neighbours(predictions: Predictions, state: State) -> Mapping[str, tuple[str, ...]]:
    """Return the examples most alike to each, by key."""
    row_of = rows(state)
    key_of = {row: key for key, row in row_of.items()}
    found = loading.measured(_neighbours, predictions, _joined(row_of.values()))
    return {key_of[row]: tuple(key_of[n] for n in near) for row, near in found.items()}


def features(predictions: Predictions, state: State) -> Mapping[str, Sequence[str]]:
    """Return the bag of features of each example, by key."""
    row_of = rows(state)
    found = loading.measured(_features, predictions, _joined(row_of.values()))
    return {key: found[row] for key, row in row_of.items() if row in found}


def _joined(found: Iterable[int]) -> str:
    return ",".join(str(row) for row in sorted(found))


def _features(predictions: Predictions, joined: str) -> dict[int, list[str]]:
    found = loading.measured(catalogue_cards.cards, predictions, joined)
    return {int(k): bag for k, bag in catalogue_cards.features({str(r): c for r, c in found.items()}).items()}


def _neighbours(predictions: Predictions, joined: str) -> dict[int, tuple[int, ...]]:
    bags = loading.measured(_features, predictions, joined)
    near = catalogue_cards.neighbours({str(row): bag for row, bag in bags.items()})
    return {int(row): tuple(int(n) for n in found) for row, found in near.items()}
