"""Pure functions on curves for drawing them: thin out, smooth, align, compare, group. Uses numpy, pandas and types."""

from diagnostics.curves.axes import available, best_axis, inside, origin, positions, repeated
from diagnostics.curves.best import Best, best, best_table
from diagnostics.curves.facets import Facet, Spread, Trace, View, ends, facets
from diagnostics.curves.gaps import Gap, gap
from diagnostics.curves.groups import Band, band
from diagnostics.curves.overview import Oddities, first_choice, metrics, oddities, role_of
from diagnostics.curves.places import Place, places
from diagnostics.curves.ranges import Range, fit
from diagnostics.curves.resampling import LIMIT, keep
from diagnostics.curves.smoothing import trailing

__all__ = [
    "LIMIT", "Band", "Best", "Facet", "Gap", "Oddities", "Place", "Range", "Spread", "Trace", "View", "available",
    "band", "best", "best_axis", "best_table", "ends", "facets", "first_choice", "fit", "gap", "inside", "keep",
    "metrics", "oddities", "origin", "places", "positions", "repeated", "role_of", "trailing",
]  # fmt: skip
