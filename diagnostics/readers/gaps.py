"""Empty cells that stand for NaN: pandas writes NaN as nothing, so a dead run looks like one that stopped logging."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from diagnostics.readers import names
from diagnostics.readers.cells import Numbers
from diagnostics.readers.columns import Counters
from diagnostics.types import Note, Role, Split

_JUDGED = (Role.LOSS, Role.LOSS_TERM, Role.METRIC)


def empty_as_nan(columns: Mapping[str, Numbers], found: Counters) -> tuple[dict[str, Numbers], tuple[Note, ...]]:
    """Mark empty cells as logged NaN where the table shows that something was measured there.

    Only for tables with one row a moment (the counter moves from each row to the next). Then a cell was measured

    - in a row that has a counter and no loss or metric at all;
    - in the training loss of a row, when that column is filled wherever it is not dead;
    - in the loss of a split, where a metric of that split was measured in the same row;
    - in a column that is filled up to some row and empty from there to the end.

    Parameters
    ----------
    columns : mapping of name to Numbers
    found : Counters

    Returns
    -------
    columns : dict
        The same columns, with `present` extended.
    notes : tuple of Note
    """
    out = dict(columns)
    main = found.main
    if main is None or len(main) < 2 or (np.diff(main) == 0).any():
        return out, ()
    readings = {n: names.parse(n) for n in columns if n not in found.columns}
    judged = {n: r for n, r in readings.items() if r.role in _JUDGED and not columns[n].text}
    if not any(r.role is not Role.METRIC for r in judged.values()):
        return out, ()
    silent = ~np.logical_or.reduce([columns[n].present for n in judged])
    changed: list[str] = []
    for name, reading in judged.items():
        present = columns[name].present
        known = np.flatnonzero(present)
        dense = not len(known) or bool(present[: known[-1] + 1].mean() > 0.9)
        trains = reading.role is Role.LOSS and reading.split in (None, Split.TRAIN)
        filled = present | (silent & dense)
        if reading.role is Role.LOSS and len(known):
            beside = [columns[n].present for n, r in judged.items() if r.split is reading.split and n != name]
            filled = np.logical_or.reduce([filled, *beside])
        if dense and len(known) > 1:
            filled = filled | (np.arange(len(present)) > known[-1])
        if trains and (dense or not len(known)):
            filled = np.ones_like(present)
        if (filled & ~present).any():
            changed.append(name)
            out[name] = Numbers(value=columns[name].value, present=filled, percent=columns[name].percent)
    return out, (Note(code="empty_read_as_nan", params={"columns": changed}),) if changed else ()
