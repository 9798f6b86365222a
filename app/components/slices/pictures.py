"""Brightness and size of the pictures that rows name: measured in the background, then attributes like any other."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components.slices.search import EVERY
from app.i18n import _, language
from app.jobs import Job
from diagnostics.knowledge.numbers import percent
from diagnostics.workspace import PredictionsEntry

PATIENCE = 1.0
"""Seconds a page waits: a few hundred small pictures are measured by then and the search runs once, not twice."""


def draw(entry: PredictionsEntry) -> None:
    """Measure the pictures of a set that were not measured yet; the page is drawn without them until it is done."""
    job = loading.measuring(entry)
    if job is None:
        return
    if job.stopped:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(
                _("The pictures were not measured: their brightness and size are no attributes."), width="content"
            )
            st.button(_("Measure the pictures"), key="measure_pictures", on_click=loading.measure_again, args=(entry,))
    elif job.ready(PATIENCE):
        _done(entry, job)
    else:
        _progress(entry, job)


def _done(entry: PredictionsEntry, job: Job) -> None:
    job.future.result()
    loading.measure_again(entry)
    st.rerun()


@st.fragment(run_every=EVERY)
def _progress(entry: PredictionsEntry, job: Job) -> None:
    if job.ready() or job.stopped:
        st.rerun()
    text = _("Measuring brightness and size of the pictures: {done} done")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.progress(job.share, text=text.format(done=percent(job.share, language())))
        st.button(_("Stop measuring"), key="stop_measuring", on_click=job.stop)
