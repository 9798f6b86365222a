"""The confusion matrix: mistakes in colour, the diagonal in grey, empty cells left blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.palette import Theme, palette
from diagnostics.figures.template import plain, shorten, template
from diagnostics.figures.words import MatrixWords
from diagnostics.types import FloatArray

WRITTEN = 16
"""Up to so many classes the number stands in its cell."""

NAMED = 60
"""Up to so many classes every name stands at its row and column, and the diagonal is drawn."""

TICKS = 40
"""Names at an axis of a larger matrix."""

LEAST, MOST, WHOLE = 11, 40, 470
"""Height of a row in px, and of all rows together."""

MISTAKES = {
    "light": [[0, "#F9E8F1"], [0.25, "#E9B4D2"], [0.6, "#BE4C95"], [1, "#6B0F4F"]],
    "dark": [[0, "#33222E"], [0.25, "#6A2F58"], [0.6, "#BE5A9C"], [1, "#F7C9E6"]],
}
RIGHT = {"light": [[0, "#F3F2EF"], [1, "#C9CCD0"]], "dark": [[0, "#23272C"], [1, "#4A515A"]]}


def matrix(
    labels: Sequence[str],
    counts: FloatArray,
    values: FloatArray,
    words: MatrixWords,
    theme: Theme = "light",
    *,
    shares: bool,
) -> go.Figure:
    """Draw the matrix.

    Parameters
    ----------
    labels : sequence of str, length k
        In the order of rows (truth, from the top) and columns (predicted).
    counts : ndarray of float, shape (k, k)
        Rows of the file in each cell, or sums of their weights.
    values : ndarray of float, shape (k, k)
        What is coloured: the counts, or shares in [0, 1]; NaN where undefined.
    words : MatrixWords
    theme : {"light", "dark"}
    shares : bool
        Whether `values` are shares.

    Returns
    -------
    Figure
        A click on a cell reports the numbers of its column and row. Beyond `NAMED` classes the diagonal is left
        blank: it would hide the mistakes and double what is sent.

    Raises
    ------
    ValueError
        When shapes do not agree.
    """
    size = len(labels)
    if counts.shape != (size, size) or values.shape != (size, size):
        raise ValueError(f"{size} labels, counts {counts.shape}, values {values.shape}")
    right = np.eye(size, dtype=bool)
    shown = np.where(counts > 0, values, np.nan)
    names = [plain(label) for label in labels]
    layers = [_layer(np.where(right, np.nan, shown), counts, "coloraxis", names, words, shares=shares)]
    if size <= NAMED:
        layers.append(_layer(np.where(right, shown, np.nan), counts, "coloraxis2", names, words, shares=shares))
    return go.Figure({"data": layers, "layout": _layout(names, shown, right, words, theme, shares=shares)})


def _layer(
    layer: FloatArray, counts: FloatArray, axis: str, names: Sequence[str], words: MatrixWords, *, shares: bool
) -> dict[str, Any]:
    number = ",.0f" if np.array_equal(counts, np.round(counts)) else ",.2f"
    places = list(range(len(names)))
    found: dict[str, Any] = {
        "type": "heatmap", "x": places, "y": places, "z": layer.astype(np.float32), "coloraxis": axis, "xgap": 1,
        "ygap": 1, "hoverongaps": False,
    }  # fmt: skip
    if len(names) > NAMED:
        # Names of a million cells would weigh more than the cells: the axes lend theirs.
        value = "%{z:.1%}" if shares else f"%{{z:{number}}} {words.rows}"
        both = f"{words.truth}: %{{y}}<br>{words.predicted}: %{{x}}<br>"
        return found | {"xgap": 0, "ygap": 0, "hovertemplate": f"{both}{value}<extra></extra>"}
    # A hover template cannot look a name up by row, so both names are written into the text of each cell.
    found["text"] = [[f"{words.truth}: {true}<br>{words.predicted}: {guess}" for guess in names] for true in names]
    found["customdata"] = counts
    found["hovertemplate"] = (
        f"%{{text}}<br>%{{customdata:{number}}} {words.rows}"
        + (f" · %{{z:.1%}} {words.share}" if shares else "")
        + "<extra></extra>"
    )
    if len(names) <= WRITTEN:
        found |= {"texttemplate": "%{z:.0%}" if shares else f"%{{z:{number}}}", "textfont": {"size": 12}}
    return found


def _layout(
    names: Sequence[str], shown: FloatArray, right: np.ndarray[Any, np.dtype[np.bool_]], words: MatrixWords,
    theme: Theme, *, shares: bool,
) -> dict[str, Any]:  # fmt: skip
    size = len(names)
    wrong, good = shown[~right & np.isfinite(shown)], shown[right & np.isfinite(shown)]
    tilt = -90 if size > NAMED else -45 if size > 8 or max(map(len, names), default=0) > 12 else 0
    every = max(1, -(-size // TICKS)) if size > NAMED else 1
    ticks = {
        "tickvals": list(range(0, size, every)), "ticktext": [shorten(name, 18) for name in names[::every]],
        "showgrid": False, "showline": False, "constrain": "domain",
    }  # fmt: skip
    if size > NAMED:
        ticks["labelalias"] = {str(place): name for place, name in enumerate(names)}
    if size > WRITTEN:
        ticks["tickfont"] = {"size": 10}
    ends = [-0.5, size - 0.5]
    height = WHOLE if size > NAMED else min(max(size * min(max(WHOLE // max(size, 1), LEAST), MOST), 160), 720)
    return {
        "template": template(theme), "separators": words.separators, "uirevision": "matrix",
        "height": height + 130, "margin": {"l": 8, "r": 8, "t": 64, "b": 8}, "dragmode": "zoom" if size > 20 else False,
        "xaxis": ticks | {
            "title": {"text": words.predicted, "standoff": 16}, "side": "top", "tickangle": tilt, "range": ends,
        },
        "yaxis": ticks | {"title": {"text": words.truth}, "range": ends[::-1]},
        "coloraxis": {
            "colorscale": MISTAKES[theme], "cmin": 0, "cmax": float(wrong.max()) if len(wrong) else 1.0,
            "showscale": False,
        },
        "coloraxis2": {
            "colorscale": RIGHT[theme], "cmin": 0, "cmax": float(good.max()) if len(good) else 1.0, "showscale": False,
        },
        "hoverlabel": {"bordercolor": palette(theme).hairline},
    }  # fmt: skip
