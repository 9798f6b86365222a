"""Regression: how far off the predictions are, where, in which direction, and in which rows."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import set_page
from app.components.findings import topic
from app.components.regression import cost, data, residuals
from app.components.rows import row_list
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import integer
from diagnostics.metrics import compute
from diagnostics.metrics.asymmetry import relative
from diagnostics.queries.losses import row_loss
from diagnostics.types import Predictions, ResidualMoments


def render() -> None:
    """Draw the page."""
    st.title(_("Regression"), anchor=False)
    st.caption(_("How far off are the predictions, where, and in which direction?"))
    opened = set_page.opened("regression")
    if opened is None:
        return
    entry, predictions = opened
    topic.draw(entry)
    try:
        _residuals(predictions)
    except RunClinicError as error:
        set_page.refused(predictions, error)


def _residuals(predictions: Predictions) -> None:
    moments = loading.measured(data.moments, predictions)
    if not moments.n:
        st.warning(_("No row has both a truth and a prediction."))
        return
    key = predictions.digest[:12]
    _headline(predictions, moments)
    residuals.against(predictions, key)
    residuals.distribution(predictions, moments, key)
    cost.draw(predictions)
    residuals.by_range(predictions, key)
    st.header(_("Worst rows"), anchor=False)
    row_list.draw(
        predictions, where="", key=f"worst-{key}", empty=_("No row has both a truth and a prediction."),
        loss=row_loss(predictions),
    )  # fmt: skip
    with st.expander(_("How this is counted")):
        _method(predictions, moments)


def _headline(predictions: Predictions, moments: ResidualMoments) -> None:
    names = {
        "mae": _("MAE"), "rmse": _("RMSE"), "median_absolute_error": _("Median absolute error"), "r2": _("R²"),
        "bias": _("Mean residual"),
    }  # fmt: skip
    parts = [set_page.told(title, compute(name, moments=moments)) for name, title in names.items()]
    parts.append(set_page.told(_("MAPE"), relative(loading.measured(data.sides, predictions))))
    parts.append(f"{_('Rows')} **{escape(integer(moments.n, language()))}**")
    set_page.line(parts)


def _method(predictions: Predictions, moments: ResidualMoments) -> None:
    lines = [
        _("A residual is the truth minus the prediction: positive where the model answered too low."),
        _("Ranges hold about equal numbers of rows. Intervals are 95 %."),
        _("MAPE divides by the truth, so it has no value where any truth is 0. R² has none where the truth never "
          "varies."),
        _("{n} rows were left out because the truth or the prediction is missing.").format(
            n=integer(moments.missing, language())),
    ]  # fmt: skip
    if predictions.roles.weight:
        lines.append(
            _("Means are weighted by column {name}; quantiles and ranges are not.").format(
                name=escape(predictions.roles.weight)
            )
        )
    st.markdown("\n".join(f"- {line}" for line in lines))
