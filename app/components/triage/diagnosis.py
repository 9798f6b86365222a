"""What the rules say of the picked runs and prediction sets: verdict, cards, the six parts of the triage."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state
from app.components.findings import card as finding_card
from app.components.findings import grouping, verdict
from app.components.findings.subjects import Subjects
from app.components.text import escape
from app.components.triage import plan
from app.i18n import _, language, ngettext
from diagnostics.knowledge import title
from diagnostics.types import Report
from diagnostics.workspace import PredictionsEntry, RunEntry

_FIRST = 6


def draw(project: str, runs: Sequence[RunEntry], sets: Sequence[PredictionsEntry], *, subjects: Subjects) -> None:
    """Draw the diagnosis.

    Parameters
    ----------
    project : str
        Id; ticks are kept with it.
    runs, sets : sequences of list entries
        What to speak of.
    subjects : Subjects
        Names of everything in the project.
    """
    found = loading.report(runs, sets)
    verdict.draw(found)
    _findings(found, subjects)
    _fine(found, subjects)
    plan.draw(found, project, subjects)


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
