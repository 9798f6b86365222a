"""Importance by three means: SHAP, the model's own, the rise of the loss when a feature is shuffled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import chart
from app.components.explain import data, native, store
from app.components.text import plain
from app.i18n import _, language
from diagnostics.figures import explanations as figures
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from app.components.explain.picture import Picture
    from diagnostics.explanations.importance import FeatureImportance


def loss(picture: Picture) -> None:
    """Draw how much the loss rises when a feature is shuffled."""
    st.header(_("Which features the loss hangs on"), anchor=False)
    found = _permuted(picture)
    if found:
        _bars(picture, found)


def draw(picture: Picture) -> None:
    """Draw the places of the features by each order, then each order, and coefficients where the model is linear."""
    from diagnostics.explanations.importance import of_attribution

    st.header(_("Which features matter, by each measure"), anchor=False)
    top = st.container()
    ranked = native.draw(picture, native.obtain(picture))
    st.header(_("Permutation importance"), anchor=False)
    found = None
    if picture.outcome is None:
        st.caption(_("Permutation importance asks the model for new rows; uploaded values cannot answer."))
    else:
        found = _permuted(picture)
        if found:
            _bars(picture, found)
    with top:
        native.places(of_attribution(picture.explained.attribution), ranked, found or (), picture.key)
    _coefficients(picture)


def _permuted(picture: Picture) -> tuple[FeatureImportance, ...] | None:
    from diagnostics.explanations import work

    outcome = picture.outcome
    assert outcome is not None
    if not np.isfinite(picture.sample.truth).any() or (
        picture.sample.is_classification and not (picture.sample.truth >= 0).any()
    ):
        st.caption(_("The file has no truth, so the loss is not known."))
        return None
    found: tuple[FeatureImportance, ...] | None = store.wait_for(
        f"permute-{picture.key}", lambda job: work.permute(job, outcome.subject),
        told=_("Shuffling one feature after the other"),
    )  # fmt: skip
    return found


def _bars(picture: Picture, found: tuple[FeatureImportance, ...]) -> None:
    shown = [one for one in found if one.value.value is not None][: figures.SHOWN]
    values, low, high = (
        np.array([getattr(one.value, part) or 0.0 for one in shown]) for part in ("value", "low", "high")
    )
    x = (
        _("rise of the log loss when shuffled")
        if picture.sample.is_classification
        else _("rise of the squared error when shuffled")
    )
    figure = figures.importance(
        [one.feature for one in shown], values, data.words(x), state.theme(), low=low, high=high
    )
    chart.chart(figure, key=f"permuted-{picture.key}", alt=_("Features by the rise of the loss when shuffled"),
                file="permutation-importance")  # fmt: skip
    st.caption(_("Intervals: 95 % over rows, each the mean of 5 shuffles; up to 500 rows. Features that stand in for "
                 "each other share their importance, so each may look small."))  # fmt: skip


def _coefficients(picture: Picture) -> None:
    plane = None if picture.outcome is None else picture.outcome.plane
    if plane is None:
        return
    st.header(_("Coefficients found by asking"), anchor=False)
    names = picture.explained.attribution.features
    order = np.argsort(-np.abs(plane.standardised), kind="stable")
    st.dataframe(
        {
            _("Feature"): [plain(names[int(i)]) for i in order],
            _("Per unit"): [number(float(plane.coefficients[i]), language(), 4) for i in order],
            _("Per standard deviation"): [number(float(plane.standardised[i]), language(), 4) for i in order],
            _("Standard deviation"): [number(float(plane.deviations[i]), language(), 4) for i in order],
        },
        hide_index=True, key=f"coefficients-{picture.key[:24]}", alt=_("Coefficients of the linear model"),
    )  # fmt: skip
    scale = _("log-odds") if plane.scale == "logit" else _("answer")
    text = _(
        "Found by asking the model; intercept {intercept}, on the scale of the {scale}. Sorted by the change for one "
        "standard deviation over these rows; the model itself may have standardised its inputs before."
    )
    st.caption(text.format(intercept=number(plane.intercept, language()), scale=scale))
