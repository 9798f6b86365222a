"""Confidence against what happened, with the diagonal and an interval at every bin."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from diagnostics.figures.axes import AxisWords, frame, hue, note
from diagnostics.figures.palette import Theme, palette
from diagnostics.types import CalibrationBins, FloatArray


def calibration(
    bins: CalibrationBins, low: FloatArray, high: FloatArray, words: AxisWords, theme: Theme = "light"
) -> go.Figure:
    """Draw the reliability diagram.

    Parameters
    ----------
    bins : CalibrationBins
    low, high : ndarray of float, shape (b,)
        95 % interval of the observed share in each bin.
    words : AxisWords
        Names: "perfect", "rows", "interval", "too_sure", "too_timid".
    """
    colours, colour = palette(theme), hue(0, theme)
    figure = frame(words, theme, 380)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip", line={"color": colours.muted, "width": 1, "dash": "dot"}
    )
    note(figure, words.names.get("perfect", ""), theme, x=0.3, y=0.36, textangle=-36)
    if len(bins.count):
        size = 6 + 12 * np.sqrt(bins.count / bins.count.max())
        figure.add_scatter(
            x=bins.confidence, y=bins.observed, mode="lines+markers", name="",
            line={"color": colour, "width": 1.4}, marker={"size": size, "color": colour, "line": {"width": 0}},
            error_y={
                "type": "data", "symmetric": False, "array": np.maximum(high - bins.observed, 0),
                "arrayminus": np.maximum(bins.observed - low, 0), "color": colours.muted, "thickness": 1.2, "width": 3,
            },
            customdata=np.stack([low, high, bins.count], axis=1),
            hovertemplate=(
                f"{words.name(words.x)} %{{x:.3f}}<br>{words.name(words.y)} %{{y:.3f}}<br>"
                f"{words.name('interval')} %{{customdata[0]:.3f}} – %{{customdata[1]:.3f}}<br>"
                f"%{{customdata[2]:,.0f}} {words.name('rows')}<extra></extra>"
            ),
        )  # fmt: skip
    unit = {"range": [-0.02, 1.02], "tickformat": ".1f", "dtick": 0.2, "showgrid": True}
    figure.update_xaxes(**unit)
    figure.update_yaxes(**unit)
    note(figure, words.names.get("too_timid", ""), theme, x=0.02, y=0.98, xanchor="left", yanchor="top")
    note(figure, words.names.get("too_sure", ""), theme, x=0.98, y=0.02, xanchor="right", yanchor="bottom")
    return figure
