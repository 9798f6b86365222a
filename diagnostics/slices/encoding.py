"""From a column to codes, or to the reason why it is no use for slicing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from diagnostics.slices.attributes import Attribute, Kind, LeftOut
from diagnostics.slices.cuts import codes_of, merged, quantile_cuts
from diagnostics.slices.table import Table, is_number, is_text, is_time, missing, numbers, times
from diagnostics.types import FloatArray

FINE_BINS = 32
"""Bins of a number when it stands alone and when the edges of a slice are refined."""

OWN_BIN = 12
"""A number with no more distinct values than this keeps a bin for each, also in combinations."""

MAX_VALUES = 40
"""Categories kept, most frequent first; the rest is "other" and never a slice."""

UNIQUE = 0.9
"""Share of distinct values from which whole numbers or texts count as identifiers."""

NO_CODES = np.zeros(0, dtype=np.uint8)
"""Of an attribute whose rows an SQL engine counts."""

_SAMPLE = 20_000


def coarse_bins(n: int, min_size: int) -> int:
    """Bins of a number in combinations with others: enough rows must remain where two of them meet."""
    return int(np.clip(n // (4 * max(1, min_size)), 4, 8))


def encode(table: Table, name: str, *, min_size: int, rows: np.ndarray | None = None) -> Attribute | LeftOut:
    """Code one column.

    Parameters
    ----------
    table : Table
    name : str
        A stored or derived column.
    min_size : int
        Values with fewer rows cannot be slices and are put together as "other".
    rows : ndarray, optional
        Positions or mask of the rows that count.

    Returns
    -------
    Attribute or LeftOut
    """
    column = table.column(name)
    # Positions that name every row leave the column as it is; units are in file order.
    if rows is not None and (rows.dtype == bool or len(rows) < len(column)):
        column = column.filter(pa.array(rows)) if rows.dtype == bool else column.take(pa.array(rows))
    stamps = times(column)
    if stamps is not None:
        return _number(name, numbers(stamps), min_size, Kind.TIME)
    if pa.types.is_boolean(column.type) or is_text(column.type):
        return _category(name, column, min_size)
    if is_number(column.type) or is_time(column.type):
        values = numbers(column)
        if pa.types.is_integer(column.type) and is_unique(values):
            return LeftOut(column=name, reason="identifier")
        return _number(name, values, min_size, Kind.NUMBER)
    if pa.types.is_null(column.type):
        return LeftOut(column=name, reason="empty")
    return LeftOut(column=name, reason="unsupported_type")


def unsuited(name: str, cuts: FloatArray, gone: int, n: int, min_size: int) -> LeftOut | None:
    """Why a number without cut points cannot be sliced by; None where it can, by being missing or not."""
    if len(cuts):
        return None
    if gone == n:
        return LeftOut(column=name, reason="empty")
    return None if _two_sides(gone, n, min_size) else LeftOut(column=name, reason="constant")


def is_unique(values: FloatArray) -> bool:
    """Whether nearly every value occurs once, as those of identifiers do."""
    known = values[~np.isnan(values)]
    if len(known) < 50:
        return False
    if len(known) > _SAMPLE and len(np.unique(known[:_SAMPLE])) < UNIQUE * _SAMPLE:
        return False
    return len(np.unique(known)) > UNIQUE * len(known)


def _number(name: str, values: FloatArray, min_size: int, kind: Kind) -> Attribute | LeftOut:
    cuts = quantile_cuts(values, FINE_BINS)
    useless = unsuited(name, cuts, int(np.isnan(values).sum()), len(values), min_size)
    return useless or from_cuts(name, values, cuts, min_size=min_size, kind=kind)


def from_cuts(
    name: str, values: FloatArray, cuts: FloatArray, *, min_size: int, kind: Kind = Kind.NUMBER
) -> Attribute | LeftOut:
    """Code a number by given cut points."""
    codes = codes_of(values, cuts)
    counts = np.bincount(codes, minlength=len(cuts) + 2)
    found = numbered(name, cuts, counts, min_size=min_size, kind=kind)
    return replace(found, codes=codes) if isinstance(found, Attribute) else found


def numbered(
    name: str, cuts: FloatArray, counts: np.ndarray, *, min_size: int, kind: Kind = Kind.NUMBER
) -> Attribute | LeftOut:
    """The attribute that cut points make, without its codes.

    Parameters
    ----------
    name : str
    cuts : ndarray of float, shape (k,)
    counts : ndarray, shape (k + 2,)
        Rows in each bin, those without a value last.
    min_size : int
    kind : Kind
    """
    regular, n = len(cuts) + 1, int(counts.sum())
    has_missing = bool(counts[regular])
    largest = int(counts[:regular].max())
    if regular > 1 and n - largest < min_size and not has_missing:
        return LeftOut(column=name, reason="near_constant")
    coarse = np.arange(regular)
    if regular > OWN_BIN:
        coarse = merged(counts[:regular], coarse_bins(n, min_size))
    groups = int(coarse.max()) + 1
    if has_missing:
        coarse = np.append(coarse, groups)
    return Attribute(
        name=name, kind=kind, codes=NO_CODES, size=regular + has_missing, regular=regular, cuts=cuts,
        coarse=coarse, missing=regular if has_missing else None,
    )  # fmt: skip


def _two_sides(largest: int, n: int, min_size: int) -> bool:
    """Whether something of the smallest size exists beside the largest group."""
    return n - largest >= min_size and largest >= min_size


def _category(name: str, column: pa.ChunkedArray, min_size: int) -> Attribute | LeftOut:
    n = len(column)
    gone = missing(column)
    encoded = pc.dictionary_encode(column).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0)
    vocabulary = encoded.dictionary
    indices = pc.fill_null(encoded.indices, 0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    if not len(vocabulary) or gone.all():
        return LeftOut(column=name, reason="empty")
    counts = np.bincount(indices[~gone], minlength=len(vocabulary))
    present = int((counts > 0).sum())
    order = np.argsort(-counts, kind="stable")
    found = kept_values(name, counts[order], present, int(gone.sum()), n, min_size)
    if isinstance(found, LeftOut):
        return found
    return _coded(name, vocabulary, indices, gone, order[:found], present)


def kept_values(name: str, counts: np.ndarray, present: int, gone: int, n: int, min_size: int) -> int | LeftOut:
    """How many of the most frequent values are kept.

    Parameters
    ----------
    name : str
    counts : ndarray of int
        Rows of each value, descending; the first `MAX_VALUES` suffice.
    present, gone, n : int
        Distinct values, rows without one, rows.
    min_size : int
    """
    if gone == n:
        return LeftOut(column=name, reason="empty")
    if present > UNIQUE * (n - gone) and present > 50:
        return LeftOut(column=name, reason="identifier")
    kept = int((counts[:MAX_VALUES] >= min(min_size, n)).sum())
    if not kept:
        return LeftOut(column=name, reason="too_many_values", params={"values": present})
    if present == 1 and not gone:
        return LeftOut(column=name, reason="constant")
    if n - int(counts[0]) < min_size and not gone:
        return LeftOut(column=name, reason="near_constant")
    return kept


def _coded(
    name: str, vocabulary: pa.Array, indices: np.ndarray, gone: np.ndarray, kept: np.ndarray, present: int
) -> Attribute:
    found = valued(name, [vocabulary[int(i)].as_py() for i in kept], bool(gone.any()), present)
    lookup = np.full(len(vocabulary), 0 if found.other is None else found.other, dtype=np.uint8)
    lookup[kept] = np.arange(len(kept))
    codes = lookup[indices]
    if found.missing is not None:
        codes[gone] = found.missing
    return replace(found, codes=codes)


def valued(name: str, values: Sequence[Any], gone: bool, present: int) -> Attribute:
    """The attribute of some kept values of those present, without its codes."""
    regular = len(values)
    missing_code = regular if gone else None
    other_code = regular + gone if present > regular else None
    size = regular + gone + (other_code is not None)
    return Attribute(
        name=name, kind=Kind.CATEGORY, codes=NO_CODES, size=size, regular=regular, values=tuple(values),
        coarse=np.arange(size), missing=missing_code, other=other_code,
    )  # fmt: skip


def merge_coarse(attribute: Attribute, groups: int) -> Attribute:
    """The attribute with other coarse bins (for tests and for very many columns)."""
    if attribute.kind is Kind.CATEGORY:
        return attribute
    counts = np.bincount(attribute.codes, minlength=attribute.size)[: attribute.regular]
    coarse = merged(counts, groups)
    if attribute.missing is not None:
        coarse = np.append(coarse, int(coarse.max()) + 1)
    return replace(attribute, coarse=coarse)
