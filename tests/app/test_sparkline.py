import math
import re
from xml.etree import ElementTree

from app.components.sparkline import HEIGHT, WIDTH, Line, svg


def shapes(picture: str, tag: str):
    return [element for element in ElementTree.fromstring(picture) if element.tag.endswith("}" + tag)]


def test_all_points_lie_inside_and_the_highest_is_at_the_top():
    picture = svg([Line(split="train", x=[0, 1, 2], y=[5.0, 1.0, 3.0])])
    points = [tuple(map(float, pair.split(","))) for pair in shapes(picture, "polyline")[0].get("points").split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points[0][1] < points[2][1] < points[1][1]


def test_gaps_are_not_joined():
    picture = svg([Line(split="train", x=[0, 1, 2, 3, 4], y=[1.0, 2.0, None, 3.0, 4.0])])
    assert len(shapes(picture, "polyline")) == 2


def test_a_single_point_is_a_dot():
    assert len(shapes(svg([Line(split="validation", x=[3], y=[1.0])]), "circle")) == 1


def test_nothing_finite_draws_nothing():
    assert svg([Line(split="train", x=[0, 1], y=[math.nan, math.inf])]) == ""
    assert svg([]) == ""


def test_the_mark_stands_at_its_place_with_a_dot_on_each_line():
    lines = [Line(split="train", x=[0, 10], y=[1.0, 0.0]), Line(split="validation", x=[0, 5, 10], y=[1.0, 0.5, 0.8])]
    picture = svg(lines, mark=5)
    marker = shapes(picture, "line")[0]
    assert float(marker.get("x1")) == WIDTH / 2
    assert len(shapes(picture, "circle")) == 2


def test_a_stretch_is_shaded_and_has_no_dots():
    picture = svg([Line(split="train", x=[0, 10], y=[1.0, 0.0])], mark=2, until=8)
    assert len(shapes(picture, "rect")) == 1
    assert not shapes(picture, "circle")


def test_a_mark_off_the_line_is_left_out():
    assert not shapes(svg([Line(split="train", x=[0, 10], y=[1.0, 0.0])], mark=50), "line")


def test_a_far_outlier_does_not_flatten_the_rest():
    values = [1.0 - i / 200 for i in range(100)]
    values[50] = 1e6
    picture = svg([Line(split="train", x=list(range(100)), y=values)])
    ys = [float(y) for _, y in re.findall(r"([\d.]+),([\d.]+)", shapes(picture, "polyline")[0].get("points"))]
    assert max(ys) - min(ys[:50]) > HEIGHT / 2


def test_the_picture_holds_no_text():
    picture = svg([Line(split="<script>", x=[0, 1], y=[0.0, 1.0])])
    assert "script" not in picture
