"""What the rules say, examined once per content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import access
from app.loading.content import predictions, run
from app.loading.lists import runs
from diagnostics.types import Report, RuleOutcome, Slice, Subject

if TYPE_CHECKING:
    from diagnostics.workspace import PredictionsEntry, RunEntry

Examined = tuple[Subject, tuple[RuleOutcome, ...], tuple[Slice, ...]]


def report(run_entries: Sequence[RunEntry], set_entries: Sequence[PredictionsEntry] = ()) -> Report:
    """Return what the rules say of the entries given; each is examined once for its content."""
    from diagnostics.report.diagnosis import report_of
    from diagnostics.rules.joined import belonging

    for project_id in {entry.project for entry in (*run_entries, *set_entries)}:
        access.require(access.READ, project_id)
    examined_runs = [examine_run(entry) for entry in run_entries]
    examined_sets = [examine_predictions(entry) for entry in set_entries]
    parts = examined_runs + examined_sets
    pairs = belonging(
        [(part[0], [s.name for s in entry.sources]) for part, entry in zip(examined_runs, run_entries, strict=True)],
        [(part[0], predictions(entry).source.name) for part, entry in zip(examined_sets, set_entries, strict=True)],
    )
    return report_of(
        [part[0] for part in parts],
        [outcome for part in parts for outcome in part[1]],
        [found for part in parts for found in part[2]],
        pairs,
    )


def report_of_set(entry: PredictionsEntry) -> Report:
    """Return what the rules say of a set, read together with the run it belongs to, and what that run adds."""
    from diagnostics.rules.joined import belonging, concerning

    entries = runs(entry.project)
    by_id = {found.id: found for found in entries}
    pairs = belonging(
        [(Subject(kind="run", name=found.name, key=found.id), [s.name for s in found.sources]) for found in entries],
        [(Subject(kind="predictions", name=entry.name, key=entry.digest), predictions(entry).source.name)],
    )
    own = [by_id[run_subject.key] for run_subject, _set in pairs]
    return concerning(report(own, [entry]), examine_predictions(entry)[0])


def examine_run(entry: RunEntry) -> Examined:
    """Return subject and outcomes of one run."""
    return _examine_run(entry.digest, _entry=entry)


@st.cache_resource(show_spinner=False, max_entries=4096)
def _examine_run(digest: str, *, _entry: RunEntry) -> Examined:
    from diagnostics.report import diagnose

    found = diagnose(runs=[run(_entry)])
    return found.subjects[0], found.outcomes, found.slices


def examine_predictions(entry: PredictionsEntry) -> Examined:
    """Return subject and outcomes of one prediction set."""
    return _examine_predictions(entry.digest_of_table, entry.name, _entry=entry)


@st.cache_resource(show_spinner=False, max_entries=1024)
def _examine_predictions(digest: str, name: str, *, _entry: PredictionsEntry) -> Examined:
    from diagnostics.report import diagnose

    found = diagnose(predictions=[predictions(_entry)])
    return found.subjects[0], found.outcomes, found.slices
