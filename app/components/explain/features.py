"""One feature: its contributions against its values, and how the answer moves when it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import chart
from app.components.explain import data, store
from app.components.text import escape, shorten
from app.i18n import _
from diagnostics.figures import explanations_features as figures

if TYPE_CHECKING:
    from app.components.explain.picture import Picture
    from diagnostics.explanations.dependence import Dependence


def draw(picture: Picture) -> None:
    """Draw the choice of a feature, its dependence and its partial dependence."""
    attribution = picture.explained.attribution
    order = [attribution.features[int(i)] for i in np.argsort(-attribution.importance)]
    state.from_address("feature")
    if state.widget("feature") not in order:
        state.control("feature", order[0])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen: str = st.selectbox(_("Feature"), order, format_func=lambda f: shorten(f, 40), key="feature", width=320)
        place = data.pick_row(picture)
    state.to_address("feature", chosen, default=order[0])
    column = attribution.features.index(chosen)
    _contributions(picture, column, place)
    _partial(picture, column, place)


def _contributions(picture: Picture, column: int, place: int) -> None:
    from diagnostics.explanations.dependence import interaction_partner

    attribution = picture.explained.attribution
    if np.isnan(attribution.rows[:, column]).all():
        st.caption(_("The prediction file does not hold this feature, so its values are not known."))
        return
    name, partner = attribution.features[column], interaction_partner(attribution, column)
    st.header(_("Contributions of {feature}").format(feature=escape(name)), anchor=False)
    words = data.words(name, _("contribution to the {output}").format(output=picture.output))
    figure = figures.dependence(
        attribution.rows[:, column], attribution.values[:, column], words, state.theme(),
        other=None if partner is None else attribution.rows[:, partner],
        other_name="" if partner is None else attribution.features[partner],
        categories=data.categories(picture, column), lit=place,
    )  # fmt: skip
    alt = _("Contributions of {feature} against its values").format(feature=name)
    chart.chart(figure, key=f"dependence-{picture.key}-{column}", alt=alt, file=f"dependence-{column}")
    if partner is not None:
        text = _("Coloured by {other}, low blue to high orange: the feature that best explains the spread at like "
                 "values. The circle is the chosen row.")  # fmt: skip
        st.caption(text.format(other=escape(attribution.features[partner])))


def _partial(picture: Picture, column: int, place: int) -> None:
    from diagnostics.explanations import work

    st.header(_("If only this feature changed"), anchor=False)
    outcome = picture.outcome
    if outcome is None:
        st.caption(_("Partial dependence asks the model for new rows; uploaded values cannot answer."))
        return
    found: Dependence | None = store.wait_for(
        f"depend-{picture.key}-{column}-{place}", lambda job: work.depend(job, outcome.subject, column, place),
        told=_("Moving the feature through its range"),
    )  # fmt: skip
    if found is None:
        return
    words = data.words(found.feature, _answer(picture), mean=_("mean of all rows"), row=_("chosen row"))
    figure = figures.partial(
        found.grid, found.mean, found.curves[:-1], words, state.theme(),
        categories=data.categories(picture, column), lit=found.curves[-1],
    )  # fmt: skip
    alt = _("Partial dependence on {feature}, with single rows behind it").format(feature=found.feature)
    chart.chart(figure, key=f"partial-{picture.key}-{column}-{place}", file=f"partial-dependence-{column}", alt=alt)
    st.caption(_("Thick: the mean (partial dependence). Thin: single rows. Dashed: the chosen row. Where thin lines "
                 "cross, the feature acts together with others; where features move together in the data, parts of "
                 "the lines are rows that do not occur."))  # fmt: skip


def _answer(picture: Picture) -> str:
    if not picture.sample.is_classification:
        return _("predicted value")
    return _("answer for {name}").format(name=picture.sample.classes[picture.number])
