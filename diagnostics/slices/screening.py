"""Columns that follow from the truth, the answer or the loss, and columns that change inside a query."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from diagnostics.slices.attributes import Attribute, LeftOut
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.table import Table

EXPLAINED = 0.95
"""Share of the loss's variance above which a column is the outcome in other clothes ("is_correct", "residual")."""

SAME = 0.99
"""Share of rows that must agree for a column to be the truth or the answer spelled differently."""


def screened(attribute: Attribute, outcome: Outcome) -> Attribute | LeftOut:
    """The attribute, or the reason why slicing by it would only show what it was made from."""
    if _explains(attribute, outcome.loss):
        return LeftOut(column=attribute.name, reason="follows_outcome")
    for role, reason in (("truth", "same_as_truth"), ("answer", "same_as_prediction")):
        codes = outcome.more.get(role)
        if codes is not None and np.issubdtype(codes.dtype, np.integer) and _same(attribute, codes):
            return LeftOut(column=attribute.name, reason=reason)
    for role, reason in (("truth", "same_as_truth"), ("predicted", "same_as_prediction")):
        values = outcome.more.get(role)
        if values is not None and np.issubdtype(values.dtype, np.floating) and _explains(attribute, values):
            return LeftOut(column=attribute.name, reason=reason)
    return attribute


def _explains(attribute: Attribute, values: np.ndarray) -> bool:
    """Whether the means of the values by code account for nearly all their variance."""
    n = np.bincount(attribute.codes, minlength=attribute.size)
    total = np.bincount(attribute.codes, weights=values, minlength=attribute.size)
    return accounts_for(n, total, float(values.var()) * len(values))


def accounts_for(n: np.ndarray, total: np.ndarray, spread: float) -> bool:
    """Whether sums of values by code leave next to nothing of their squared deviations `spread` to chance."""
    rows = float(n.sum())
    if spread <= 0 or len(n) >= rows / 4:
        return False
    between = float((total[n > 0] ** 2 / n[n > 0]).sum()) - float(total.sum()) ** 2 / rows
    return between > EXPLAINED * spread


def _same(attribute: Attribute, classes: np.ndarray) -> bool:
    """Whether values and classes go one to one for nearly all rows."""
    kinds = int(classes.max(initial=0)) + 1
    if attribute.regular < 2 or attribute.regular > 4 * kinds:
        return False
    joint = np.bincount(attribute.codes.astype(np.int64) * kinds + classes, minlength=attribute.size * kinds)
    return one_to_one(joint.reshape(attribute.size, kinds))


def one_to_one(table: np.ndarray) -> bool:
    """Whether the rows (values) and columns (classes) of a table of counts go one to one for nearly all it counts."""
    n = table.sum()
    rows, columns = (table.sum(axis=1) > 0).sum(), (table.sum(axis=0) > 0).sum()
    forth, back = table.max(axis=1).sum() / n, table.max(axis=0).sum() / n
    return bool(rows >= 2 and columns >= 2 and forth >= SAME and back >= SAME)


def varies_within(table: Table, name: str, outcome: Outcome) -> bool:
    """Whether a column has several values inside one query, so that a query does not belong to one of them."""
    if outcome.of_unit is None or outcome.size is None:
        return False
    encoded = pc.dictionary_encode(table.column(name)).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    known = outcome.of_unit >= 0
    first = codes[outcome.rows][outcome.of_unit[known]]
    return bool((codes[known] != first).any())
