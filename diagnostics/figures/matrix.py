"""The confusion matrix: mistakes in colour, the diagonal in grey, empty cells left blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import plain, shorten, template
from diagnostics.figures.words import MatrixWords
from diagnostics.types import FloatArray, IntArray

WRITTEN = 16
"""Up to so many classes the number stands in its cell."""

NAMED = 60
"""Up to so many classes every name stands at its row and column."""

CELL = {"least": 11, "most": 52}
"""Height of a row in px."""

MISTAKES = {
    "light": [[0, "#F9E8F1"], [0.25, "#E9B4D2"], [0.6, "#BE4C95"], [1, "#6B0F4F"]],
    "dark": [[0, "#33222E"], [0.25, "#6A2F58"], [0.6, "#BE5A9C"], [1, "#F7C9E6"]],
}
RIGHT = {"light": [[0, "#F3F2EF"], [1, "#C4C7CB"]], "dark": [[0, "#23272C"], [1, "#4A515A"]]}


def matrix(
    labels: Sequence[str],
    counts: IntArray,
    values: FloatArray,
    words: MatrixWords,
    theme: Theme = "light",
    *,
    shares: bool,
    diagonal: bool = True,
) -> go.Figure:
    """Draw the matrix.

    Parameters
    ----------
    labels : sequence of str, length k
        In the order of rows (truth, from the top) and columns (predicted).
    counts : ndarray of int, shape (k, k)
        Rows of the file in each cell.
    values : ndarray of float, shape (k, k)
        What is coloured: the counts, or shares in [0, 1]; NaN where undefined.
    words : MatrixWords
    theme : {"light", "dark"}
    shares : bool
        Whether `values` are shares.
    diagonal : bool
        False where rows and columns are not the same classes one by one (blocks of many classes).

    Raises
    ------
    ValueError
        When shapes do not agree.
    """
    size = len(labels)
    if counts.shape != (size, size) or values.shape != (size, size):
        raise ValueError(f"{size} labels, counts {counts.shape}, values {values.shape}")
    right = np.eye(size, dtype=bool) if diagonal else np.zeros((size, size), dtype=bool)
    shown = np.where(counts > 0, values, np.nan)
    written = size <= WRITTEN
    names = [plain(label) for label in labels]
    extra = np.stack([counts.astype(float), values], axis=2)
    layers = []
    for mask, axis in ((~right, "coloraxis"), (right, "coloraxis2")):
        layer = np.where(mask, shown, np.nan)
        if np.isfinite(layer).any():
            layers.append(_layer(layer, axis, extra, names, words, theme, written=written, shares=shares))
    return go.Figure({"data": layers, "layout": _layout(names, shown, right, words, theme, shares=shares)})


def _layer(
    layer: FloatArray, axis: str, extra: FloatArray, names: Sequence[str], words: MatrixWords, theme: Theme, *,
    written: bool, shares: bool,
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "type": "heatmap", "z": layer, "coloraxis": axis, "customdata": extra, "hoverongaps": False,
        "xgap": 1, "ygap": 1,
        "x": list(range(len(names))), "y": list(range(len(names))),
        # A hover template cannot look a name up by row, so both names are written into the text of each cell.
        "text": [[f"{words.truth}: {truth}<br>{words.predicted}: {guess}" for guess in names] for truth in names],
        "hovertemplate": (
            f"%{{text}}<br>%{{customdata[0]:,d}} {words.rows}"
            + (" · %{customdata[1]:.1%} " + words.share if shares else "") + "<extra></extra>"
        ),
    }  # fmt: skip
    if written:
        found["texttemplate"] = "%{z:.0%}" if shares else "%{z:,d}"
        found["textfont"] = {"size": 12}
    return found


def _layout(
    names: Sequence[str], shown: FloatArray, right: np.ndarray[Any, np.dtype[np.bool_]], words: MatrixWords,
    theme: Theme, *, shares: bool,
) -> dict[str, Any]:  # fmt: skip
    size = len(names)
    cell = min(max(560 // max(size, 1), CELL["least"]), CELL["most"])
    wrong = shown[~right & np.isfinite(shown)]
    good = shown[right & np.isfinite(shown)]
    tilt = -45 if size > 8 else 0
    ticks: dict[str, Any] = {"tickmode": "auto", "nticks": 20}
    if size <= NAMED:
        ticks = {"tickvals": list(range(size)), "ticktext": [shorten(name, 18) for name in names]}
    axis = {"showgrid": False, "showline": False, "range": [-0.5, size - 0.5], "constrain": "domain"}
    return {
        "template": template(theme), "separators": words.separators,
        "height": min(max(cell * size, 220), 760) + 130, "margin": {"l": 8, "r": 8, "t": 64, "b": 8},
        "xaxis": axis | ticks | {"title": {"text": words.predicted}, "side": "top", "tickangle": tilt},
        "yaxis": axis | ticks | {"title": {"text": words.truth}, "range": [size - 0.5, -0.5]},
        "coloraxis": {
            "colorscale": MISTAKES[theme], "cmin": 0, "cmax": float(wrong.max()) if len(wrong) else 1.0,
            "colorbar": {
                "thickness": 10, "len": 0.5, "y": 1, "yanchor": "top", "outlinewidth": 0, "x": 1.01,
                "tickformat": ".0%" if shares else ",d", "nticks": 4, "tickfont": {"size": 11},
            },
        },
        "coloraxis2": {
            "colorscale": RIGHT[theme], "cmin": 0, "cmax": float(good.max()) if len(good) else 1.0, "showscale": False,
        },
        "hoverlabel": {"bordercolor": palette(theme).hairline},
    }  # fmt: skip
