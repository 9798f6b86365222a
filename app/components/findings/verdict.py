"""The verdict line: how much asks for action, and why some rules could not look."""

from __future__ import annotations

import streamlit as st

from app.components.findings import grouping
from app.components.text import escape
from app.i18n import _, language, ngettext
from diagnostics.knowledge import reason, title
from diagnostics.knowledge.numbers import integer
from diagnostics.types import Report, RuleOutcome

_SHOWN_REASONS = 12


def draw(report: Report) -> None:
    """Draw the line, and a popover that says what to log to unlock the rules that were skipped."""
    counts = grouping.verdict(report)
    with st.container(key="rc-verdict", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_sentence(counts), width="content")
        if counts.unchecked:
            with st.popover(_("Why not checked?"), type="tertiary"):
                _reasons(grouping.unchecked(report))


def _sentence(counts: grouping.Verdict) -> str:
    def shown(n: int) -> str:
        return integer(n, language())

    action = ngettext("{n} finding needs action", "{n} findings need action", counts.action)
    parts = [f"**{action.format(n=shown(counts.action))}**" if counts.action else f"**{_('Nothing needs action')}**"]
    if counts.watch:
        parts.append(_("{n} to watch").format(n=shown(counts.watch)))
    parts.append(ngettext("{n} rule clear", "{n} rules clear", counts.clear).format(n=shown(counts.clear)))
    if counts.unchecked:
        parts.append(_("{n} not checked").format(n=shown(counts.unchecked)))
    return " · ".join(parts)


def _reasons(outcomes: tuple[RuleOutcome, ...]) -> None:
    grouped: dict[str, dict[str, set[str]]] = {}
    for outcome in outcomes:
        rules = grouped.setdefault(reason(outcome, language()), {})
        rules.setdefault(title(outcome.rule, language()), set()).add(outcome.subject.name)
    lines = []
    for why, rules in list(grouped.items())[:_SHOWN_REASONS]:
        subjects = sorted(set().union(*rules.values()))
        where = escape(subjects[0]) if len(subjects) == 1 else _("{n} subjects").format(n=len(subjects))
        lines.append(f"- {escape(', '.join(rules))} ({where}): {escape(why)}")
    st.markdown("\n".join(lines))
