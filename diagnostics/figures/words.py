"""The words a figure needs, handed in by whoever knows the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from diagnostics.types import Split


@dataclass(frozen=True, kw_only=True)
class CurveWords:
    """Words of the curves chart.

    Attributes
    ----------
    axis : str
        Title of the horizontal axis, with its unit.
    splits : mapping
    titles, hints : mapping of (metric, kind) to str
        Name of a facet and what is said beside it ("lower is better").
    marks : mapping of kind to str
    smoothed, mean : str
        For hovers; `mean` has "{n}" for the number of runs.
    separators : str
        Decimal and thousands sign, as plotly wants them.
    """

    axis: str
    splits: Mapping[Split | None, str]
    titles: Mapping[tuple[str, str], str]
    hints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    smoothed: str = "smoothed"
    mean: str = "mean of {n}"
    separators: str = ".,"


@dataclass(frozen=True, kw_only=True)
class MatrixWords:
    """Words of the confusion matrix."""

    truth: str
    predicted: str
    rows: str
    share: str
    separators: str = ".,"


@dataclass(frozen=True, kw_only=True)
class PerClassWords:
    """Words of the per-class chart; `metric` is the axis title."""

    metric: str
    rows: str
    interval: str
    undefined: str
    overall: str = ""
    separators: str = ".,"
