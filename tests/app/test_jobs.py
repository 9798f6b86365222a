"""Long work in the background: shared by key, told how far it is, stopped on request, forgotten on request."""

import threading

import pytest

from app.jobs import KEPT, Jobs
from diagnostics.slices.counting import Cancelled


def test_the_same_work_runs_once_and_is_shared():
    jobs, calls = Jobs(), []

    def work(*, progress, cancel):
        calls.append(1)
        progress(2.0)
        return "done"

    first, second = jobs.start("a", work), jobs.start("a", work)
    assert first is second
    assert first.ready(10)
    assert first.future.result() == "done"
    assert first.share == 1.0
    jobs.forget("a")
    assert jobs.start("a", work) is not first
    assert jobs.start("a", work).ready(10)
    assert len(calls) == 2


def test_a_job_tells_how_far_it_is_and_stops_when_asked():
    jobs, halfway, go = Jobs(), threading.Event(), threading.Event()

    def work(*, progress, cancel):
        progress(0.5)
        halfway.set()
        go.wait(10)
        if cancel.is_set():
            raise Cancelled

    job = jobs.start("a", work)
    assert halfway.wait(10)
    assert not job.ready()
    assert job.share == 0.5
    job.stop()
    go.set()
    assert job.ready(10)
    assert job.stopped
    with pytest.raises(Cancelled):
        job.future.result()


def test_one_that_waits_never_starts_after_it_was_stopped():
    jobs, go, ran = Jobs(), threading.Event(), []
    busy = [jobs.start(f"busy{n}", lambda **_: go.wait(10)) for n in range(2)]
    waiting = jobs.start("late", lambda **_: ran.append(1))
    waiting.stop()
    go.set()
    assert all(job.ready(10) for job in busy)
    assert waiting.ready(10)
    assert not ran


def test_old_results_are_dropped_but_never_running_work():
    jobs, go = Jobs(), threading.Event()
    running = jobs.start("running", lambda **_: go.wait(10))
    for number in range(KEPT + 5):
        assert jobs.start(f"{number}", lambda **_: None).ready(10)
    assert jobs.start("running", lambda **_: None) is running
    assert len(jobs._known) <= KEPT + 1
    go.set()
    assert running.ready(10)
