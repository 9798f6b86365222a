"""Squared loss whose two sides cost differently: a slider, what it costs now, and the shift that would cost least."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import set_page, sliders
from app.components.regression import data
from app.components.text import escape
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer, number, percent
from diagnostics.metrics.asymmetry import asymmetric, best_shift
from diagnostics.types import Predictions


@st.fragment
def draw(predictions: Predictions) -> None:
    """Draw the slider and what follows from it."""
    st.header(_("When too low and too high do not cost the same"), anchor=False)
    alpha = sliders.slide(
        _("Alpha: weight of answers that are too low"), 0.01, 0.99, key="alpha", default=0.5, step=0.01,
        help=_("Each row costs alpha × residual² where the answer was too low, and (1 − alpha) × residual² where it "
               "was too high. At 0.5 both cost the same: half the mean squared error."),
    )  # fmt: skip
    sides = loading.measured(data.sides, predictions)
    even = loading.measured(data.spread, predictions).even
    low, high = alpha * sides.under, (1 - alpha) * sides.over
    parts = [set_page.told(_("Asymmetric squared loss"), asymmetric(sides, alpha))]
    if low + high > 0:
        text = _("Too low: {rows} rows, {share} of the loss")
        parts.append(_side(text, sides.under_rows, low / (low + high)))
        text = _("Too high: {rows} rows, {share} of the loss")
        parts.append(_side(text, sides.over_rows, high / (low + high)))
    set_page.line(parts)
    shift = best_shift(even, alpha)
    if shift is not None:
        text = _("With this alpha, adding **{shift}** to every prediction would cost least: the expectile of the "
                 "residuals. A model trained with this loss learns the shift row by row.")  # fmt: skip
        st.markdown(text.format(shift=escape(number(shift, language()))))


def _side(text: str, rows: int, share: float) -> str:
    return text.format(rows=escape(integer(rows, language())), share=f"**{escape(percent(share, language()))}**")
