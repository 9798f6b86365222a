"""The numbers behind the curves: counts at some thresholds, and the areas of every class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from app.components.confusion import per_class
from app.components.text import plain
from app.i18n import _
from diagnostics.metrics import class_report
from diagnostics.metrics.operating import ScoreCurves, counts_at
from diagnostics.metrics.thresholds import coarse
from diagnostics.types import MetricValue

POINTS = 25


def points(curves: ScoreCurves, positive: str, key: str) -> None:
    """Draw counts and rates at thresholds with about as many rows between each two."""
    thresholds = np.unique(coarse(curves.histogram, POINTS).edges)
    counted = [counts_at(curves.sweep, float(one), ("\u2009", positive)) for one in thresholds]
    reports = [class_report(one)[1] for one in counted]
    with st.expander(_("Table of thresholds")):
        st.dataframe(
            {
                _("Threshold"): thresholds.tolist(),
                _("Hits"): [float(one.counts[1, 1]) for one in counted],
                _("Missed"): [float(one.counts[1, 0]) for one in counted],
                _("False alarms"): [float(one.counts[0, 1]) for one in counted],
                _("Recall"): [_rounded(one.recall) for one in reports],
                _("Precision"): [_rounded(one.precision) for one in reports],
                _("F1"): [_rounded(one.f1) for one in reports],
            },
            hide_index=True,
            key=f"points-{key}",
            alt=_("Counts and rates at some thresholds"),
        )


def classes(every: Mapping[str, ScoreCurves], key: str) -> None:
    """Draw the areas of every class, worst area under the ROC curve first."""
    ranked = sorted(every.items(), key=lambda item: (item[1].auc.value is None, item[1].auc.value or 0.0))
    st.header(_("Every class against the rest"), anchor=False)
    st.dataframe(
        {
            _("Class"): [plain(name) for name, _one in ranked],
            _("True rows"): [one.sweep.positives for _name, one in ranked],
            _("Area under ROC"): [_rounded(one.auc) for _name, one in ranked],
            _("Area under ROC, 95 %"): [per_class.spread(one.auc) for _name, one in ranked],
            _("Average precision"): [_rounded(one.average_precision) for _name, one in ranked],
            _("Average precision, 95 %"): [per_class.spread(one.average_precision) for _name, one in ranked],
        },
        hide_index=True,
        key=f"areas-{key}",
        alt=_("Areas under the curves of every class"),
    )


def _rounded(value: MetricValue) -> float | None:
    return None if value.value is None else round(value.value, 4)
