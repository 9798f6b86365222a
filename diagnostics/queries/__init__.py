"""Aggregates over stored predictions, as SQL; rows are fetched a page at a time and never as a whole table.

May use DuckDB, pyarrow, numpy and sqlglot; knows types only.
"""

from diagnostics.queries.confusion import confusion
from diagnostics.queries.engine import DuckDB, Engine, default_engine
from diagnostics.queries.expressions import outputs
from diagnostics.queries.rows import Answers, Quantities, answers, count, page, quantities
from diagnostics.queries.where import cell, clause

__all__ = [
    "Answers",
    "DuckDB",
    "Engine",
    "Quantities",
    "answers",
    "cell",
    "clause",
    "confusion",
    "count",
    "default_engine",
    "outputs",
    "page",
    "quantities",
]
