"""Residuals in pictures: against the prediction or an attribute, their distribution, and by range."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import loading, state
from app.components import chart, set_page
from app.components.regression import data
from app.components.text import plain
from app.i18n import _, language
from diagnostics.figures.axes import AxisWords
from diagnostics.figures.histograms import histogram
from diagnostics.figures.residuals import by_group, quantiles, residuals
from diagnostics.knowledge.numbers import number
from diagnostics.queries.residuals import ResidualProfile
from diagnostics.types import FloatArray, Predictions, ResidualMoments

PREDICTION = ""


def against(predictions: Predictions, key: str) -> None:
    """Draw residuals against what somebody picks; a category gets a dot a value."""
    numeric = loading.measured(data.numeric, predictions)
    offered = {PREDICTION: _("the prediction"), **{name: plain(name) for name in predictions.roles.attributes}}
    state.from_address("against")
    if state.widget("against") not in offered:
        state.control("against", PREDICTION)
    column: str = st.selectbox(
        _("Residuals against"), list(offered), format_func=offered.__getitem__, key="against", width=360
    )
    state.to_address("against", column, default=PREDICTION)
    if column and column not in numeric:
        _groups(predictions, column, key)
        return
    _quantity(predictions, column or None, offered[column], key)


def _quantity(predictions: Predictions, column: str | None, title: str, key: str) -> None:
    cloud = loading.measured(data.cloud, predictions, column)
    if not len(cloud.x):
        st.caption(_("No row has a value here."))
        return
    profile = loading.measured(data.profile, predictions, column)
    words = AxisWords(
        x=title, y=_("residual (truth − prediction)"), separators=set_page.separators(),
        names={
            "rows": _("rows"), "row": _("row"), "mean": _("mean of the range"),
            "too_low": _("answered too low"), "too_high": _("answered too high"),
        },
    )  # fmt: skip
    figure = residuals(
        cloud.x, cloud.y, words, state.theme(), count=cloud.count, row=cloud.row,
        middle=(profile.low + profile.high) / 2, mean=profile.mean, half=_half(profile.deviation, profile.count),
    )  # fmt: skip
    alt = _(
        "Residuals against {name}; mean residual from {first} in the lowest range to {last} in the highest."
    ).format(
        name=title, first=number(float(profile.mean[0]), language()), last=number(float(profile.mean[-1]), language())
    )
    chart.chart(figure, key=f"residuals-{key}-{column}", alt=alt, file="residuals")
    if cloud.count is not None:
        st.caption(_("Too many rows for dots: colour counts rows, on a logarithmic scale. The line is the mean of each "
                     "range with its 95 % interval."))  # fmt: skip


def _groups(predictions: Predictions, column: str, key: str) -> None:
    groups = loading.measured(data.groups, predictions, column)
    names = [name or _("(missing)") for name in groups.names]
    words = AxisWords(
        x=_("mean residual (truth − prediction)"), y="", separators=set_page.separators(), names={"rows": _("rows")}
    )
    half = _half(groups.deviation, groups.count)
    figure = by_group(names, groups.mean, np.nan_to_num(half), groups.count, words, state.theme())
    alt = _("Mean residual of {n} groups of {name} with 95 % intervals.").format(n=len(names), name=plain(column))
    chart.chart(figure, key=f"residual-groups-{key}-{column}", alt=alt, file="residuals")
    st.dataframe(
        {
            plain(column): [plain(name) for name in names],
            _("Rows"): groups.count.astype(int).tolist(),
            _("Mean residual"): _listed(groups.mean),
            _("Mean absolute error"): _listed(groups.mean_absolute),
        },
        hide_index=True,
        alt=_("Errors by group"),
        key=f"groups-{key}-{column}",
    )


def distribution(predictions: Predictions, moments: ResidualMoments, key: str) -> None:
    """Draw the histogram with a normal curve of the same mean and spread, and the QQ plot."""
    spread = loading.measured(data.spread, predictions)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(_("Distribution of the residuals"), anchor=False)
        words = AxisWords(x=_("residual (truth − prediction)"), y=_("rows"), separators=set_page.separators())
        lines = []
        if moments.variance > 0 and len(spread.edges):
            middle = (spread.edges[:-1] + spread.edges[1:]) / 2
            lines = [(_("normal curve"), middle, _normal(middle, moments, spread.edges))]
        figure = histogram(
            spread.edges, [(_("residuals"), spread.counts)], words, state.theme(), lines=lines, at=0.0, height=320
        )
        alt = _("Histogram of the residuals; mean {mean}, median {median}.").format(
            mean=number(moments.mean, language()), median=number(moments.median, language())
        )
        chart.chart(figure, key=f"spread-{key}", alt=alt, file="residual-distribution")
    with right:
        st.header(_("Against a normal distribution"), anchor=False)
        words = AxisWords(
            x=_("normal quantile"), y=_("residual"), separators=set_page.separators(),
            names={"normal": _("dotted: a normal distribution")},
        )  # fmt: skip
        figure = quantiles(spread.normal, spread.found, words, state.theme())
        alt = _("Quantiles of the residuals against normal ones; kurtosis {kurtosis} (normal: 3).").format(
            kurtosis=number(moments.kurtosis, language())
        )
        chart.chart(figure, key=f"qq-{key}", alt=alt, file="qq")


def by_range(predictions: Predictions, key: str) -> None:
    """Draw the error by ranges of the prediction, with its table."""
    st.header(_("Error by range of the prediction"), anchor=False)
    profile = loading.measured(data.profile, predictions, None)
    st.dataframe(
        {
            _("From"): _listed(profile.low),
            _("To"): _listed(profile.high),
            _("Rows"): profile.count.astype(int).tolist(),
            _("Mean residual"): _listed(profile.mean),
            _("± (95 %)"): _listed(_half(profile.deviation, profile.count)),
            _("Mean absolute error"): _listed(profile.mean_absolute),
            _("Spread"): _listed(profile.deviation),
        },
        hide_index=True,
        alt=_("Error by range of the prediction"),
        key=f"ranges-{key}",
    )
    _remark(profile)


def _remark(profile: ResidualProfile) -> None:
    if len(profile.mean_absolute) < 2:
        return
    worst = int(np.nanargmax(profile.mean_absolute))
    text = _("Errors are largest between {low} and {high}: {error} on average.")
    st.caption(text.format(
        low=number(float(profile.low[worst]), language()), high=number(float(profile.high[worst]), language()),
        error=number(float(profile.mean_absolute[worst]), language()),
    ))  # fmt: skip


def _half(deviation: FloatArray, count: FloatArray) -> FloatArray:
    half: FloatArray = 1.96 * deviation / np.sqrt(np.maximum(count, 1))
    return half


def _normal(middle: FloatArray, moments: ResidualMoments, edges: FloatArray) -> FloatArray:
    width, scale = float(edges[1] - edges[0]), float(np.sqrt(moments.variance))
    height: FloatArray = np.exp(-0.5 * ((middle - moments.mean) / scale) ** 2) / (scale * np.sqrt(2 * np.pi))
    return height * width * moments.n


def _listed(values: FloatArray) -> list[float | None]:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]
