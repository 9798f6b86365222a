"""What somebody wrote into the table of categories, so that the table can stay on the screen while it is written.

The browser keeps all edits of a table for as long as the table has its key, and shows them over the values it is sent.
A key that stayed for ever would hide what others write; one that changed with every edit would take the cell away that
a person is typing in. So it changes only where a cell no longer says what was written there, or a row has moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True, eq=False)
class Sheet:
    """One table as one person has it before them.

    Attributes
    ----------
    board : str
    number : int
        1, 2, 3... for the tables this person was shown; part of the key.
    rows : tuple of str
        Category of each row.
    versions : dict of category to version
        As it was shown, or as the person's own last write left it.
    written : dict of (category, column) to value
        Every edit that was dealt with, refused ones included.
    """

    board: str
    number: int
    rows: tuple[str, ...]
    versions: dict[str, int]
    written: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Key of the widget."""
        return f"catalogue_{self.board}_{self.number}"

    def take(self, edited: Mapping[int | str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return the cells that were not dealt with yet, by category, and count them as dealt with.

        Parameters
        ----------
        edited : mapping of row to column to value
            All edits since the table has this key, as the widget tells them.
        """
        found: dict[str, dict[str, Any]] = {}
        for row, cells in edited.items():
            id = self.rows[int(row)]
            for name, value in cells.items():
                if (id, name) not in self.written or self.written[id, name] != value:
                    self.written[id, name] = value
                    found.setdefault(id, {})[name] = value
        return found

    def says(self, values: Mapping[str, Sequence[Any]]) -> bool:
        """Whether every cell that was written is still to say so, given the values by column."""
        place = {id: row for row, id in enumerate(self.rows)}
        return all((values[name][place[id]] or None) == (value or None) for (id, name), value in self.written.items())


def turned(before: Sheet | None, board: str, versions: Mapping[str, int], values: Mapping[str, Sequence[Any]]) -> Sheet:
    """Return the table to be shown: the one before where its edits still hold, else a new one.

    Parameters
    ----------
    before : Sheet or None
    board : str
    versions : mapping of category to version
        In the order of the rows.
    values : mapping of column to values
    """
    rows = tuple(versions)
    if before is not None and before.board == board and before.rows == rows and before.says(values):
        before.versions.update(versions)
        return before
    number = 1 if before is None else before.number + 1
    return Sheet(board=board, number=number, rows=rows, versions=dict(versions))
