"""Figures of explanations: what is drawn where, what a click finds, nothing from a file as markup."""

import json

import numpy as np
import pytest

from diagnostics.explanations.tree_shape import Node
from diagnostics.figures import explanations, explanations_features, explanations_network, explanations_tree, swarm
from diagnostics.figures.axes import AxisWords

WORDS = AxisWords(x="x", y="y", names={"base": "expected", "answer": "row", "rest": "{n} others"})


def test_a_waterfall_leads_from_the_base_to_the_answer():
    figure = explanations.waterfall(["a = 1", "b = 2"], np.array([0.5, -0.2]), 1.0, WORDS, rest=0.1, rest_count=3)
    bars = figure.data[0]
    assert list(bars.base) == pytest.approx([1.0, 1.5, 1.3])
    assert list(bars.x) == pytest.approx([0.5, -0.2, 0.1])
    assert list(figure.data[-1].x) == pytest.approx([1.0, 1.4])
    assert figure.layout.yaxis.ticktext == ("expected", "a = 1", "b = 2", "3 others", "row")


def test_forces_meet_at_the_answer():
    values = np.array([0.5, -0.2, 0.1])
    figure = explanations.force(["a", "b", "c"], values, 1.0, WORDS)
    spans = [(bar.base[0], bar.base[0] + bar.x[0]) for bar in figure.data]
    up, down = [s for s in spans if s[1] <= 1.4 + 1e-9], [s for s in spans if s[0] >= 1.4 - 1e-9]
    assert max(s[1] for s in up) == pytest.approx(1.4) and min(s[0] for s in down) == pytest.approx(1.4)
    assert min(s[0] for s in up) == pytest.approx(1.4 - 0.6) and max(s[1] for s in down) == pytest.approx(1.6)


def test_a_click_finds_the_dot_it_was_on_and_every_row_has_its_dot():
    generator = np.random.default_rng(0)
    values, rows = generator.normal(size=(900, 3)) * [1.0, 0.1, 0.0], generator.normal(size=(900, 3))
    dots = swarm.Dots.of(values, rows)
    assert [int(dots.count[dots.line == line].sum()) for line in range(3)] == [900, 900, 900]
    for dot in range(0, len(dots.x), 7):
        row = dots.nearest(float(dots.x[dot]), float(dots.y[dot]))
        assert row is not None and values[row, dots.line[dot]] == pytest.approx(dots.x[dot], abs=np.ptp(values) / 120)
    assert dots.nearest(0.0, 9.0) is None
    assert np.abs(dots.y - dots.line).max() <= swarm.REACH + 1e-12
    assert len(dots.x) < 900 and (dots.line == 2).sum() <= swarm.LANES


def test_few_rows_have_a_dot_each_and_none_has_no_dot():
    values = np.linspace(0, 1, 40)[:, None]
    dots = swarm.Dots.of(values, values)
    assert (dots.count == 1).all() and sorted(dots.row) == list(range(40))
    assert len(swarm.Dots.of(np.zeros((0, 2)), np.zeros((0, 2))).x) == 0


def test_a_swarm_is_as_high_as_its_rows_are_dense_and_low_values_lie_under_high_ones():
    values = np.repeat([0.0, 0.5, 1.0], [700, 350, 70])[:, None]
    dots = swarm.Dots.of(values, np.random.default_rng(1).normal(size=(1120, 1)))
    heights = [int((dots.x == at).sum()) for at in (0.0, 0.5, 1.0)]
    assert heights == [7, 4, 1]
    densest = np.flatnonzero(dots.x == 0.0)
    lowest_first = densest[np.argsort(-dots.y[densest])]
    assert (np.diff(dots.tint[lowest_first]) > 0).all()


def test_hostile_names_stay_letters():
    names = ["<b>x</b>", "%{x}"]
    dots = swarm.Dots.of(np.ones((3, 2)), np.ones((3, 2)))
    drawn = swarm.swarm(names, dots, lambda row, line: "<i>", WORDS, lit=np.ones(2))
    bars = explanations.importance(names, np.ones(2), WORDS, "dark", low=np.zeros(2), high=np.ones(2))
    for figure in (drawn, bars, explanations.heatmap(names, np.ones((4, 2)), WORDS)):
        said = json.dumps(figure.to_plotly_json(), default=str)
        assert "<b>x" not in said and "<i>" not in said


def test_two_explanations_share_their_features():
    figure = explanations_features.side_by_side(
        ["a", "b"], np.array([1.0, -1.0]), np.array([0.1, 0.2]), WORDS, low=np.zeros(2), high=np.ones(2), marked=["b"]
    )
    assert figure.layout.yaxis.ticktext == ("a", "≠ b")
    assert [trace.xaxis for trace in figure.data] == ["x", "x2"]


def test_the_path_in_a_tree_is_thicker():
    def node(number, parent, depth, x, feature=""):
        return Node(number=number, parent=parent, depth=depth, x=x, feature=feature, threshold=1.0, left_texts=(),
                    value=float(number), share=0.5, n=5, cut=False)  # fmt: skip

    boxes = [node(0, -1, 0, 0.5, "age"), node(1, 0, 1, 0.0), node(2, 0, 1, 1.0)]
    figure = explanations_tree.tree(boxes, WORDS, lit={0, 2})
    widths = [trace.line.width for trace in figure.data if trace.mode == "lines"]
    assert widths[1] > widths[0]
    assert "age ≤ 1" in figure.layout.annotations[0].text


def test_branches_stand_side_by_side_below_their_source():
    at = explanations_network.places(["in", "l", "r", "out"], [("in", "l"), ("in", "r"), ("l", "out"), ("r", "out")])
    assert [at[name][1] for name in ("in", "l", "r", "out")] == [0, 1, 1, 2]
    assert at["l"][0] == -at["r"][0] != 0
    assert at["out"][0] == pytest.approx(0.0)


def test_a_line_that_passes_layers_by_bends_around_them():
    straight, _ = explanations_network.line((0.0, 0), (0.0, 1))
    bent, down = explanations_network.line((0.0, 0), (0.0, 3))
    assert straight == [0.0, 0.0]
    assert bent[0] == bent[-1] == 0.0 and max(bent) > 0.25 and (down[0], down[-1]) == (0.0, -3.0)
