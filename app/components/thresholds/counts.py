"""The four counts at a threshold, the rates they make, and the rows behind each count."""

from __future__ import annotations

import streamlit as st

from app.components import choices, set_page
from app.components.rows import row_list
from app.components.text import escape
from app.components.thresholds.data import Target
from app.i18n import _, language
from diagnostics import queries
from diagnostics.knowledge.numbers import integer, number, percent
from diagnostics.metrics import ClassReport, class_report, compute
from diagnostics.metrics.classification import share
from diagnostics.metrics.operating import ScoreCurves, counts_at
from diagnostics.types import ConfusionCounts

SIDES = {"missed": (True, False), "alarms": (False, True), "hits": (True, True), "rejected": (False, False)}


def draw(curves: ScoreCurves, threshold: float, *, positive: str) -> ConfusionCounts:
    """Draw counts and rates at the threshold and return the counts."""
    # The name of the other side is only a column head; it must differ from the class.
    counts = counts_at(curves.sweep, threshold, ("\u2009", positive))
    (rejected, alarms), (missed, hits) = counts.counts.tolist()
    report = class_report(counts)[1]
    left, right = st.columns([5, 6], gap="medium", vertical_alignment="center")
    with left:
        name = escape(positive)
        st.markdown(
            f"| {_('Truth')} | {_('answered yes')} | {_('answered no')} |\n|:--|--:|--:|\n"
            f"| **{name}** | {_count(hits)} | {_count(missed)} ({_('missed')}) |\n"
            f"| **{_('not')} {name}** | {_count(alarms)} ({_('false alarms')}) | {_count(rejected)} |"
        )
    with right:
        set_page.line(_rates(report, counts))
    return counts


def _rates(report: ClassReport, counts: ConfusionCounts) -> list[str]:
    negatives, alarms = float(counts.support[0]), float(counts.counts[0, 1])
    parts = [
        set_page.told(_("Recall"), report.recall),
        set_page.told(_("Precision"), report.precision),
        set_page.told(_("F1"), report.f1),
        set_page.told(_("False positive rate"), share("false_alarm", alarms, negatives, "one_class_only")),
        set_page.told(_("Accuracy"), compute("accuracy", confusion=counts)),
    ]
    answered = float(counts.predicted[1]) / counts.n if counts.n else None
    if answered is not None:
        parts.append(f"{_('Answered yes')} **{escape(percent(answered, language()))}**")
    return parts


def rows(target: Target, threshold: float, key: str) -> None:
    """Draw the rows behind one of the four counts."""
    names = {
        "missed": _("Missed"), "alarms": _("False alarms"), "hits": _("Hits"), "rejected": _("Rightly refused"),
    }  # fmt: skip
    st.header(_("Rows at this threshold"), anchor=False)
    side = choices.one(_("Show"), names, key="side", default="missed")
    true, answered = SIDES[side]
    where = queries.cut(target.predictions, target.label, threshold, true=true, answered=answered)
    text = _("No row is counted as: {side}.").format(side=names[side])
    row_list.draw(target.predictions, where=where, key=f"cut-{key}-{side}", empty=text)


def _count(value: float) -> str:
    return integer(value, language()) if float(value).is_integer() else number(value, language())
