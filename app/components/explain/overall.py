"""All rows at once: which features matter, how each row is pushed, rows as a heatmap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import chart
from app.components.explain import data
from app.components.text import escape
from app.i18n import _, language
from diagnostics.figures import explanations as figures
from diagnostics.figures import swarm as swarms
from diagnostics.figures.swarm import Dots
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.components.explain.picture import Picture

CELLS = 300


def draw(picture: Picture, rest: Callable[[], None]) -> None:
    """Draw bars and swarm; a click on a dot chooses its row.

    Parameters
    ----------
    picture : Picture
    rest : callable
        Called when the bars are drawn; draws the page anew where more rows are near.
    """
    from diagnostics.explanations.importance import of_attribution

    attribution = picture.explained.attribution
    found = of_attribution(attribution)
    order = [attribution.features.index(one.feature) for one in found][: figures.SHOWN]
    names = [attribution.features[column] for column in order]
    _headline(picture, names)
    left, right = st.columns([9, 11], gap="medium")
    with left:
        values = np.array([one.value.value or 0.0 for one in found[: len(order)]])
        low = np.array([one.value.low or 0.0 for one in found[: len(order)]])
        high = np.array([one.value.high or 0.0 for one in found[: len(order)]])
        figure = figures.importance(
            names, values, data.words(_("mean absolute contribution")), state.theme(), low=low, high=high
        )
        chart.chart(figure, key="explained-importance", alt=_alternative(names), file="importance")
    rest()
    with right:
        swarm(picture, order)
    if len(attribution.features) > len(order):
        st.caption(_("The {n} features that matter most, of {all}. Intervals: 95 %.").format(
            n=len(order), all=len(attribution.features)))  # fmt: skip


def swarm(picture: Picture, order: list[int]) -> None:
    """Draw the swarm; a click chooses its row and draws the page again."""
    attribution = picture.explained.attribution
    dots = Dots.of(attribution.values[:, order], attribution.rows[:, order])
    chosen = data.chosen_row(picture)
    words = data.words(
        _("contribution to the {output}").format(output=picture.output), low=_("low value"), high=_("high value"),
        rows=_("{n} rows alike"),
    )  # fmt: skip
    figure = swarms.swarm(
        [attribution.features[column] for column in order], dots,
        lambda row, line: data.cell(picture, order[line], row), words, state.theme(),
        lit=None if chosen is None else attribution.values[chosen, order],
    )  # fmt: skip
    alt = _("One line of dots for each feature: how far it pushes the {output} of the rows, coloured by its value.")
    events = chart.chart(
        figure, key="explained-swarm", alt=alt.format(output=picture.output), file="beeswarm", clickable=True
    )
    if events.click is not None:
        place = dots.nearest(float(events.click["x"]), float(events.click["y"]))
        if place is not None:
            data.choose_row(picture, place)
            st.rerun()
    st.caption(_("A dot is a row, or several rows alike where they are dense. Click one to see its row below."))


def heatmap(picture: Picture) -> None:
    """Draw every row as a column of contributions, rows ordered by the output."""
    attribution = picture.explained.attribution
    order = list(np.argsort(-attribution.importance)[: figures.SHOWN])
    taken = np.arange(0, len(attribution.rows), max(1, -(-len(attribution.rows) // CELLS)))
    taken = taken[np.argsort(-picture.explained.output[taken], kind="stable")]
    names = [attribution.features[int(column)] for column in order]
    x = _("rows, largest {output} first").format(output=picture.output)
    figure = figures.heatmap(names, attribution.values[taken][:, order], data.words(x), state.theme())
    chart.chart(figure, key="explained-heatmap", alt=_("Contributions of every row as colours"), file="heatmap")


def _headline(picture: Picture, names: list[str]) -> None:
    importance = picture.explained.attribution.importance
    total = float(importance.sum())
    if not names or total <= 0:
        st.info(_("No feature moves the output of these rows."))
        return
    top = names[:3]
    text = _("**{names}** carry most of the {output}: {value} of {total} in mean absolute contributions.")
    share = sum(float(importance[picture.explained.attribution.features.index(name)]) for name in top)
    st.markdown(text.format(
        names=escape(", ".join(top)), output=escape(picture.output), value=escape(number(share, language())),
        total=escape(number(total, language())),
    ))  # fmt: skip


def _alternative(names: list[str]) -> str:
    return _("Features by mean absolute contribution, largest first: {names}.").format(names=", ".join(names[:5]))
