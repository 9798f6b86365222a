import json

import numpy as np
import pytest

from diagnostics.figures.axes import AxisWords, Line, line_key
from diagnostics.figures.calibration import calibration
from diagnostics.figures.histograms import histogram
from diagnostics.figures.histograms_share import concentration
from diagnostics.figures.matrix_difference import matrix_difference
from diagnostics.figures.ranking import scores
from diagnostics.figures.residuals import by_group, quantiles, residuals
from diagnostics.figures.roc import against_threshold, precision_recall, roc
from diagnostics.types import CalibrationBins, MetricValue

WORDS = AxisWords(x="x <b>", y="y", names={"guess": "guessing", "prevalence": "prevalence 10 %", "rows": "rows"})
RAMP = np.linspace(0, 1, 11)


def test_the_point_stands_on_both_curves_and_prevalence_is_a_line():
    line = Line(name="one", x=RAMP, y=RAMP**0.5)
    figure = roc([line], WORDS, point=(0.2, 0.4))
    assert (figure.data[-1].x, figure.data[-1].y) == ((0.2,), (0.4,))
    assert figure.data[0].line.dash == "dot"
    pr = precision_recall([line], WORDS, prevalence=0.1)
    assert pr.layout.shapes[0].y0 == 0.1
    assert len(pr.data) == 1


def test_lines_differ_by_dash_as_well_as_colour_and_faint_ones_have_no_key():
    lines = [Line(name=f"class {i}", x=RAMP, y=RAMP, faint=i == 2) for i in range(3)]
    figure = roc(lines, WORDS)
    assert figure.data[1].line.dash != figure.data[2].line.dash
    assert [entry.run for entry in line_key(lines, "light")] == ["class 0", "class 1"]
    assert line_key(lines[:1], "dark") == ()


def test_the_best_threshold_is_a_band():
    figure = against_threshold([Line(name="F1", x=RAMP, y=RAMP)], WORDS, threshold=0.5, best=(0.2, 0.3, 0.4))
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(0.2, 0.4), (0.3, 0.3), (0.5, 0.5)]


def test_calibration_has_an_interval_at_every_bin_and_stands_empty_bins():
    bins = CalibrationBins(count=np.array([10.0, 40.0]), confidence=np.array([0.2, 0.8]), low=RAMP[:2], high=RAMP[:2],
                           observed=np.array([0.1, 0.9]))  # fmt: skip
    figure = calibration(bins, np.array([0.05, 0.8]), np.array([0.3, 0.95]), WORDS)
    np.testing.assert_allclose(figure.data[1].error_y.array, [0.2, 0.05])
    assert figure.data[1].marker.size[0] < figure.data[1].marker.size[1]
    empty = CalibrationBins(count=RAMP[:0], confidence=RAMP[:0], observed=RAMP[:0], low=RAMP[:0], high=RAMP[:0])
    assert len(calibration(empty, RAMP[:0], RAMP[:0], WORDS).data) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_two_groups_lie_over_each_other_with_a_legend(theme):
    figure = histogram(RAMP, [("a", RAMP[:10]), ("b", RAMP[1:])], WORDS, theme, shares=True, at=0.5)
    assert figure.layout.barmode == "overlay"
    assert figure.layout.showlegend
    assert len(figure.layout.shapes) == 1


def test_many_rows_become_counts_and_few_stay_dots():
    dots = residuals(RAMP, RAMP, WORDS, row=np.arange(11.0))
    assert dots.data[0].customdata[0] == 1
    cells = residuals(RAMP[:3], RAMP[:2], WORDS, count=np.array([[0.0, 1, 10], [2, 0, 0]]), middle=RAMP[:2],
                      mean=RAMP[:2], half=RAMP[:2])  # fmt: skip
    assert cells.data[0].type == "heatmap"
    assert np.isnan(cells.data[0].z[0][0])
    assert cells.data[0].z[0][2] == 1
    assert len(cells.data) == 2


def test_the_normal_line_goes_through_the_quartiles():
    normal = np.linspace(-3, 3, 61)
    found = 2 + 0.5 * normal
    found[-1] = 100.0
    line = quantiles(normal, found, WORDS).data[0]
    np.testing.assert_allclose(line.y, [0.5, 3.5], atol=1e-6)


def test_groups_and_depths_keep_their_order():
    figure = by_group(["b", "a"], np.array([1.0, -1]), np.array([0.1, 0.2]), np.array([5.0, 9]), WORDS)
    assert figure.layout.yaxis.ticktext == ("b", "a")
    rows = [("@1", MetricValue(name="ndcg", value=0.5, low=0.4, high=0.7, n=9)),
            ("@3", MetricValue(name="ndcg", value=None, n=0, reason="no_rows"))]  # fmt: skip
    depths = scores(rows, WORDS)
    assert depths.layout.xaxis.ticktext == ("@1", "@3")
    assert len(depths.data[0].x) == 1


def test_better_is_blue_for_right_answers_and_for_fewer_mistakes():
    delta = np.array([[0.2, -0.2], [0.1, -0.1]])
    figure = matrix_difference(["a", "b"], delta, WORDS)
    assert (np.sign(figure.data[0].z) == [[1, 1], [-1, -1]]).all()


def test_names_from_files_stay_letters():
    line = Line(name="<img src=x>%{z}", x=RAMP, y=RAMP)
    told = [roc([line], WORDS), against_threshold([line], WORDS), concentration(RAMP, RAMP, WORDS)]
    assert all("<img" not in json.dumps(figure.to_dict(), default=str) for figure in told)
    assert "<b>" not in json.dumps(told[2].to_dict(), default=str)
