"""What all readers of wide tables share: one column a series, one row a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from diagnostics.exceptions import UnreadableFile
from diagnostics.readers import pivots
from diagnostics.readers.cells import Numbers
from diagnostics.readers.columns import Counters, counters
from diagnostics.readers.draft import Series
from diagnostics.readers.drafting import draft
from diagnostics.readers.gaps import empty_as_nan
from diagnostics.readers.registry import Reading
from diagnostics.readers.source import Source
from diagnostics.readers.tables import MAX_COLUMNS, Dialect, Table, dialect, read_table
from diagnostics.types import Note, Setting


class WideTable:
    """Base of the readers whose file is a table with a known header; a subclass says which.

    `sparse` is for writers that leave cells empty on purpose.
    """

    format: ClassVar[str]
    setting: ClassVar[Setting] = Setting.SUPERVISED
    sparse: ClassVar[bool] = False

    def signature(self, header: frozenset[str], found: Dialect) -> float:
        """Confidence that the header is this format's."""
        raise NotImplementedError

    def sniff(self, source: Source) -> float:
        """By the header."""
        found = dialect(source)
        if found is None or not found.has_header or not 2 <= found.width <= MAX_COLUMNS:
            return 0.0
        return self.signature(frozenset(found.header), found)

    def repair(self, table: Table) -> Table:
        """Put right what the writer is known to get wrong; nothing by default."""
        return table

    def count(self, part: pivots.Part) -> Counters:
        """The counters of one run."""
        return counters(part.columns, part.texts)

    def adjust(self, one: Series) -> Series:
        """Add what the format knows about a series; nothing by default."""
        return one

    def read(self, source: Source) -> Sequence[Reading]:
        """Read the table as one run, or as several where a column tells them apart."""
        return self.drafts(source, self.repair(read_table(source)))

    def drafts(self, source: Source, table: Table) -> Sequence[Reading]:
        """Drafts of a repaired table."""
        notes = list(table.notes)
        if table.repeats:
            notes.append(Note(code="repeated_header", params={"times": len(table.repeats)}))
        out = []
        for part in pivots.parts(table.columns, table.texts):
            found = self.count(part)
            columns, gaps = (part.columns, ()) if self.sparse else empty_as_nan(part.columns, found)
            measured = pivots.by_split(replace(part, columns=columns), found)
            if measured:
                out.append(
                    draft(
                        source, self.format, [self.adjust(s) for s in measured], part=part.name, config=part.config,
                        setting=self.setting, notes=[*notes, *found.notes, *gaps],
                    )
                )  # fmt: skip
        if not out:
            raise UnreadableFile("no_rows" if not table.n_rows else "no_numbers", file=source.name,
                                 remedy="export_again")  # fmt: skip
        return out


def realign(table: Table, width: int, order: Sequence[int | None]) -> Table:
    """Move the cells of the rows that are `width` cells wide into the columns they belong to.

    Parameters
    ----------
    table : Table
    width : int
    order : sequence of int or None
        For each column the position of its cell in such a row; None where the row has none.
    """
    rows = np.flatnonzero(np.array(table.widths) == width)
    if not len(rows):
        return table
    columns = dict(table.columns)
    for name, place in zip(table.names, order, strict=False):
        old = table.columns[name]
        value, present = old.value.copy(), old.present.copy()
        if place is None:
            present[rows] = False
            value[rows] = np.nan
        else:
            origin = table.columns[table.names[place]]
            value[rows], present[rows] = origin.value[rows], origin.present[rows]
        columns[name] = Numbers(value=value, present=present, text=old.text, percent=old.percent)
    extra = table.names[len(order) :]
    for name in extra:
        old = columns[name]
        present = old.present.copy()
        present[rows] = False
        columns[name] = Numbers(value=old.value, present=present)
    notes = tuple(n for n in table.notes if n.code != "uneven_rows")
    return replace(table, columns=columns, notes=(*notes, Note(code="moved_cells", params={"rows": len(rows)})))
