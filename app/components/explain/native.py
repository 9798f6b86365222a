"""Importance as the model's own library keeps it, and its place beside SHAP and permutation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import chart, choices, set_page
from app.components.explain import data, store
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.figures import explanations as figures
from diagnostics.knowledge import label
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.components.explain.picture import Picture
    from diagnostics.explanations.importance import FeatureImportance
    from diagnostics.explanations.native import NativeImportance


def obtain(picture: Picture) -> NativeImportance | None:
    """Return what the model says of itself; None for stand-ins and uploaded values, which hold no such model."""
    from diagnostics.explanations import work
    from diagnostics.explanations.subject import ModelSubject

    subject = None if picture.outcome is None else picture.outcome.subject
    if not isinstance(subject, ModelSubject):
        return None
    found: NativeImportance | None = store.wait_for(
        f"native-{subject.key}", lambda job: work.native(job, subject), told=_("Reading the model's own importance")
    )
    return found


def draw(picture: Picture, found: NativeImportance | None) -> Sequence[FeatureImportance]:
    """Draw the model's own importance and return its order; empty where there is none."""
    st.header(_("The model's own importance"), anchor=False)
    if picture.kind != "model":
        st.caption(_("Only an uploaded model keeps an importance of its own."))
        return ()
    if found is None:
        return ()
    if not found.measures:
        st.caption(_("This model keeps none: it is neither made of trees nor linear, or its format does not say."))
        return ()
    measure = _measure(found)
    ranked = found.ranked(measure)
    if measure == "coefficient":
        _coefficients(picture, found)
        return ranked
    shown = ranked[: figures.SHOWN]
    figure = figures.importance(
        [one.feature for one in shown], np.array([one.value.value or 0.0 for one in shown]),
        data.words(label(f"native_{measure}", language())), state.theme(),
    )  # fmt: skip
    alt = _("Features by the model's own importance, largest first: {names}.")
    names = ", ".join(one.feature for one in shown[:5])
    chart.chart(figure, key=f"native-{picture.key}-{measure}", alt=alt.format(names=names), file="native-importance")
    st.caption(_("A number of the training, for all classes together and without an interval. Measures by splits or "
                 "impurity favour features with many values."))  # fmt: skip
    return ranked


def _measure(found: NativeImportance) -> str:
    offered = {name: label(f"native_{name}_short", language()) for name in found.measures}
    if len(offered) == 1:
        return next(iter(offered))
    default = "total_gain" if "total_gain" in offered else next(iter(offered))
    return choices.one(_("Measure"), offered, key="measure", default=default)


def _coefficients(picture: Picture, found: NativeImportance) -> None:
    values = found.measures["coefficient"]
    order = np.argsort(-np.abs(values), kind="stable")
    st.dataframe(
        {
            _("Feature"): [plain(found.features[int(i)]) for i in order],
            _("Coefficient"): [number(float(values[i]), language(), 4) for i in order],
        },
        hide_index=True, key=f"own-coefficients-{picture.key[:24]}", alt=_("Coefficients as the model keeps them"),
    )  # fmt: skip
    if found.standardised:
        st.caption(_("The model standardises its inputs before: each coefficient is per standard deviation of its "
                     "training rows, so their sizes can be compared."))  # fmt: skip
    elif found.before:
        text = _("Steps before the coefficients: {steps}. They are per unit of what these steps give out.")
        st.caption(text.format(steps=escape(", ".join(found.before))))
    else:
        st.caption(_("The model does not standardise its inputs: each coefficient is per unit of its column, so their "
                     "sizes cannot be compared across columns of different units."))  # fmt: skip


def places(
    shap: Sequence[FeatureImportance], own: Sequence[FeatureImportance], permuted: Sequence[FeatureImportance],
    key: str,
) -> None:  # fmt: skip
    """Draw the place of every feature by each order there is, and how far the orders agree."""
    from diagnostics.explanations.importance import rank_agreement

    orders = {_("SHAP"): shap, _("model's own"): own, _("permutation"): permuted}
    orders = {name: order for name, order in orders.items() if order}
    names = list(orders)
    if len(names) < 2:
        return
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    set_page.line([
        set_page.told(_("Rank agreement, {a} with {b}").format(a=a, b=b), rank_agreement(orders[a], orders[b]))
        for a, b in pairs
    ])  # fmt: skip
    at = {name: {one.feature: place for place, one in enumerate(order, start=1)} for name, order in orders.items()}
    columns = {
        _("Place by {order}").format(order=name): [at[name].get(one.feature) for one in shap] for name in names
    }  # fmt: skip
    st.dataframe(
        {_("Feature"): [plain(one.feature) for one in shap], **columns},
        hide_index=True, key=f"places-{key[:24]}-{len(names)}", alt=_("Places of the features by each measure"),
    )  # fmt: skip
    st.caption(
        _("They measure different things: SHAP what moves the answer, permutation what the answer's quality needs, the "
          "model's own what its training used. A feature high in the first and low in the second moves answers "
          "without making them better.")
    )  # fmt: skip
