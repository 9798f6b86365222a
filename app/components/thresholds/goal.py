"""What a good threshold is: a metric, the costs of both errors, or a recall or precision that must be reached."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.components import choices, sliders
from app.i18n import _


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What was chosen; `first` and `second` as `threshold_data.goal` takes them."""

    code: str
    title: str
    first: float = 0.0
    second: float = 0.0

    @property
    def lower_is_better(self) -> bool:
        """Whether the metric is a cost."""
        return self.code == "cost"


def draw() -> Goal:
    """Draw the switches."""
    names = {
        "f1": _("F1"), "f2": _("F2 (recall counts more)"), "balanced_accuracy": _("Balanced accuracy"),
        "accuracy": _("Accuracy"), "cost": _("Cost of errors"), "recall_at_least": _("Required recall"),
        "precision_at_least": _("Required precision"),
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        code = choices.one(_("What a good threshold is"), names, key="goal", default="f1")
        if code == "cost":
            false = sliders.amount(_("Cost of a false alarm"), key="alarm_cost", default=1.0)
            missed = sliders.amount(_("Cost of a miss"), key="miss_cost", default=5.0)
            return Goal(code=code, title=_("Mean cost a row"), first=false, second=missed)
    if code == "recall_at_least":
        least = sliders.slide(_("Recall of at least"), 0.0, 1.0, key="least_recall", default=0.9, step=0.01)
        return Goal(code=code, title=_("Precision"), first=least)
    if code == "precision_at_least":
        least = sliders.slide(_("Precision of at least"), 0.0, 1.0, key="least_precision", default=0.9, step=0.01)
        return Goal(code=code, title=_("Recall"), first=least)
    return Goal(code=code, title=names[code].split(" (")[0])
