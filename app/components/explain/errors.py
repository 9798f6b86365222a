"""Errors explained: which features cost loss, what sets misses apart from hits, a slice from the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import active_slice, chart
from app.components.explain import compare, data
from app.components.text import escape
from app.i18n import _, language
from diagnostics.figures import explanations_features as figures
from diagnostics.knowledge.numbers import integer, interval, number
from diagnostics.types import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.components.explain.picture import Picture
    from diagnostics.explanations.importance import Contrast

LEAST = 5
LISTED = 12


def draw(picture: Picture, predictions: Predictions) -> None:
    """Draw what is to be said of the errors."""
    _misses(picture)
    _slice(picture, predictions)
    if picture.outcome is not None:
        compare.loss(picture)


def _misses(picture: Picture) -> None:
    """Compare false negatives with true positives; of a regression the worst tenth with the rest."""
    sample = picture.sample
    if sample.is_classification:
        name = escape(sample.classes[picture.number])
        st.header(_("Missed rows of {name} against found ones").format(name=name), anchor=False)
        of_class = sample.truth == picture.number
        first, second = (
            of_class & (sample.answer != picture.number) & (sample.answer >= 0),
            of_class & (sample.answer == picture.number),
        )
        groups = (_("missed"), _("found"))
    else:
        st.header(_("The tenth with the largest errors against the others"), anchor=False)
        error = np.abs(sample.truth - sample.answer)
        known = np.isfinite(error)
        cut = np.quantile(error[known], 0.9) if known.any() else np.inf
        first, second = known & (error >= cut), known & (error < cut)
        groups = (_("large errors"), _("others"))
    _contrast(picture, first, second, groups, "misses")


def _slice(picture: Picture, predictions: Predictions) -> None:
    from diagnostics.explanations.sampling import inside

    conditions = active_slice.predicate()
    st.header(_("Inside the active slice against outside"), anchor=False)
    if not conditions:
        st.caption(_("No slice is active. Choose one on the page Slices to compare it with the rest."))
        return
    everything = picture.whole() if picture.whole is not None else None
    if everything is None:
        st.caption(_("This prediction set lacks a column of the slice, or the rest of it is not explained yet."))
        return
    picture, within = everything, inside(predictions, everything.sample.row)
    st.markdown(escape(active_slice.told(conditions)))
    importance = _importance_in(picture, within)
    if importance:
        st.markdown(importance)
    _contrast(picture, within, ~within, (_("inside"), _("outside")), "slice")


def _importance_in(picture: Picture, within: NDArray[np.bool_]) -> str:
    """Return which features matter more inside than outside, one sentence."""
    from diagnostics.explanations.importance import within_and_without

    attribution = picture.explained.attribution
    mask = within[: len(attribution.rows)]
    if mask.sum() < LEAST or (~mask).sum() < LEAST:
        return ""
    name, more, less = within_and_without(attribution, mask)
    text = _("Largest shift of importance: {feature} has a mean absolute contribution of {inside} inside and "
             "{outside} outside.")  # fmt: skip
    return text.format(feature=f"**{escape(name)}**", inside=escape(number(more, language())),
                       outside=escape(number(less, language())))  # fmt: skip


def _contrast(
    picture: Picture, first: NDArray[np.bool_], second: NDArray[np.bool_], groups: tuple[str, str], key: str
) -> None:
    from diagnostics.explanations.importance import contrast

    if first.sum() < LEAST or second.sum() < LEAST:
        text = _("Too few rows to compare: {a} {first}, {b} {second}; each side needs {least}.")
        st.caption(text.format(a=integer(int(first.sum()), language()), first=groups[0],
                               b=integer(int(second.sum()), language()), second=groups[1], least=LEAST))  # fmt: skip
        return
    encoding = data.encoding(picture)
    values = encoding.encode(picture.sample.columns)
    found = contrast(values, first, second, encoding.names)
    clear = [one for one in found if one.separates]
    if clear:
        st.markdown("\n".join(f"- {_sentence(one, groups)}" for one in clear[:3]))
    else:
        st.markdown(_("No feature tells the two groups apart beyond chance ({n} features compared).").format(
            n=len(encoding.names)))  # fmt: skip
    listed = found[:LISTED]
    x = _("chance of the larger value: “{first}” over “{second}”").format(first=groups[0], second=groups[1])
    figure = figures.contrast(
        [one.feature for one in listed], np.array([one.auc for one in listed]), np.array([one.low for one in listed]),
        np.array([one.high for one in listed]), data.words(x), state.theme(),
    )  # fmt: skip
    alt = _("How well each feature separates {first} from {second}; 0.5 is not at all.")
    chart.chart(figure, key=f"contrast-{key}-{picture.key}", file=f"contrast-{key}",
                alt=alt.format(first=groups[0], second=groups[1]))  # fmt: skip
    st.caption(_("Intervals: 95 %, widened for the number of features. Filled: beyond chance. Texts count by their "
                 "alphabetical order."))  # fmt: skip


def _sentence(one: Contrast, groups: tuple[str, str]) -> str:
    text = _("{feature}: median {a} where {first} (n = {na}), {b} where {second} (n = {nb}); separation {auc}{spread}.")
    return text.format(
        feature=f"**{escape(one.feature)}**", a=escape(number(one.first, language())), first=groups[0],
        na=integer(one.n_first, language()), b=escape(number(one.second, language())), second=groups[1],
        nb=integer(one.n_second, language()), auc=escape(number(one.auc, language())),
        spread=" " + escape(f"({interval(one.low, one.high, language())})"),
    )  # fmt: skip
