"""Rows of the active slice: its errors beside its successes."""

from __future__ import annotations

import streamlit as st

from app import loading
from app.components import active_slice
from app.components.rows import row_list
from app.components.text import escape
from app.i18n import _, language, ngettext
from diagnostics.knowledge.numbers import integer
from diagnostics.slices.examples import Examples, examples
from diagnostics.types import Predictions


def draw(predictions: Predictions) -> None:
    """Draw the rows of a set that is narrowed to the active slice."""
    st.header(_("Examples of the active slice"), anchor=False)
    conditions = active_slice.predicate()
    st.markdown(f"**{escape(active_slice.told(conditions))}**")
    if not predictions.n_rows:
        st.caption(_("No row of this prediction set falls into it."))
        return
    found = loading.measured(examples, predictions)
    key = f"examples-{predictions.digest[:12]}{predictions.digest[64:]}"
    left, right = st.columns(2, gap="medium")
    with left:
        _side(predictions, found, key, worst=True)
    with right:
        _side(predictions, found, key, worst=False)


def _side(predictions: Predictions, found: Examples, key: str, *, worst: bool) -> None:
    rows, total = (found.worst, found.n_worst) if worst else (found.best, found.n_best)
    if found.right_or_wrong:
        title = ngettext("{n} error", "{n} errors", total) if worst else ngettext("{n} success", "{n} successes", total)
    else:
        title = _("Largest losses") if worst else _("Smallest losses")
    st.markdown(f"#### {escape(title.format(n=integer(total, language())))}")
    if len(rows) < total:
        st.caption(_("The {n} most telling of them.").format(n=integer(len(rows), language())))
    empty = _("There is none.")
    where = f"__row__ IN ({', '.join(map(str, rows))})" if rows else "FALSE"
    row_list.draw(predictions, where=where, key=f"{key}-{'worst' if worst else 'best'}", empty=empty)
