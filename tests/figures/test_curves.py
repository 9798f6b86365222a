import json

import numpy as np
import pytest

from diagnostics import figures
from diagnostics.curves import Place, View, facets
from diagnostics.figures.marks import _apart
from diagnostics.figures.ticks import duration, time_ticks
from diagnostics.types import Axis, Severity, Split
from tests.curves.builders import TRAIN, VALIDATION, curve, run

WORDS = figures.CurveWords(
    axis="epoch", splits={Split.TRAIN: "training", Split.VALIDATION: "validation", Split.TEST: "test", None: ""},
    titles={("loss", "values"): "Loss"}, marks={"turning_point": "turns", "restart": "restart"},
)  # fmt: skip


def pair(name="a", values=None):
    values = np.linspace(2, 1, 60) if values is None else np.asarray(values, dtype=float)
    x = np.arange(len(values), dtype=float)
    return run(name, curve(values, TRAIN, epoch=x), curve(values + 0.5, VALIDATION, epoch=x))


def draw(runs, *, places=(), theme="light", **options):
    view = View(axis=Axis.EPOCH, metrics=("loss",), **options)
    return figures.curves(facets(runs, view), places, view, WORDS, theme)


def lines(figure):
    return [trace for trace in figure.data if trace.mode in ("lines", "lines+markers") and trace.x[0] is not None]


def test_splits_keep_their_colour_and_are_named_at_their_ends():
    figure = draw([pair()])
    assert [line.line.color for line in lines(figure)] == ["#0072B2", "#D55E00"]
    ends = [note.text for note in figure.layout.annotations if note.name == "end-label"]
    assert ends == ["training", "validation"]
    assert not figure.layout.showlegend


def test_twenty_runs_all_look_different():
    figure = draw([pair(str(i)) for i in range(20)])
    looks = {(line.line.color, line.line.dash) for line in lines(figure)}
    assert len(looks) == 40
    assert not [note for note in figure.layout.annotations if note.name == "end-label"]


def test_raw_points_stay_faint_under_the_smoothed_line():
    raw, smooth = lines(draw([run("a", curve(np.random.default_rng(0).normal(size=50)))], smoothing=0.8))
    assert raw.opacity < 0.5
    assert smooth.opacity == 1
    assert len(raw.y) == len(smooth.y) == 50


def test_restarts_are_never_joined():
    broken = run("a", curve([3, 2, 2.5, 1], epoch=[0, 1, 1, 2], segment=[0, 0, 1, 1]))
    line = lines(draw([broken]))[0]
    assert np.isnan(line.y[2])
    assert [*line.y[:2], *line.y[3:]] == [3, 2, 2.5, 1]


def test_what_has_no_value_is_marked_at_the_edge():
    values = [2, np.nan, np.inf, 1, -np.inf, 0.5]
    figure = draw([run("a", curve(values))])
    edges = {
        trace.meta["edge"]: (list(trace.x), trace.yaxis) for trace in figure.data if (trace.meta or {}).get("edge")
    }
    assert edges == {"nan": ([1], "y101"), "above": ([2], "y101"), "below": ([4], "y101")}
    assert figure.layout.yaxis101.range == (0, 1)


def test_clipped_points_are_marked_and_the_full_range_shows_them():
    values = np.linspace(2, 1, 60)
    values[30] = 1e5
    cut, full = draw([pair(values=values)]), draw([pair(values=values)], clip=False)
    assert cut.layout.yaxis.range[1] < 10
    assert [t.x[0] for t in cut.data if (t.meta or {}).get("edge") == "above"] == [30, 30]
    assert full.layout.yaxis.range[1] > 1e5
    assert not [t for t in full.data if (t.meta or {}).get("edge")]


def test_a_log_axis_breaks_at_zero_and_marks_it():
    figure = draw([run("a", curve([1, 0, 0.1, 10]))], log_y=True)
    assert np.isnan(lines(figure)[0].y[1])
    assert [list(t.x) for t in figure.data if (t.meta or {}).get("edge") == "unshown"] == [[1]]
    assert figure.layout.yaxis.type == "log"


def test_marks_carry_the_number_of_their_finding_and_their_word():
    place = Place(
        kind="turning_point", metric="loss", split=VALIDATION, run="a", number=0, start=12, value=1.7, finding=0,
        severity=Severity.HIGH,
    )  # fmt: skip
    figure = draw([pair()], places=[place])
    assert [(shape.name, shape.x0) for shape in figure.layout.shapes] == [("mark:0", 12)]
    assert "<b>1</b> turns" in [note.text for note in figure.layout.annotations]
    rings = [trace for trace in figure.data if trace.mode == "markers" and trace.marker.symbol == "circle-open"]
    assert [(ring.x[0], ring.y[0]) for ring in rings] == [(12, 1.7)]


def test_labels_stand_at_their_line_on_a_log_axis_too():
    place = Place(kind="restart", metric="loss", split=None, run="a", number=0, start=10)
    figure = draw([pair()], places=[place], log_x=True)
    label = next(note for note in figure.layout.annotations if note.text == "restart")
    assert (figure.layout.shapes[0].x0, label.x) == (10, 1)


def test_very_many_marks_wait_until_they_are_lit():
    places = [
        Place(kind="best", metric="loss", split=None, run="a", number=0, start=i, finding=i) for i in range(30)
    ]  # fmt: skip
    figure = draw([pair()], places=places)
    assert {shape.opacity for shape in figure.layout.shapes} == {0}


def test_names_from_files_are_shown_as_letters():
    figure = draw([pair("<a href='x'>%{y}</a>"), pair("b")])
    assert "<a" not in figure.to_json()
    assert "%{y}<" not in json.dumps([trace.name for trace in figure.data])


def test_seeds_are_a_mean_with_a_band_and_faint_runs():
    seeds = [run(str(i), curve(np.linspace(2, 1, 60) + i, TRAIN), group="g") for i in range(3)]
    figure = draw(seeds, grouped=True)
    area = [trace for trace in figure.data if trace.fill == "toself"]
    assert len(area) == 1
    assert {trace.opacity for trace in lines(figure) if trace.meta["run"]} == {0.28}


def test_a_lonely_point_between_gaps_is_still_seen():
    values = np.full(100, np.nan)
    values[50] = 1.0
    figure = draw([run("a", curve(values))])
    assert [list(t.x) for t in figure.data if t.mode == "markers" and not t.meta.get("edge")] == [[50]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_theme_has_its_own_ink(theme):
    ink = {"light": "#1F2328", "dark": "#E8E6E1"}[theme]
    assert draw([pair()], theme=theme).layout.template.layout.font.color == ink


def test_the_window_is_the_axis():
    assert draw([pair()], window=(10, 20)).layout.xaxis.range == (10, 20)


def test_the_key_names_every_run_with_its_lines():
    view = View(axis=Axis.EPOCH, metrics=("loss",))
    entries = figures.key(facets([pair("a"), pair("b")], view), WORDS, "light")
    assert [(entry.run, [line.label for line in entry.lines]) for entry in entries] == [
        ("a", ["training", "validation"]), ("b", ["training", "validation"]),
    ]  # fmt: skip


def test_labels_keep_their_distance_and_their_order():
    placed = _apart([10, 11, 12, 100], 15)
    assert np.diff(placed).min() >= 15 - 1e-9
    assert placed[3] == 100
    assert np.mean(placed[:3]) == pytest.approx(11)


@pytest.mark.parametrize(
    ("high", "first", "last"), [(100, "0 s", "100 s"), (3 * 3600, "0 min", "180 min"), (3 * 86400, "0 h", "72 h")]
)
def test_durations_have_round_ticks(high, first, last):
    ticks = time_ticks(0, high)
    assert ticks["ticktext"][0] == first
    assert ticks["ticktext"][-1] == last
    assert len(ticks["tickvals"]) <= 9


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2.25, "2.25 s"), (65, "1 min 5 s"), (3599.7, "60 min"), (11_532.4, "3 h 12 min"), (190_000, "2 d 5 h"),
     (np.nan, "")],
)  # fmt: skip
def test_durations_are_told_in_their_two_largest_units(seconds, told):
    assert duration(seconds) == told


def test_hovering_over_time_tells_hours_not_seconds():
    value = np.linspace(2, 1, 60)
    timed = run("a", curve(value, TRAIN, wall_time=1.7e9 + 600.0 * np.arange(60)))
    view = View(axis=Axis.WALL_TIME, metrics=("loss",))
    (line,) = lines(figures.curves(facets([timed], view), (), view, WORDS, "light"))
    assert line.text[7] == "1 h 10 min" and "%{text}" in line.hovertemplate
    assert "%{x" not in figures.curves(facets([timed], view), (), view, WORDS).layout.xaxis.unifiedhovertitle.text
