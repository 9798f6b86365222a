"""A prediction set narrowed to a slice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from diagnostics.queries.engine import Engine
from diagnostics.queries.restriction import restriction
from diagnostics.queries.rows import count
from diagnostics.types import Condition, Predictions


def restricted(predictions: Predictions, predicate: Sequence[Condition], engine: Engine | None = None) -> Predictions:
    """The set narrowed to a slice: every query on it, and every number from it, sees these rows only.

    Parameters
    ----------
    predictions : Predictions
    predicate : sequence of Condition
        Added to what the set is narrowed to already.

    Returns
    -------
    Predictions
        With a digest of its own and the number of rows of the slice, which may be 0.

    Raises
    ------
    KeyError, ValueError
        As `restriction`.
    """
    if not predicate:
        return predictions
    both = (*predictions.predicate, *predicate)
    restriction(predictions, both)
    mark = hashlib.sha256(repr([(c.column, c.op, c.value) for c in both]).encode()).hexdigest()[:12]
    narrowed = replace(predictions, predicate=both, digest=f"{predictions.digest}@{mark}")
    return replace(narrowed, n_rows=count(narrowed, engine=engine))
