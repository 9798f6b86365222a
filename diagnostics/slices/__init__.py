"""Define, measure, search and test subgroups of a prediction set.

`search` finds what is worse than chance explains; `overview` and `grid` measure all values of one or two columns;
`mask`, `values_of`, `ranges`, `crossed` and `measure` are for slices
that somebody defines; `Measurements` measures them by any registered metric; `search_by` searches by a ranking metric,
`contrast` where two models differ most, `error_tree` shows the errors as a tree.

May use numpy and pyarrow, and inside functions scipy and scikit-learn; knows types, metrics and queries only.
"""

from diagnostics.slices.by_metric import Measurements, search_by
from diagnostics.slices.contrast import Contrast, contrast
from diagnostics.slices.counting import Cancelled
from diagnostics.slices.definitions import crossed, measure, ranges, unit_mask, values_of
from diagnostics.slices.disagreement import Disagreement, disagreement
from diagnostics.slices.finding import search
from diagnostics.slices.losses import outcome_of
from diagnostics.slices.outcome import Outcome
from diagnostics.slices.overview import Overview, grid, overview
from diagnostics.slices.predicates import mask
from diagnostics.slices.table import Table
from diagnostics.slices.telling import SearchResult
from diagnostics.slices.tree import Node, error_tree

__all__ = [
    "Cancelled",
    "Contrast",
    "Disagreement",
    "Measurements",
    "Node",
    "Outcome",
    "Overview",
    "SearchResult",
    "Table",
    "contrast",
    "crossed",
    "disagreement",
    "error_tree",
    "grid",
    "mask",
    "measure",
    "outcome_of",
    "overview",
    "ranges",
    "search",
    "search_by",
    "unit_mask",
    "values_of",
]
