"""ROC, precision and recall, and the goal against the threshold; the point on each is where the score is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from app import state
from app.components import chart, set_page
from app.components.thresholds.goal import Goal
from app.i18n import _, language
from diagnostics.figures.axes import AxisWords, Line, line_key
from diagnostics.figures.roc import Point, against_threshold, precision_recall, roc
from diagnostics.knowledge.numbers import number, percent
from diagnostics.metrics.operating import ScoreCurves, over_thresholds
from diagnostics.metrics.thresholds import BestThreshold
from diagnostics.types import FloatArray

Named = tuple[str, FloatArray, FloatArray]


def pair(
    rocs: Sequence[Named], prs: Sequence[Named], *, prevalence: float | None, at: tuple[Point, Point] | None, key: str
) -> None:
    """Draw ROC beside precision and recall.

    Parameters
    ----------
    rocs, prs : sequences of (name, x, y)
        Names starting with a blank are drawn faint.
    prevalence : float or None
    at : tuple of points or None
        Where the score is cut, on either chart.
    key : str
    """
    theme = state.theme()
    left, right = st.columns(2, gap="medium")
    words = AxisWords(
        x=_("false positive rate"), y=_("recall"), separators=set_page.separators(),
        names={"guess": _("guessing"), "point": _("the threshold")},
    )  # fmt: skip
    lines = _lines(rocs)
    with left:
        st.header(_("ROC"), anchor=False)
        figure = roc(lines, words, theme, point=at[0] if at else None)
        chart.chart(figure, key=f"roc-{key}", alt=_roc_alt(at), file="roc", legend=line_key(lines, theme))
    lines = _lines(prs)
    share = "" if prevalence is None else _("prevalence {share}").format(share=percent(prevalence, language()))
    words = AxisWords(
        x=_("recall"), y=_("precision"), separators=set_page.separators(),
        names={"prevalence": share, "point": _("the threshold")},
    )  # fmt: skip
    with right:
        st.header(_("Precision and recall"), anchor=False)
        figure = precision_recall(lines, words, theme, prevalence=prevalence, point=at[1] if at else None)
        alt = _("Precision against recall; the dotted line is guessing: {share}.").format(share=share)
        chart.chart(figure, key=f"pr-{key}", alt=alt, file="precision-recall", legend=line_key(lines, theme))


def goal(curves: ScoreCurves, chosen: Goal, threshold: float, best: BestThreshold | None, key: str) -> None:
    """Draw the goal, precision and recall against the threshold."""
    sweep = curves.sweep
    lines = [Line(name=_("Recall"), x=x, y=y) for x, y in [over_thresholds(sweep, sweep.recall)]]
    lines += [Line(name=_("Precision"), x=x, y=y) for x, y in [over_thresholds(sweep, sweep.precision)]]
    values = _goal_values(curves, chosen)
    if values is not None:
        x, y = over_thresholds(sweep, values)
        lines = [Line(name=chosen.title, x=x, y=y), *lines]
    theme = state.theme()
    words = AxisWords(
        x=_("threshold"), y="", separators=set_page.separators(), names={"best": _("best, with its 95 % interval")}
    )
    band = None if best is None else (best.low, best.threshold, best.high)
    figure = against_threshold(lines, words, theme, threshold=threshold, best=band)
    text = _("{metric}, precision and recall against the threshold; the threshold is at {threshold}.")
    alt = text.format(metric=chosen.title, threshold=number(threshold, language()))
    chart.chart(figure, key=f"goal-{key}", alt=alt, file="threshold", legend=line_key(lines, theme))


def _goal_values(curves: ScoreCurves, chosen: Goal) -> FloatArray | None:
    """The goal at every threshold; None where it is precision or recall, which are drawn anyway."""
    sweep = curves.sweep
    found = {
        "f1": lambda: sweep.f_beta(1.0), "f2": lambda: sweep.f_beta(2.0), "accuracy": lambda: sweep.accuracy,
        "balanced_accuracy": lambda: sweep.balanced_accuracy,
        "cost": lambda: sweep.cost(chosen.first, chosen.second),
    }.get(chosen.code)  # fmt: skip
    return None if found is None else np.asarray(found())


def _lines(named: Sequence[Named]) -> list[Line]:
    return [Line(name=name.strip(), x=x, y=y, faint=name.startswith(" ")) for name, x, y in named]


def _roc_alt(at: tuple[Point, Point] | None) -> str:
    if at is None:
        return _("ROC curve: recall against the false positive rate.")
    rate, recall = at[0]
    text = _("ROC curve. At the threshold recall is {recall} at a false positive rate of {rate}.")
    return text.format(recall=percent(recall, language()), rate=percent(rate, language()))
