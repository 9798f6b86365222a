"""Aggregates over stored predictions, as SQL; rows are fetched a page at a time and never as a whole table.

May use DuckDB, pyarrow, numpy and sqlglot; knows types only.
"""

from diagnostics.queries.calibration import answer_calibration, class_calibration
from diagnostics.queries.confusion import confusion
from diagnostics.queries.cutting import cut
from diagnostics.queries.engine import DuckDB, Engine, default_engine
from diagnostics.queries.expressions import outputs
from diagnostics.queries.identity import RowKeys, row_keys
from diagnostics.queries.multilabel import multilabel_counts
from diagnostics.queries.narrowing import restricted
from diagnostics.queries.ranking import group_ndcg
from diagnostics.queries.residuals import residual_histogram, residual_moments, residual_profile
from diagnostics.queries.restriction import restriction
from diagnostics.queries.rows import Answers, Quantities, answers, answers_in_parts, count, page, quantities
from diagnostics.queries.samples import probability_sample
from diagnostics.queries.scores import score_histogram, score_histograms
from diagnostics.queries.where import cell, clause

__all__ = [
    "Answers", "DuckDB", "Engine", "Quantities", "RowKeys", "answer_calibration", "answers", "answers_in_parts",
    "cell", "class_calibration", "clause", "confusion", "count", "cut", "default_engine", "group_ndcg",
    "multilabel_counts", "outputs",
    "page", "probability_sample", "quantities", "residual_histogram", "residual_moments", "residual_profile",
    "restricted", "restriction", "row_keys", "score_histogram", "score_histograms",
]  # fmt: skip
