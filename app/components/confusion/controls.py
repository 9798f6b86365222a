"""How to read the confusion matrix: counts or shares, in which order, how many classes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.components import choices
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


def draw(classes: int) -> Reading:
    """Draw the switches."""
    shares = {"counts": _("Counts"), "truth": _("% of truth"), "predicted": _("% of predicted")}
    orders = {
        "name": _("Name"),
        "support": _("Support"),
        "recall": _("Worst recall"),
        "cluster": _("Confused together"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        share = choices.one(
            _("Show"), shares, key="share", default="truth",
            help=_("% of truth: each row adds up to 100 %, the diagonal is recall. % of predicted: each column adds "
                   "up to 100 %, the diagonal is precision."),
        )  # fmt: skip
        order = choices.one(_("Order of classes"), orders, key="order", default="name")
        whole = True
        if classes > FOCUS:
            whole = st.toggle(_("All {n} classes").format(n=classes), key="whole", bind="query-params")
    return Reading(share=share, order=order, whole=whole)
