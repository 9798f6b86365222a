"""Pure Plotly builders: values in, Figure out; the only room of the engine that imports plotly.

Sees types and results (facets, places, counts) only. Every word is handed in, so that no language lives here, and
every figure takes a theme, "light" or "dark".
"""

from diagnostics.figures.curves import curves
from diagnostics.figures.legend import KeyEntry, KeyLine, key
from diagnostics.figures.matrix import matrix
from diagnostics.figures.per_class import per_class
from diagnostics.figures.words import CurveWords, MatrixWords, PerClassWords

__all__ = ["CurveWords", "KeyEntry", "KeyLine", "MatrixWords", "PerClassWords", "curves", "key", "matrix", "per_class"]
