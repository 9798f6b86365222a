"""The page Status: locks that were tried out, storage, versions; hosted, the last two for administrators only."""

import sys

import pytest

from app.components.explain import store as explain_store
from app.components.status import storage
from diagnostics.explanations.sandbox import probe
from tests.app.conftest import draw, texts


@pytest.fixture(autouse=True)
def untried(patient):
    """No locks tried out by an earlier test."""
    explain_store.jobs().drop("probe")
    yield
    explain_store.jobs().drop("probe")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks are Linux's")
def test_the_locks_are_tried_out_and_storage_is_told(store):
    project = store({"a.csv": b"epoch,loss\n0,1.0\n1,0.5\n2,0.3\n"})
    page = draw("status", project=project)
    assert "all of it was refused" in texts(page)
    attempts, locks, kept, versions = (frame.value for frame in page.dataframe)
    assert set(attempts["Outcome"]) == {"✓ refused"} and len(attempts) == len(probe.ATTEMPTS)
    assert set(locks["In force"]) == {"✓ yes"}
    assert dict(zip(kept["What"], kept["Value"], strict=True))["Files of this project"] == "29 B"
    assert dict(zip(versions["Part"], versions["Version"], strict=True))["Streamlit"]


def test_a_machine_without_locks_is_told_so(home, monkeypatch):
    found = probe.Probe(
        locks={"limits": True, "landlock": False, "seccomp": False}, refused={"read_file": False, "take_memory": True}
    )
    monkeypatch.setattr(probe, "measure", lambda: found)
    page = draw("status")
    assert "Not everything below was refused" in page.warning[0].value
    assert list(page.dataframe[1].value["In force"]) == ["✓ yes", "✗ not on this machine", "✗ not on this machine"]


def test_a_probe_that_dies_says_that_nothing_is_known(home, monkeypatch):
    monkeypatch.setattr(probe, "ATTEMPTS", {})
    assert not probe.Probe(locks={}, refused={}).holds
    monkeypatch.setattr(probe.sys, "executable", "/nowhere/python")
    page = draw("status")
    assert "is not known" in page.warning[0].value


def test_sizes_are_readable():
    assert [storage.size(n) for n in (12, 3 << 10, 5 << 20, 3 << 29)] == ["12 B", "3 kB", "5 MB", "1.5 GB"]
