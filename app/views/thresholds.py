"""Thresholds: where to cut a score, what that costs, and whether the probabilities mean what they say."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import links, set_page, sliders
from app.components.findings import topic
from app.components.text import escape, plain
from app.components.thresholds import best as threshold_best
from app.components.thresholds import calibration, counts, data, table
from app.components.thresholds import curves as threshold_chart
from app.components.thresholds import goal as threshold_goal
from app.components.thresholds.data import MACRO, MICRO, Target
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import integer
from diagnostics.metrics.averaging import macro, mean_pr, mean_roc
from diagnostics.metrics.operating import ScoreCurves
from diagnostics.metrics.scores import auc_bounds
from diagnostics.types import Predictions

TOPIC = (
    "threshold_misplaced", "miscalibration", "scores_not_probabilities", "logits_not_probabilities", "constant_scores",
    "rare_class_low_recall",
)  # fmt: skip
FAINT = 12
"""Classes drawn behind the averages."""


def render() -> None:
    """Draw the page."""
    st.title(_("Thresholds"), anchor=False)
    st.caption(_("Where should the score be cut, and do the probabilities mean what they say?"))
    opened = set_page.opened("thresholds")
    if opened is None:
        return
    entry, predictions = opened
    topic.draw(entry, TOPIC)
    try:
        _scores(predictions)
    except RunClinicError as error:
        set_page.refused(predictions, error)


def _scores(predictions: Predictions) -> None:
    targets = data.targets(predictions)
    if not targets:
        st.warning(_("This file has decisions but no scores: there is nothing to cut. Save the probability of each "
                     "class, or the score of the positive one, with the predictions."))  # fmt: skip
        links.to_page("files", _("Runs & files") + " ›")
        if predictions.roles.score_kind == "confidence":
            calibration.draw(None, predictions, predictions.digest[:12])
        return
    code = _choice(targets)
    key = f"{predictions.digest[:12]}-{code}"
    if code == MACRO:
        _averaged(predictions, key)
    elif code == MICRO:
        curves = loading.measured(data.micro, predictions)
        _cut(predictions, None, curves, key)
    else:
        target = next(one for one in targets if f"class:{one.name}" == code)
        curves = loading.measured(data.curves, target.predictions, target.label)
        _cut(predictions, target, curves, key)
    if len(targets) > 1:
        table.classes(loading.measured(data.every, predictions), key)
    with st.expander(_("How this is counted")):
        _method(targets[0].predictions)


def _choice(targets: tuple[Target, ...]) -> str:
    """The class to cut, or an average; kept in the address."""
    offered = {f"class:{one.name}": plain(one.name) for one in targets}
    if len(targets) == 1:
        return next(iter(offered))
    offered |= {MICRO: _("All decisions pooled (micro average)"), MACRO: _("Mean over classes (macro average)")}
    state.from_address("target")
    if state.widget("target") not in offered:
        state.control("target", next(iter(offered)))
    chosen: str = st.selectbox(
        _("Class against the rest"), list(offered), format_func=offered.__getitem__, key="target", width=360
    )  # fmt: skip
    state.to_address("target", chosen, default=next(iter(offered)))
    return chosen


@st.fragment
def _cut(predictions: Predictions, target: Target | None, curves: ScoreCurves, key: str) -> None:
    """Everything that follows the threshold; moving it redraws only this."""
    name = plain(target.name) if target else _("right class")
    given, label = (target.predictions, target.label) if target else (predictions, None)
    _headline(curves)
    if curves.sweep.positives <= 0 or curves.sweep.negatives <= 0:
        st.warning(_("Only one side occurs in the truth: ROC and thresholds need rows of both."))
        return
    used = loading.measured(data.cut_in_use, given, label) if target else None
    goal = threshold_goal.draw()
    best = loading.measured(
        data.best, given, label, target is None, goal.code, goal.first, goal.second, used
    )  # fmt: skip
    threshold_best.draw(best, goal)
    low, high = curves.range
    start = used if used is not None else (best.threshold if best else (low + high) / 2)
    threshold = sliders.slide(_("Threshold"), low, high, key=threshold_best.SLIDER, default=start)
    counts.draw(curves, threshold, positive=name)
    place = min(curves.sweep.at(threshold), len(curves.sweep.threshold) - 1)
    rate, recall = float(curves.sweep.false_alarm[place]), float(curves.sweep.recall[place])
    at = ((rate, recall), (recall, float(curves.sweep.precision[place])))
    threshold_chart.pair(
        [(name, *curves.roc)], [(name, *curves.pr)], prevalence=curves.prevalence, at=at, key=key
    )  # fmt: skip
    threshold_chart.goal(curves, goal, threshold, best, key)
    left, right = st.columns(2, gap="medium")
    with left:
        calibration.draw(target, predictions, key)
    with right:
        calibration.scores(curves, name, threshold, key)
    table.points(curves, name, key)
    if target is not None:
        counts.rows(target, threshold, key)


def _averaged(predictions: Predictions, key: str) -> None:
    """The mean curve over the classes, theirs faint behind it."""
    every = loading.measured(data.every, predictions)
    curves = list(every.values())
    set_page.line([
        set_page.told(_("Mean area under ROC"), macro([one.auc for one in curves])),
        set_page.told(_("Mean average precision"), macro([one.average_precision for one in curves])),
        _("{n} classes").format(n=integer(len(curves), language())),
    ])  # fmt: skip
    behind = list(every.items())[:FAINT]
    name = _("mean over classes")
    rocs = [(name, *mean_roc(curves)), *((f" {plain(label)}", *one.roc) for label, one in behind)]
    prs = [(name, *mean_pr(curves)), *((f" {plain(label)}", *one.pr) for label, one in behind)]
    threshold_chart.pair(rocs, prs, prevalence=None, at=None, key=key)
    st.caption(_("A mean of curves has no threshold of its own: pick a class, or the pooled decisions, to cut."))
    calibration.draw(None, predictions, key)


def _headline(curves: ScoreCurves) -> None:
    parts = [
        set_page.told(_("Area under ROC"), curves.auc),
        set_page.told(_("Average precision"), curves.average_precision),
        f"{_('Rows')} **{escape(integer(curves.histogram.n, language()))}**",
    ]
    if not curves.histogram.exact:
        parts.append(_("counted in bins: the area is off by at most {bound}").format(
            bound=f"{auc_bounds(curves.histogram):.0e}"))  # fmt: skip
    set_page.line(parts)


def _method(predictions: Predictions) -> None:
    lines = [
        _("A row is answered yes when its score is at least the threshold. The thick line and the diamond show it."),
        _("The best threshold is chosen on the whole file; its interval comes from 200 resampled files, and the gain "
          "from resamples on which it was not chosen."),
        _("Calibration bins hold about equal numbers of rows. The error is the mean gap between confidence and what "
          "happened, weighted by rows; its interval takes the bias of small bins off."),
        _("The temperature is the maximum of the likelihood, its interval the profile at 95 %."),
    ]  # fmt: skip
    if predictions.roles.weight:
        lines.append(
            _("Counts are sums of the weights in column {name}.").format(name=escape(predictions.roles.weight))
        )
    st.markdown("\n".join(f"- {line}" for line in lines))
