"""Learning curves: how training went, and where it turned."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state, theme
from app.components import links
from app.components.curves import controls, curve_chart, rail, tables
from app.components.findings import card, verdict
from app.components.text import escape, shorten
from app.i18n import _, language
from diagnostics.curves import View
from diagnostics.knowledge import explain
from diagnostics.types import Finding, Run
from diagnostics.workspace import RunEntry

MOST = 100
"""Runs drawn at once; the pickers choose which."""


def render() -> None:
    """Draw the page."""
    st.title(_("Learning curves"), anchor=False)
    st.caption(_("How did training go, and where did it turn?"))
    picked = state.selection()
    entries = _entries(loading.runs(picked.project), picked.runs)
    if not entries:
        _empty()
        return
    shown = entries[:MOST]
    if len(entries) > MOST:
        st.info(_("The first {most} of {n} runs are shown; choose others in the sidebar.").format(
            most=MOST, n=len(entries)))  # fmt: skip
    report = loading.report(shown)
    runs = [loading.run(entry) for entry in shown]
    verdict.draw(report)
    view = controls.draw(runs)
    _chart(runs, rail.findings(report), view)
    tables.best_points(runs, view)
    with st.expander(_("How this is drawn")):
        _method()


@st.fragment
def _chart(runs: Sequence[Run], found: Sequence[Finding], view: View) -> None:
    """The chart, the finding that is open and the downloads; a zoom redraws only this."""
    opened = curve_chart.draw(runs, found, view)
    if opened is not None:
        _opened(found[opened])
    tables.download(runs, view.metrics)


def _opened(finding: Finding) -> None:
    told = explain(finding, language())
    mark, colour = theme.SEVERITY_MARKS[finding.severity]
    with st.container(key=f"rc-card-{finding.severity}-open", gap="small"):
        st.subheader(f":{colour}[{mark}] {escape(told.title)}", anchor=False)
        parts = (f"**{escape(told.severity)}**", escape(told.confidence), escape(shorten(finding.subject.name, 60)))
        st.caption(" · ".join(parts))
        st.markdown(escape(told.summary))
        card.details(told)


def _entries(offered: Sequence[RunEntry], picked: Sequence[str]) -> list[RunEntry]:
    wanted = set(picked)
    return [entry for entry in offered if not wanted or entry.id in wanted]


def _empty() -> None:
    st.info(_("No runs in this project yet. Add the logs of a training run, or open the demo project."))
    links.to_page("files", _("Runs & files") + " ›")


def _method() -> None:
    st.markdown(
        _(
            "- Lines join the logged points. Smoothing is a trailing average; nothing is ever smoothed without its raw "
            "points underneath.\n"
            "- Long curves are thinned to at most 2,500 points: of every few pixels the lowest and the highest point "
            "stay, so no spike and no gap is lost. Zooming in samples anew from all points.\n"
            "- A restarted log is drawn in parts; the parts are never joined.\n"
            "- Blue is training, vermilion validation, green test; runs differ in shade and in dashes."
        )
    )
