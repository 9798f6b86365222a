"""How to read the confusion matrix: counts or shares, in which order, how many classes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.components import choices
from app.components.confusion.critical import Critical
from app.i18n import _
from diagnostics.metrics.arrangement import Order, Share

FOCUS = 25
"""Classes of the first view where there are more: those that are mixed up most."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was chosen."""

    share: Share
    order: Order
    whole: bool


def draw(classes: int, critical: Critical) -> Reading:
    """Draw the switches; where a metric is marked as critical, its worst class comes first."""
    shares = {"counts": _("Counts"), "truth": _("% of truth"), "predicted": _("% of predicted")}
    orders = {
        "name": _("Name"),
        "support": _("Support"),
        "recall": _("Worst recall"),
    }
    worst = {"precision": _("Worst precision"), "f1": _("Worst F1")}
    orders |= {code: text for code, text in worst.items() if code == critical.metric}
    orders["cluster"] = _("Confused together")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        share = choices.one(
            _("Show"), shares, key="share", default="truth",
            help=_("% of truth: each row adds up to 100 %, the diagonal is recall. % of predicted: each column adds "
                   "up to 100 %, the diagonal is precision."),
        )  # fmt: skip
        order = choices.one(_("Order of classes"), orders, key="order", default=critical.metric or "name")
        whole = True
        if classes > FOCUS:
            whole = st.toggle(_("All {n} classes").format(n=classes), key="whole", bind="query-params")
    return Reading(share=share, order=order, whole=whole)
