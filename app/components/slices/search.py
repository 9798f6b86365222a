"""A search in the background: its progress, a way to stop it, its result once it is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError
from typing import TypeVar

import streamlit as st

from app import jobs
from app.i18n import _, language
from app.jobs import Job
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import percent
from diagnostics.slices.counting import Cancelled
from diagnostics.types import Predictions

PATIENCE = 2.5
"""Seconds a page waits before it shows progress: most searches are done by then and nothing flickers."""

EVERY = 0.5
"""Seconds between two looks at a running search."""

Found = TypeVar("Found")


def result(function: Callable[..., Found], predictions: Predictions, *arguments: Hashable) -> Found | None:
    """Return what an engine function finds; draw progress and return None while it is still looking.

    Raises
    ------
    RunClinicError
        What the function raises on purpose.
    """
    key, job = jobs.start(function, predictions, *arguments)
    if not job.ready(PATIENCE) and not job.stopped:
        _progress(job)
        return None
    if job.stopped:
        _stopped(key)
        return None
    try:
        found: Found = job.future.result()
    except (Cancelled, CancelledError):
        _stopped(key)
        return None
    except RunClinicError:
        jobs.forget(key)
        raise
    return found


def _stopped(key: str) -> None:
    st.info(_("The search was stopped."))
    st.button(_("Search again"), key="search_again", on_click=jobs.forget, args=(key,))


@st.fragment(run_every=EVERY)
def _progress(job: Job) -> None:
    if job.ready() or job.stopped:
        st.rerun()
    st.progress(job.share, text=_("Searching: {done} done").format(done=percent(job.share, language())))
    st.button(_("Stop the search"), key="stop_search", on_click=job.stop)
