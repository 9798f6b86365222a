"""Narrowing a list of rows by one column: what somebody types becomes a condition of the database."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import state
from app.components.text import plain
from app.i18n import _
from diagnostics.queries.pages import OPERATORS, narrowed
from diagnostics.types import Predictions

NO_VALUE = ("missing", "present")


def condition(predictions: Predictions, key: str) -> str:
    """The condition that was set before, as SQL; "" for none."""
    column, operator = state.widget(f"{key}-column"), state.widget(f"{key}-operator")
    if not column or operator not in OPERATORS:
        return ""
    return narrowed(predictions, column, operator, str(state.widget(f"{key}-text") or "").strip())


def draw(predictions: Predictions, columns: Sequence[str], key: str) -> None:
    """Draw the filter, folded."""
    active = condition(predictions, key)
    with st.popover(_("Filter (on)") if active else _("Filter"), type="primary" if active else "secondary"):
        st.selectbox(
            _("Column"), [None, *columns], format_func=lambda name: _("none") if name is None else plain(name),
            key=f"{key}-column",
        )  # fmt: skip
        names = {
            "is": _("is"), "is_not": _("is not"), "contains": _("contains"), "at_least": _("is at least"),
            "at_most": _("is at most"), "missing": _("is missing"), "present": _("is present"),
        }  # fmt: skip
        operator = st.selectbox(_("Condition"), list(OPERATORS), format_func=names.__getitem__, key=f"{key}-operator")
        st.text_input(_("Value"), key=f"{key}-text", disabled=operator in NO_VALUE)
        if active:
            st.button(_("Show all rows"), key=f"{key}-all", on_click=_clear, args=(key,))


def _clear(key: str) -> None:
    state.control(f"{key}-column", None)
    state.control(f"{key}-text", "")
