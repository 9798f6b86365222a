"""Figures of slices: what is drawn, in which place and colour, and that texts from files stay letters."""

import numpy as np
import pytest

from diagnostics.figures.palette import palette
from diagnostics.figures.slices import SliceRow, SliceWords, forest
from diagnostics.figures.slices_grid import grid
from diagnostics.figures.slices_tree import Branch, tree
from diagnostics.types import MetricValue

WORDS = SliceWords(
    metric="Accuracy", overall="all rows", rows="rows", interval="95 %:", small="too few rows", worse="worse",
    better="better", separators=",.",
)  # fmt: skip


def measured(value, n=100, spread=0.1):
    if value is None:
        return MetricValue(name="accuracy", value=None, n=n, reason="too_few_rows", greater_is_better=True)
    return MetricValue(
        name="accuracy", value=value, n=n, low=value - spread, high=value + spread, greater_is_better=True
    )  # fmt: skip


ROWS = [
    SliceRow(name="camera = night", value=measured(0.5, 400), worse=True),
    SliceRow(name="camera = day", value=measured(0.9, 100), worse=False, chosen=True),
    SliceRow(name="site = x", value=measured(None, 7), worse=None),
    SliceRow(name="site = y", value=measured(0.8, 50), worse=None),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_direction_is_told_by_colour_and_by_shape(theme):
    figure = forest(ROWS, WORDS, theme, overall=0.8)
    worse, better, unclear = figure.data
    assert (worse.marker.color, worse.marker.symbol) == (palette(theme).worse, "triangle-down")
    assert (better.marker.color, better.marker.symbol) == (palette(theme).better, "triangle-up")
    assert unclear.marker.symbol == "circle"
    assert [list(trace.y) for trace in figure.data] == [[0], [1], [3]]


def test_the_area_of_a_dot_follows_its_rows_and_whiskers_are_the_interval():
    figure = forest(ROWS, WORDS, overall=0.8)
    sizes = {trace.y[0]: trace.marker.size[0] for trace in figure.data}
    assert sizes[0] > sizes[1] > sizes[3]
    assert figure.data[0].error_x.array[0] == pytest.approx(0.1)
    assert figure.data[0].error_x.arrayminus[0] == pytest.approx(0.1)


def test_all_rows_are_a_line_and_a_small_slice_has_its_n_and_no_dot():
    figure = forest(ROWS, WORDS, overall=0.8)
    assert [shape.x0 for shape in figure.layout.shapes] == [0.8]
    drawn = [place for trace in figure.data for place in trace.y]
    assert 2 not in drawn
    small = next(note for note in figure.layout.annotations if "site = x" in note.text)
    assert "n = 7 · too few rows" in small.text
    assert small.font.color == palette("light").muted


def test_the_active_slice_stands_out():
    texts = [note.text for note in forest(ROWS, WORDS).layout.annotations]
    assert [("<b>" in text) for text in texts] == [False, True, False, False]


def test_nothing_to_draw_is_still_a_figure():
    assert not forest([], WORDS, overall=0.5).data


def test_names_from_files_stay_letters():
    hostile = SliceRow(name="<a href=x>{y}", value=measured(0.5), worse=True)
    spec = forest([hostile], WORDS).to_json()
    assert "<a href" not in spec
    assert "{y}" not in spec


def test_the_middle_of_the_heatmap_is_all_rows_and_worse_is_orange():
    values = [measured(0.5), measured(0.8), measured(None, 3), measured(0.9)]
    figure = grid(["a", "b"], ["c", "d"], values, WORDS, "light", overall=0.8)
    layer = figure.data[1]
    assert np.isnan(layer.z[1][0])
    assert layer.zmid == 0.8
    assert layer.colorscale[0][1] == palette("light").worse
    assert layer.colorscale[-1][1] == palette("light").better
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["0,5", "0,8", "n = 3", "0,9"]
    lower = [MetricValue(name="mae", value=v, n=9, greater_is_better=False) for v in (1.0, 2.0)]
    assert grid(["a"], ["c", "d"], lower, WORDS, overall=1.5).data[1].colorscale[0][1] == palette("light").better


def test_a_heatmap_with_one_value_or_none_does_not_divide_by_zero():
    assert grid(["a"], ["b"], [measured(0.8)], WORDS, overall=0.8).data
    assert grid(["a"], ["b"], [measured(None)], WORDS, overall=0.8).data
    with pytest.raises(ValueError, match="cells"):
        grid(["a"], ["b", "c"], [measured(0.8)], WORDS, overall=0.8)


def test_the_tree_joins_children_to_their_parents():
    branches = [
        Branch(name="all rows", told="0.8", value=measured(0.8, 500), worse=None, depth=0, parent=None),
        Branch(name="night", told="0.5", value=measured(0.5, 100), worse=True, depth=1, parent=0),
        Branch(name="old", told="0.3", value=measured(0.3, 50), worse=True, depth=2, parent=1, chosen=True),
        Branch(name="day", told="0.9", value=measured(0.9, 400), worse=False, depth=1, parent=0),
    ]
    figure = tree(branches, WORDS)
    assert list(figure.data[0].y) == [0, 1, 2, 3]
    assert figure.data[0].marker.symbol == ("circle", "triangle-down", "triangle-down", "triangle-up")
    assert len(figure.layout.shapes) == 3
    assert figure.data[0].x[2] > figure.data[0].x[1] > figure.data[0].x[0]
    assert "<b>old</b>" in figure.layout.annotations[2].text
