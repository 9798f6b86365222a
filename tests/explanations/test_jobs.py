"""Long work beside the pages: how far it is, and when it will be done."""

from types import SimpleNamespace

import pytest

from diagnostics.explanations import jobs
from diagnostics.explanations.jobs import Job


def test_what_remains_goes_by_the_pace_up_to_the_last_report(monkeypatch):
    clock = iter([10.0, 10.5, 12.0])
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    job = Job()
    assert job.remaining() is None
    job.tell(0, 1000)
    assert job.remaining() is None
    job.tell(200, 1000)
    assert job.remaining() == pytest.approx(2.0)
    job.tell(1000, 1000)
    assert job.remaining() == 0.0
