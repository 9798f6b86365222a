import numpy as np

from diagnostics.curves import places
from diagnostics.types import Axis, Finding, Mark, Severity, Split, Subject
from tests.curves.builders import VALIDATION, curve, run


def finding(subject, *marks):
    return Finding(
        id="overfitting", subject=Subject(kind="run", name=subject.name, key=subject.digest), severity=Severity.HIGH,
        confidence=0.9, marks=marks,
    )  # fmt: skip


def mark(start, axis=Axis.EPOCH, kind="turning_point", stop=None, split=Split.VALIDATION):
    return Mark(kind=kind, metric="loss", split=split, axis=axis, start=start, stop=stop)


def stepped(name="a"):
    x = np.arange(10.0)
    return run(name, curve(x[::-1], VALIDATION, epoch=x, step=100 * x, wall_time=5000 + 60 * x))


def test_a_mark_stands_where_its_finding_says():
    this = stepped()
    (place,) = places([this], [finding(this, mark(4))], Axis.EPOCH)
    assert (place.start, place.value, place.finding, place.run) == (4, 5, 0, "a")


def test_a_mark_is_carried_over_to_another_axis():
    this = stepped()
    found = finding(this, mark(4, stop=6))
    (on_steps,) = places([this], [found], Axis.STEP)
    assert (on_steps.start, on_steps.stop) == (400, 600)
    (in_time,) = places([this], [found], Axis.WALL_TIME)
    assert (in_time.start, in_time.stop) == (240, 360)


def test_a_mark_that_cannot_be_carried_over_is_left_out():
    this = run("a", curve([2, 1], VALIDATION, epoch=[0, 1]))
    assert places([this], [finding(this, mark(1))], Axis.STEP) == ()


def test_findings_about_other_runs_are_not_drawn():
    this, other = stepped("a"), stepped("b")
    (place,) = places([this, other], [finding(other, mark(4))], Axis.EPOCH)
    assert (place.run, place.number) == ("b", 1)


def test_restarts_are_shown_once_a_metric_and_only_where_no_finding_tells_them():
    x = [0, 1, 2, 1, 2]
    pair = [curve(np.ones(5), split, epoch=x, segment=[0, 0, 0, 1, 1]) for split in (Split.TRAIN, VALIDATION)]
    this = run("a", *pair)
    (own,) = places([this], [], Axis.EPOCH)
    assert (own.kind, own.start, own.finding) == ("restart", 1, None)
    (told,) = places([this], [finding(this, mark(1, kind="restart", split=None))], Axis.EPOCH)
    assert told.finding == 0
