"""Putting a slice together: conditions on columns, one after the other, until they say what is meant."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import active_slice
from app.components.text import escape, plain
from app.i18n import _
from diagnostics.slices.listing import choices, columns_to_slice, range_of
from diagnostics.types import Condition, Predictions

DRAFT = "slice_draft"


def draw(predictions: Predictions) -> None:
    """Draw the builder; its draft becomes the active slice with one click."""
    offered = dict(loading.measured(columns_to_slice, predictions))
    if not offered:
        st.caption(_("This file has no column to slice by."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        column = st.selectbox(_("Column"), list(offered), key="draft_column", format_func=plain, width=220)
        condition = _ordered(predictions, column) if offered[column] else _listed(predictions, column)
        st.button(
            _("Add condition"), key="draft_add", on_click=_add, args=(condition,), disabled=condition is None
        )  # fmt: skip
    _draft()


def _ordered(predictions: Predictions, column: str) -> Condition | None:
    signs = {"between": _("from … to"), ">=": "≥", "<": "<", "==": "=", "is_null": _("is missing")}
    op = st.selectbox(
        _("Is"), list(signs), format_func=signs.__getitem__, key=f"draft_op_{column}", width=130
    )  # fmt: skip
    if op == "is_null":
        return Condition(column=column, op=op)
    low, high, time = loading.measured(range_of, predictions, column)
    if low is None or high is None:
        st.caption(_("This column has no values."))
        return None
    if time:
        return _moments(column, op, str(low), str(high))
    first = _number(_("From") if op == "between" else _("Value"), low, f"draft_low_{column}")
    if op != "between":
        return Condition(column=column, op=op, value=first)
    second = _number(_("To"), high, f"draft_high_{column}")
    return Condition(column=column, op="between", value=(min(first, second), max(first, second)))


def _number(label: str, start: float, key: str) -> float | int:
    found = float(st.number_input(label, value=float(start), key=key, format="%g", width=140))
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def _moments(column: str, op: str, low: str, high: str) -> Condition:
    first = st.text_input(_("From") if op == "between" else _("Time"), value=low, key=f"draft_low_{column}", width=190)
    if op != "between":
        return Condition(column=column, op=op, value=first)
    second = st.text_input(_("To"), value=high, key=f"draft_high_{column}", width=190)
    return Condition(column=column, op="between", value=(first, second))


def _listed(predictions: Predictions, column: str) -> Condition | None:
    signs = {"in": _("is one of"), "not_in": _("is none of"), "is_null": _("is missing")}
    op = st.selectbox(_("Is"), list(signs), format_func=signs.__getitem__, key=f"draft_op_{column}", width=130)
    if op == "is_null":
        return Condition(column=column, op=op)
    values = loading.measured(choices, predictions, column)
    chosen = st.multiselect(
        _("Values"), list(values), format_func=plain, key=f"draft_values_{column}", placeholder=_("Choose"), width=280
    )
    if not chosen:
        return None
    if op == "in" and len(chosen) == 1:
        return Condition(column=column, op="==", value=chosen[0])
    return Condition(column=column, op=op, value=tuple(chosen))


def _draft() -> None:
    now: tuple[Condition, ...] = state.recall(DRAFT, ())
    if not now:
        st.caption(_("A slice has one or more conditions; all of them must hold."))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{escape(active_slice.told(now))}**", width="content")
        st.button(_("Make it the active slice"), key="draft_use", type="primary", on_click=_use)
        st.button(_("Clear"), key="draft_clear", on_click=state.remember, args=(DRAFT, ()))


def _add(condition: Condition) -> None:
    now = state.recall(DRAFT, ())
    if condition not in now:
        state.remember(DRAFT, (*now, condition))


def _use() -> None:
    active_slice.activate(state.recall(DRAFT, ()))
