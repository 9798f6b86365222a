"""Do the probabilities mean what they say: calibration curve, its error, a temperature, scores by class."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import loading, state
from app.components import chart, set_page
from app.components.text import escape, plain
from app.components.thresholds import data
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.figures.axes import AxisWords
from diagnostics.figures.calibration import calibration
from diagnostics.figures.histograms import histogram
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import interval, number
from diagnostics.metrics import compute
from diagnostics.metrics.intervals import wilson
from diagnostics.metrics.operating import ScoreCurves, binned
from diagnostics.metrics.temperature import Temperature
from diagnostics.types import CalibrationBins, Predictions, Task

MEANS = ("probability", "percent")


def draw(target: data.Target | None, predictions: Predictions, key: str) -> None:
    """Draw the calibration of one class, or of the answers where no class is given."""
    st.header(_("Calibration"), anchor=False)
    given = target.predictions if target else predictions
    if given.roles.score_kind not in (*MEANS, "confidence"):
        st.caption(_("The scores of this file are not probabilities, so there is nothing to calibrate them against."))
        return
    try:
        if target is not None:
            bins = loading.measured(data.calibration, given, target.label, False)
            fit = loading.measured(data.class_temperature, given, target.label)
        else:
            bins = loading.measured(data.answers, given, False)
            fit = loading.measured(data.answer_temperature, given)
    except RunClinicError as error:
        st.caption(escape(error_text(error, language())))
        return
    if not len(bins.count):
        st.caption(_("No row has both a truth and a probability."))
        return
    _curve(bins, key, whole=target is None)
    _error(bins, target)
    _advice(fit, softmax=target is None and predictions.task is Task.MULTICLASS)


def _error(bins: CalibrationBins, target: data.Target | None) -> None:
    """Say which of the two calibration errors this is: that of a class, or that of the answers."""
    if target is None:
        name = _("Calibration error of the answers (top-label ECE)")
        note = _("How far the confidence of the answer is from the share answered right. The finding on calibration "
                 "reports this number; the error of one class is another.")  # fmt: skip
    else:
        name = _("Calibration error of {name} (class-wise ECE)").format(name=plain(target.name))
        note = _("How far the probability of this class is from the share of rows that are of it, over all rows. The "
                 "finding on calibration reports another number: the error of the answer's confidence.")  # fmt: skip
    set_page.line([set_page.told(name, compute("ece", calibration=bins))])
    st.caption(note)


def _curve(bins: CalibrationBins, key: str, *, whole: bool) -> None:
    bounds = [wilson(o * n, n) or (0.0, 1.0) for o, n in zip(bins.observed, bins.count, strict=True)]
    low, high = np.array(bounds).T
    words = AxisWords(
        x=_("confidence of the answer") if whole else _("predicted probability"),
        y=_("share answered right") if whole else _("share that is true"), separators=set_page.separators(),
        names={
            "perfect": _("means what it says"), "rows": _("rows"), "interval": _("95 %:"),
            "too_sure": _("too sure"), "too_timid": _("too timid"),
        },
    )  # fmt: skip
    figure = calibration(bins, low, high, words, state.theme())
    worst = int(np.argmax(np.abs(bins.observed - bins.confidence)))
    text = _("Calibration curve of {n} bins; the largest gap: {share} happened where {confidence} was predicted.")
    alt = text.format(
        n=len(bins.count), share=number(float(bins.observed[worst]), language()),
        confidence=number(float(bins.confidence[worst]), language()),
    )  # fmt: skip
    chart.chart(figure, key=f"calibration-{key}", alt=alt, file="calibration")


def _advice(fit: Temperature | None, *, softmax: bool) -> None:
    if fit is None:
        return
    spread = escape(interval(fit.low, fit.high, language()))
    value = escape(number(fit.value, language()))
    if not fit.helps:
        st.caption(_("A temperature would change nothing that shows: {value} ({spread}).").format(
            value=value, spread=spread))  # fmt: skip
        return
    how = _("Divide all logits by it before the softmax.") if softmax else _("Divide the logit by it.")
    text = _("Temperature **{value}** ({spread}) would mend it: log loss {before} → {after}. {how} Fit it on rows the "
             "final score is not measured on.")  # fmt: skip
    st.markdown(text.format(
        value=value, spread=spread, before=escape(number(fit.before, language())),
        after=escape(number(fit.after, language())), how=how,
    ))  # fmt: skip


def scores(curves: ScoreCurves, positive: str, threshold: float | None, key: str) -> None:
    """Draw how the scores of either side are spread."""
    st.header(_("Scores by class"), anchor=False)
    edges, own, rest = binned(curves.histogram)
    if not len(edges):
        st.caption(_("No row has a score."))
        return
    words = AxisWords(x=_("score"), y=_("share of the class's rows"), separators=set_page.separators())
    groups = [(positive, own), (_("not {name}").format(name=positive), rest)]
    figure = histogram(edges, groups, words, state.theme(), shares=True, at=threshold, height=380)
    alt = _("Histogram of the scores of {name} and of all other rows.").format(name=positive)
    chart.chart(figure, key=f"scores-{key}", alt=alt, file="scores")
