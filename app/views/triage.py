"""Triage: what is wrong, why it is probably so, which check would tell, what to change."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import empty, finding_card, grouping, messages, triage_plan, uploads, verdict
from app.components.subjects import Subjects
from app.components.text import escape, shorten
from app.i18n import _, language, ngettext
from diagnostics.knowledge import title
from diagnostics.types import Report
from diagnostics.workspace import Project, RunEntry

_FIRST = 6


def render() -> None:
    """Draw the page."""
    picked = state.selection()
    project = loading.project(picked.project)
    runs = loading.runs(picked.project)
    sets = loading.prediction_sets(picked.project)
    chosen = [entry for entry in runs if not picked.runs or entry.id in picked.runs]
    _head(project, chosen if picked.runs else [])
    messages.draw()
    uploads.report()
    if project is None or not (runs or sets):
        empty.invite()
        return
    found = loading.report(chosen, sets)
    subjects = Subjects(runs, sets)
    verdict.draw(found)
    _findings(found, subjects)
    _fine(found, subjects)
    triage_plan.draw(found, project.id, subjects)


def _head(project: Project | None, chosen: list[RunEntry]) -> None:
    if len(chosen) == 1:
        st.title(_("What is wrong with {name}").format(name=escape(shorten(chosen[0].name, 60))), anchor=False)
    elif project is not None:
        st.title(_("What is wrong with {name}").format(name=escape(shorten(project.name, 60))), anchor=False)
    else:
        st.title(_("What is wrong with your training?"), anchor=False)
    st.caption(_("What the files say, why it is probably so, the one check that would tell, and what to change."))


def _findings(report: Report, subjects: Subjects) -> None:
    found = grouping.cards(report)
    if not found:
        return
    st.header(_("Findings"), anchor=False)
    shown = found if state.recall("all_findings") else found[:_FIRST]
    for number, card in enumerate(shown):
        finding_card.draw(card, subjects, number=number, expanded=number == 0)
    if rest := len(found) - len(shown):
        label = ngettext("Show {n} more finding", "Show {n} more findings", rest).format(n=rest)
        st.button(label, key="all_findings", on_click=state.remember, args=("all_findings", True))


def _fine(report: Report, subjects: Subjects) -> None:
    """Draw one line for each way of being in order, with the names."""
    together: dict[str, list[str]] = {}
    for finding in grouping.fine(report):
        together.setdefault(finding.id, []).append(subjects.shown(finding.subject, 40))
    for id, names in together.items():
        shown = ", ".join(names[:12])
        more = _(" and {n} more").format(n=len(names) - 12) if len(names) > 12 else ""
        st.markdown(f":green[✓] **{escape(title(id, language()))}**: {shown}{more}")
