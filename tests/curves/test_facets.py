import numpy as np

from diagnostics.curves import View, facets, first_choice, metrics, oddities
from diagnostics.types import Axis, Role, Setting, Split
from tests.curves.builders import TRAIN, VALIDATION, curve, run


def pair(name, n=20, group="", offset=0.0):
    x = np.arange(n, dtype=float)
    return run(
        name,
        curve(1 / (1 + x) + offset, TRAIN, epoch=x),
        curve(1 / (1 + x) + 0.1 + offset, VALIDATION, epoch=x),
        curve(0.1 * 0.9**x, None, "learning_rate", role=Role.LEARNING_RATE, up=None, epoch=x),
        group=group,
    )


def test_one_facet_a_metric_and_its_gap_below():
    found = facets([pair("a"), pair("b")], View(axis=Axis.EPOCH, metrics=("loss", "learning_rate"), gaps=True))
    assert [(f.metric, f.kind) for f in found] == [("loss", "values"), ("loss", "gap"), ("learning_rate", "values")]
    assert [(t.run, t.number, t.split) for t in found[0].traces] == [
        ("a", 0, Split.TRAIN), ("a", 0, Split.VALIDATION), ("b", 1, Split.TRAIN), ("b", 1, Split.VALIDATION),
    ]  # fmt: skip


def test_twenty_long_runs_stay_within_the_limits_and_keep_the_extremes():
    rng = np.random.default_rng(0)
    x = np.arange(50_000, dtype=float)
    runs = [run(str(i), curve(rng.normal(size=len(x)), step=x)) for i in range(20)]
    found = facets(runs, View(axis=Axis.STEP, metrics=("loss",)))[0]
    assert all(len(trace.x) <= 2500 for trace in found.traces)
    for trace, this in zip(found.traces, runs, strict=True):
        assert trace.total == len(x)
        assert trace.value.max() == this.curves[0].value.max()
        assert trace.value.min() == this.curves[0].value.min()


def test_zooming_brings_the_points_back():
    x = np.arange(100_000, dtype=float)
    this = run("a", curve(np.sin(x), step=x))
    view = View(axis=Axis.STEP, metrics=("loss",), window=(5000, 6000))
    trace = facets([this], view)[0].traces[0]
    assert trace.x.tolist() == list(range(4999, 6002))


def test_smoothing_is_taken_from_all_points_and_raw_points_stay():
    x = np.arange(10_000, dtype=float)
    value = np.random.default_rng(0).normal(size=len(x))
    this = run("a", curve(value, step=x))
    whole = facets([this], View(axis=Axis.STEP, metrics=("loss",), smoothing=0.9))[0].traces[0]
    window = View(axis=Axis.STEP, metrics=("loss",), smoothing=0.9, window=(5000, 5100))
    zoomed = facets([this], window)[0].traces[0]
    shared = np.intersect1d(whole.x, zoomed.x)
    assert len(shared)
    assert whole.smooth[np.isin(whole.x, shared)].tolist() == zoomed.smooth[np.isin(zoomed.x, shared)].tolist()
    assert zoomed.value.tolist() == value[4999:5102].tolist()


def test_log_x_leaves_out_what_it_cannot_show():
    trace = facets([pair("a")], View(axis=Axis.EPOCH, metrics=("loss",), log_x=True))[0].traces[0]
    assert trace.x.min() == 1


def test_a_run_without_the_axis_is_named():
    found = facets([run("a", curve([1.0, 2.0], step=[0, 1]))], View(axis=Axis.EPOCH, metrics=("loss",)))[0]
    assert found.without_axis == ("a",)
    assert found.traces == ()


def test_seeds_of_a_group_become_a_band():
    runs = [pair("a", group="g"), pair("b", group="g", offset=0.2), pair("c")]
    found = facets(runs, View(axis=Axis.EPOCH, metrics=("loss",), grouped=True))[0]
    assert [(s.group, s.split) for s in found.spreads] == [("g", Split.TRAIN), ("g", Split.VALIDATION)]
    assert found.spreads[0].band.count.tolist() == [2] * 20


def test_boosting_rounds_are_not_shifted():
    x = np.arange(3.0)
    this = run("a", curve([3, 2, 1], epoch=x), curve([3, 2, 1], VALIDATION, epoch=x), setting=Setting.BOOSTING)
    gaps = facets([this], View(axis=Axis.EPOCH, metrics=("loss",), gaps=True))[1]
    assert gaps.traces[0].value.tolist() == [0, 0, 0]


def test_unknown_metrics_give_no_facet():
    assert facets([pair("a")], View(axis=Axis.EPOCH, metrics=("nothing",))) == ()


def test_the_first_choice_is_loss_then_judged_metrics_then_the_rate():
    accuracy = [curve([0.5], split, "accuracy", role=Role.METRIC, up=True) for split in (TRAIN, VALIDATION)]
    this = run(
        "a",
        curve([1.0], None, "learning_rate", role=Role.LEARNING_RATE, up=None),
        curve([0.1], TRAIN, "time", role=Role.TIMING, up=None),
        *accuracy,
        curve([1.0]),
    )
    assert metrics([this])[0] == "loss"
    assert metrics([this])[-1] == "time"
    assert first_choice([this]) == ("loss", "accuracy", "learning_rate")


def test_oddities_are_counted():
    odd = curve([1, np.nan, 2, 3], epoch=[0, 1, 1, 0], segment=[0, 0, 0, 1])
    facts = oddities(run("a", odd, curve([1.0], VALIDATION)))
    assert [(f.nonfinite, f.repeated, f.restarts) for f in facts] == [(1, 1, 1)]
