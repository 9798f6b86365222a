"""Rows that somebody picked for a board: which of them are errors, and in which order they should be looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostics.catalogue.errors import Errors
from diagnostics.catalogue.events import State
from diagnostics.types import IntArray


@dataclass(frozen=True, kw_only=True)
class Picked:
    """What becomes of some rows.

    Attributes
    ----------
    numbers : tuple of int
        Places in `Errors` of the rows that are errors, costliest first.
    keys : tuple of str
        Their keys.
    known : int
        How many of these are on the board already.
    right : int
        Rows that are no error.
    beyond : int
        Errors beyond the number that one go may take.
    """

    numbers: tuple[int, ...]
    keys: tuple[str, ...]
    known: int
    right: int
    beyond: int


def picked(errors: Errors, rows: IntArray, state: State | None, *, most: int) -> Picked:
    """Sort out rows that are to go to a board.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        0-based positions in the uploaded file, without repeats.
    state : State or None
        The board; None where there is none yet.
    most : int
        Errors of one go.
    """
    found = np.flatnonzero(np.isin(errors.row, rows))
    ranked = found[np.argsort(-errors.loss[found], kind="stable")]
    taken = ranked[:most].tolist()
    keys = tuple(errors.key[number] for number in taken)
    return Picked(
        numbers=tuple(taken), keys=keys, known=sum(on_board(state, key) for key in keys),
        right=len(rows) - len(found), beyond=len(ranked) - len(taken),
    )  # fmt: skip


def on_board(state: State | None, key: str) -> bool:
    """Whether an example was put on the board before."""
    return state is not None and bool(state.objects.get(f"example/{key}"))


def key_of_row(state: State, row: int) -> str | None:
    """Key of the example that is a row of the file; None where it is not on the board."""
    return next(
        (key for key, fields in state.of("example") if fields.get("row") == row and not fields.get("gone")), None
    )
