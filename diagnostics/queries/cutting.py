"""Rows on one side of a threshold, by what is true of them."""

from __future__ import annotations

from diagnostics.queries.engine import Engine, literal, quote
from diagnostics.queries.scores import score_column
from diagnostics.queries.where import cell
from diagnostics.types import Predictions


def in_group(predictions: Predictions, group: str) -> str:
    """SQL condition of the rows of one group of a ranking, told by its text as lists show it."""
    return f"CAST({quote(predictions.roles.query or '')} AS VARCHAR) = {literal(group)}"


def cut(
    predictions: Predictions, label: str | None, threshold: float, *, true: bool, answered: bool,
    engine: Engine | None = None,
) -> str:  # fmt: skip
    """SQL condition of the rows that are (or are not) of a class and are (or are not) answered so at a threshold.

    Parameters
    ----------
    label : str or None
        Class; None for the positive one of a binary set.
    threshold : float
        A score of at least this is answered yes.

    Raises
    ------
    NeedsAnswer
        No score is stored for the class.
    """
    column, name = score_column(predictions, label)
    own = cell(predictions, name, None, engine)
    truth = own if true else f"NOT ({own}) AND {quote(predictions.roles.truth or '')} IS NOT NULL"
    side = ">=" if answered else "<"
    return f"({truth}) AND isfinite({quote(column)}) AND {quote(column)} {side} {literal(threshold)}"
