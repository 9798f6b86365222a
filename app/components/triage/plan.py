"""The six parts of the triage: what the files answer is ticked with its numbers, the rest is asked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state
from app.components import links
from app.components.findings import grouping
from app.components.findings.subjects import Subjects
from app.components.guard import guarded
from app.components.text import escape
from app.components.triage.parts import HYPOTHESES, INTERVENTIONS, PARTS, Part, Question, Step
from app.i18n import _, language, ngettext
from diagnostics.knowledge import action_title, explain, reason, title
from diagnostics.types import Finding, Report, Severity

_SETTING = "triage"
_MARKS = {"clear": ":green[✓]", "found": ":orange[◆]", "open": ":gray[○]"}


def draw(report: Report, project: str, subjects: Subjects) -> None:
    """Draw the parts, three beside each other on a wide page."""
    done = set(loading.setting(project, _SETTING, ()))
    st.header(_("The 30-minute triage"), anchor=False)
    st.caption(_("Ticked by the files where they answer; the rest is for you. Your ticks are kept with the project."))
    parts = [*PARTS, HYPOTHESES, INTERVENTIONS]
    for start in range(0, len(parts), 3):
        columns = st.columns(3, gap="medium")
        for offset, (column, part) in enumerate(zip(columns, parts[start : start + 3], strict=False)):
            with column:
                _part(start + offset + 1, part, report, project, subjects, done)


def _part(number: int, part: Part, report: Report, project: str, subjects: Subjects, done: set[str]) -> None:
    with st.container(key=f"rc-part-{part.id}", gap="small"):
        st.subheader(f"{number}. {_(part.title)}", anchor=False)
        minutes = _("{n} minutes").format(n=part.minutes)
        st.caption(f"{_progress(part, report, done)} · {minutes}")
        if part is HYPOTHESES:
            _hypotheses(report, subjects)
        elif part is INTERVENTIONS:
            _interventions(report, subjects)
        elif part.steps:
            st.markdown("\n".join(f"- {_step(step, report, subjects)}" for step in part.steps))
        for question in part.questions:
            _question(part, question, project, done)
        if part.page:
            links.to_page(part.page, _("Look closer") + " ›")


def _progress(part: Part, report: Report, done: set[str]) -> str:
    steps = sum(grouping.tally(report, step.rules).answered for step in part.steps)
    ticked = sum(_name(part, question) in done for question in part.questions)
    whole = len(part.steps) + len(part.questions)
    if part is INTERVENTIONS and report.interventions:
        steps, whole = 1, whole + 1
    if part is HYPOTHESES and any(f.hypotheses for f in report.findings):
        steps, whole = 1, whole + 1
    return _("{done} of {whole} answered").format(done=steps + ticked, whole=whole)


def _step(step: Step, report: Report, subjects: Subjects) -> str:
    said = grouping.tally(report, step.rules)
    text = escape(_(step.title))
    if said.found:
        where, more = subjects.listed(said.found)
        symptoms = ", ".join(_symptoms(said.found))
        if more:
            where += " " + ngettext("and {n} more", "and {n} more", more).format(n=more)
        mark = _MARKS["found"]
        return f"{mark} {text}: {escape(symptoms)} ({where})"
    if said.clear:
        return f"{_MARKS['clear']} {text}: {_clear(step, report, len(said.clear))}"
    if said.skipped:
        return f"{_MARKS['open']} {text}: {escape(reason(said.skipped[0], language()))}"
    return f"{_MARKS['open']} {text}: {_('no file about this yet')}"


def _symptoms(found: Sequence[Finding]) -> list[str]:
    """Return the names of the findings; one that stands alone is told with its numbers."""
    together: dict[str, list[Finding]] = {}
    for finding in found:
        together.setdefault(finding.id, []).append(finding)
    return [title(same[0] if len(same) == 1 else id, language()) for id, same in together.items()]


def _clear(step: Step, report: Report, n: int) -> str:
    whole = sum(subject.kind == step.kind for subject in report.subjects)
    if step.kind == "run":
        text = ngettext("in order in {n} of {whole} run", "in order in {n} of {whole} runs", whole)
    else:
        text = ngettext(
            "in order in {n} of {whole} prediction set",
            "in order in {n} of {whole} prediction sets",
            whole,
        )
    return text.format(n=n, whole=whole)


def _hypotheses(report: Report, subjects: Subjects) -> None:
    top = next((f for f in report.findings if f.hypotheses and f.severity is not Severity.INFO), None)
    if top is None:
        st.markdown(_("The files give no reason to suspect anything."))
        return
    told = explain(top, language())
    lines = [f"{n}. {escape(cause.text)}" for n, cause in enumerate(told.hypotheses[:2], start=1)]
    st.markdown(f"{escape(told.title)} ({subjects.shown(top.subject)}):\n\n" + "\n".join(lines))
    if told.check:
        st.markdown(f"**{_('Check:')}** {escape(told.check.title)}. {escape(told.check.what)}")


def _interventions(report: Report, subjects: Subjects) -> None:
    if not report.interventions:
        st.markdown(_("Nothing to change on this evidence."))
        return
    lines = []
    for number, proposal in enumerate(report.interventions, start=1):
        because = ", ".join(title(id, language()) for id in dict.fromkeys(proposal.findings))
        where = subjects.shown(proposal.subject)
        lines.append(f"{number}. **{escape(action_title(proposal.action, language()))}** ({where}): {escape(because)}")
    st.markdown("\n".join(lines))


def _question(part: Part, question: Question, project: str, done: set[str]) -> None:
    name = _name(part, question)
    key = f"tick-{project}-{name}"
    state.control(key, name in done)
    st.checkbox(_(question.text), key=key, on_change=_ticked, args=(project, name, key))


@guarded
def _ticked(project: str, name: str, key: str) -> None:
    done = set(loading.setting(project, _SETTING, ()))
    done = done | {name} if state.widget(key) else done - {name}
    loading.keep_setting(project, _SETTING, sorted(done))


def _name(part: Part, question: Question) -> str:
    return f"{part.id}.{question.id}"
