"""The card of a finding: what was seen, how sure, why it is probably so, the check that tells, what to do and not."""

from __future__ import annotations

import streamlit as st

from app import loading, state, theme
from app.components import links
from app.components.findings import shape
from app.components.findings.grouping import Card
from app.components.findings.subjects import Subjects
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import Explanation, explain
from diagnostics.types import Finding

_OTHERS = 200


def draw(card: Card, subjects: Subjects, *, number: int, expanded: bool) -> None:
    """Draw one card.

    Parameters
    ----------
    card : Card
    subjects : Subjects
        To name and open the run or the prediction set a finding is about.
    number : int
        Place on the page; makes the widget keys unique.
    expanded : bool
        Whether the details are open.
    """
    told = explain(card.top, language())
    with st.container(key=f"rc-card-{card.top.severity}-{number}", gap="xsmall"):
        run = subjects.run(card.top.subject)
        picture, alternative = shape.drawing(loading.run(run), card.top) if run else ("", "")
        if picture:
            left, right = st.columns([7, 3], gap="medium", vertical_alignment="center")
        else:
            left, right = st.container(gap="small"), None
        with left:
            _head(card, told, subjects)
        if right is not None:
            right.image(picture, alt=alternative, width="stretch")
            right.caption(shape.legend(loading.run(run), card.top))
        with st.expander(_("Evidence, causes and what to do"), expanded=expanded):
            details(told)
        if len(card.findings) > 1:
            _others(card, subjects, number)
        _open(card.top, subjects)


def _head(card: Card, told: Explanation, subjects: Subjects) -> None:
    mark, colour = theme.SEVERITY_MARKS[card.top.severity]
    st.subheader(f":{colour}[{mark}] {escape(told.title)}", anchor=False)
    parts = [f"**{escape(told.severity)}**", escape(told.confidence), subjects.shown(card.top.subject, 60)]
    if others := len(card.findings) - 1:
        parts.append(ngettext("and {n} more like it", "and {n} more like it", others).format(n=others))
    st.caption(" · ".join(parts))
    st.markdown(escape(told.summary))


def details(told: Explanation) -> None:
    """Draw evidence, causes and the check beside what to do and what not to do."""
    left, right = st.columns(2, gap="large")
    with left:
        if told.evidence:
            _heading(_("Evidence"))
            st.markdown("\n".join(f"- {escape(line)}" for line in told.evidence))
        if told.hypotheses:
            _heading(_("Likely causes"))
            st.markdown("\n".join(_cause(n, cause) for n, cause in enumerate(told.hypotheses, start=1)))
        if told.check:
            _heading(_("The check that tells them apart") if len(told.hypotheses) > 1 else _("The next check"))
            st.markdown(_titled(told.check.title, told.check.what, told.check.effort))
    with right:
        if told.actions:
            _heading(_("Do"))
            lines = [f"{n}. {_titled(s.title, s.what, s.effort, s.where)}" for n, s in enumerate(told.actions, start=1)]
            st.markdown("\n".join(lines))
        if told.avoid:
            _heading(_("Do not"))
            st.markdown("\n".join(f"- {_titled(caution.title, caution.why)}" for caution in told.avoid))


def _heading(text: str) -> None:
    st.markdown(f"#### {text}")


def _titled(title: str, text: str, *notes: str) -> str:
    """Return a bold title, its text, and what it costs and where success would show in grey."""
    said = f"**{escape(title)}**: {escape(text)}" if text else f"**{escape(title)}**"
    aside = "; ".join(escape(note.rstrip(".")) for note in notes if note)
    return f"{said} :gray[({aside})]" if aside else said


def _cause(number: int, cause: object) -> str:
    lines = [f"{number}. {escape(cause.text)} :gray[({escape(cause.weight)})]"]
    lines += [f"    - {_('for:')} {escape(fact)}" for fact in cause.support]
    lines += [f"    - {_('against:')} {escape(fact)}" for fact in cause.against]
    return "\n".join(lines)


def _open(finding: Finding, subjects: Subjects) -> None:
    if run := subjects.run(finding.subject):
        links.to_page("curves", _("Open in learning curves") + " ›", runs=(run.id,))
    elif found := subjects.set(finding.subject):
        if predicate := _predicate(finding):
            links.to_page("slices", _("Open the slice") + " ›", predictions=found.id, slice=predicate)
        else:
            links.to_set(found)


def _predicate(finding: Finding) -> str:
    """The slice a finding is about as text for an address, or ""."""
    conditions = finding.params.get("predicate", ())
    if not conditions:
        return ""
    from diagnostics.slices.notation import to_text

    return to_text(conditions)


def _others(card: Card, subjects: Subjects, number: int) -> None:
    """Draw the other cases as a table: where, what, how sure; each row links to its run."""
    rest = card.findings[1 : _OTHERS + 1]
    with st.expander(_("The other cases ({n})").format(n=len(card.findings) - 1)):
        told = [explain(finding, language()) for finding in rest]
        st.dataframe(
            {
                _("Where"): [plain(subjects.name(finding.subject)) for finding in rest],
                _("What was seen"): [one.summary for one in told],
                _("How sure"): [one.confidence for one in told],
            },
            hide_index=True,
            key=f"others-{card.id}-{number}",
            on_select=lambda: _picked(card, subjects, number),
            selection_mode="single-row",
            alt=_("Other runs with the same finding"),
        )
        st.caption(_("Tick a row to pick that run or prediction set."))


def _picked(card: Card, subjects: Subjects, number: int) -> None:
    chosen = state.widget(f"others-{card.id}-{number}", {})
    rows = chosen["selection"]["rows"] if chosen else []
    if not rows:
        return
    finding = card.findings[1 + rows[0]]
    if run := subjects.run(finding.subject):
        state.select(runs=(run.id,))
    elif found := subjects.set(finding.subject):
        state.select(predictions=found.id)
