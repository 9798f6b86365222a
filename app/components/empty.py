"""What a page shows before there is anything to show: an invitation to drop files, or to look at the demo."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components.files import uploads
from app.components.guard import guarded
from app.i18n import _


def invite() -> None:
    """Draw the invitation of a workspace or project without files."""
    with st.container(key="rc-invite", gap="medium"):
        st.markdown(
            _(
                "Drop what a training run left behind: logs (CSV, JSON, TensorBoard, trainer states, plain output), "
                "prediction files, configurations, single files, a folder or a zip. Nothing leaves the machine that "
                "serves this page."
            )
        )
        uploads.area(key="first")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Open the demo project"), key="open_demo", on_click=open_demo)
            st.caption(_("Small real runs: healthy, overfitting, a rate too high or too low, and more."))


@guarded
def open_demo() -> None:
    """Open the demo project, made where it is not there."""
    project = loading.open_demo(_("Demo"))
    if project is not None:
        state.select(project=project.id, runs=(), predictions="", slice="")
