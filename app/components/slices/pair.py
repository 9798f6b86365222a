"""Where two prediction sets differ most: slices that lose, and slices that gain, against the change elsewhere."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components.slices import forest, search, table, words
from app.components.slices.controls import Reading
from app.components.text import escape, shorten
from app.i18n import _, language, ngettext
from diagnostics.knowledge.numbers import integer
from diagnostics.slices.surveying import Difference, difference
from diagnostics.types import Predictions
from diagnostics.workspace import PredictionsEntry


def draw(entry: PredictionsEntry, predictions: Predictions, reading: Reading) -> None:
    """Draw the comparison of the picked set with another of the same task.

    Raises
    ------
    RunClinicError
        The rows of the two sets cannot be matched.
    """
    sets = loading.prediction_sets(state.selection().project)
    others = {one.id: one for one in sets if one.id != entry.id and one.task == entry.task}
    if not others:
        st.info(_("There is no other prediction set of this task to compare with. Add the predictions of a second run "
                  "on the same rows."))  # fmt: skip
        return
    state.from_address("against")
    if state.widget("against") not in others:
        state.control("against", next(iter(others)))
    chosen = st.selectbox(
        _("Compare with"), list(others), format_func=lambda id: shorten(loading.label(others[id], sets)),
        key="against", width=340,
    )  # fmt: skip
    state.to_address("against", chosen)
    first = loading.predictions(others[chosen])
    found = search.result(difference, first, predictions, reading.min_size)
    if found is None:
        return
    _header(found, loading.label(others[chosen], sets), loading.label(entry, sets))
    for name, slices, head in (
        ("worse", found.worse, _("Slices that lost")), ("better", found.better, _("Slices that gained")),
    ):  # fmt: skip
        if slices:
            st.header(head, anchor=False)
            key = f"{name}-{first.digest[:8]}-{predictions.digest[:8]}"
            forest.draw(slices, found.overall, key=key)
            table.draw(slices, found.overall, key=f"table-{key}", alt=head)


def _header(found: Difference, first: str, second: str) -> None:
    n = len(found.worse) + len(found.better)
    head = ngettext("Tested {n} slice", "Tested {n} slices", found.tested).format(n=integer(found.tested, language()))
    text = ngettext(
        "{tested}; {n} changed otherwise than the rest.", "{tested}; {n} changed otherwise than the rest.", n
    )
    said = text.format(tested=head, n=n) if n else _("{tested}; none changed otherwise than chance explains.").format(
        tested=head)  # fmt: skip
    with st.container(key="rc-verdict-slices", gap="xsmall"):
        st.markdown(f"**{escape(said)}**")
        told = _("From {first} to {second}, {n} rows that both have. Change of the loss over all rows: {value}; below "
                 "0 is better.")  # fmt: skip
        st.caption(escape(told.format(first=first, second=second, n=integer(found.n, language()),
                                      value=words.value(found.overall))))  # fmt: skip
