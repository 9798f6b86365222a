"""Histograms: bars that are few are seen."""

import numpy as np

from diagnostics.figures.axes import AxisWords
from diagnostics.figures.histograms import histogram


def test_on_a_logarithmic_axis_the_smallest_bar_has_a_height():
    words = AxisWords(x="loss", y="rows")
    figure = histogram(np.array([0.0, 0.5, 1.0]), [("rows", np.array([36.0, 24.0]))], words, logarithmic=True)
    low, high = 10.0 ** np.array(figure.layout.yaxis.range)
    assert figure.layout.yaxis.type == "log"
    assert low < 1 and high > 36
