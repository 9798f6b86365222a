"""What the rules say of one prediction set on one topic: verdict, the findings of the topic, open in place."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from app import loading, theme
from app.components.files import roles
from app.components.findings import card, grouping, verdict
from app.components.text import escape
from app.i18n import _, language
from diagnostics.knowledge import explain
from diagnostics.types import Finding
from diagnostics.workspace import PredictionsEntry


def draw(entry: PredictionsEntry, ids: Collection[str] = ()) -> tuple[Finding, ...]:
    """Draw verdict and findings.

    Parameters
    ----------
    entry : PredictionsEntry
    ids : collection of str
        Findings that belong to the page; empty for all.

    Returns
    -------
    tuple of Finding
        Those that were drawn.
    """
    report = loading.report_of_set(entry)
    roles.ask(entry)
    verdict.draw(report)
    shown = tuple(f for f in report.findings if f.id not in grouping.FINE and _belongs(f, ids))
    for finding in shown:
        told = explain(finding, language())
        mark, colour = theme.SEVERITY_MARKS[finding.severity]
        about = f" ({escape(finding.params['label'])})" if finding.params.get("label") else ""
        with st.expander(f":{colour}[{mark}] **{escape(told.title)}**{about} {escape(told.summary)}"):
            parts = [escape(told.severity), escape(told.confidence)]
            if finding.subject.kind == "run":
                parts.append(_("seen in the learning curves of {name}").format(name=escape(finding.subject.name)))
            st.caption(" · ".join(parts))
            card.details(told)
    return shown


def _belongs(finding: Finding, ids: Collection[str]) -> bool:
    """Whether a page on some findings shows one: its own, and one of the run that was read together with its own."""
    return not ids or finding.id in ids or (finding.subject.kind == "run" and bool(set(finding.joined) & set(ids)))
