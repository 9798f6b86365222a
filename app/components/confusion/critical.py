"""What matters most in a project, as its people marked it: a metric, a class, or the metric of the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app import access, loading, state
from app.components import set_page
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _
from diagnostics.metrics import ClassReport

SETTING = "critical"


@dataclass(frozen=True, kw_only=True)
class Critical:
    """The mark.

    Attributes
    ----------
    metric : str
        "recall", "precision" or "f1"; "" where none is marked.
    label : str
        A class of the set that is shown; "" where none is marked, or the set does not have it.
    """

    metric: str = ""
    label: str = ""

    @property
    def by(self) -> str:
        """The metric by which the worst comes first."""
        return self.metric or "recall"


def names() -> dict[str, str]:
    """Names of the metrics that may be marked."""
    return {"recall": _("Recall"), "precision": _("Precision"), "f1": _("F1")}


def marked(classes: Sequence[str]) -> Critical:
    """Return what is kept with the picked project, as far as a set of these classes has it."""
    kept = loading.setting(state.selection().project, SETTING, {})
    metric, label = str(kept.get("metric", "")), str(kept.get("class", ""))
    return Critical(metric=metric if metric in names() else "", label=label if label in classes else "")


def draw(critical: Critical, report: Sequence[ClassReport]) -> None:
    """Draw what is marked with its value, and the form that changes it; viewers see the mark alone."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if critical.metric or critical.label:
            st.markdown(f"★ {_told(critical, report)}", width="content")
        if access.may(access.WRITE, state.selection().project):
            title = _("Change what matters most") if critical.metric or critical.label else _("Mark what matters most")
            with st.popover(title, type="tertiary"):
                _form(critical, [row.name for row in report])


def _told(critical: Critical, report: Sequence[ClassReport]) -> str:
    name = names()[critical.by]
    row = next((row for row in report if row.name == critical.label), None)
    if row is None:
        return escape(_("Matters most: {metric}").format(metric=name))
    return set_page.told(_("{metric} of {name}").format(metric=name, name=plain(row.name)), getattr(row, critical.by))


def _form(critical: Critical, classes: Sequence[str]) -> None:
    st.caption(_("Kept with the project: the worst class by this metric, and the class, come first in every list."))
    metrics = names()
    st.selectbox(
        _("Metric"), ["", *metrics], index=["", *metrics].index(critical.metric), key="critical-metric",
        format_func=lambda code: metrics.get(code, _("none")), on_change=_keep,
    )  # fmt: skip
    options = ["", *classes]
    st.selectbox(
        _("Class"), options, index=options.index(critical.label), key="critical-class",
        format_func=lambda name: plain(name) or _("none"), on_change=_keep,
    )  # fmt: skip


@guarded
def _keep() -> None:
    chosen = {"metric": state.widget("critical-metric") or "", "class": state.widget("critical-class") or ""}
    loading.keep_setting(state.selection().project, SETTING, chosen)
    for key in ("worst", "order"):  # what was sorted by before would hide the new mark
        state.release(key)
