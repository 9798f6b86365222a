"""Choices of a page whose codes live in the address, so that a link restores them in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from app import state


def one(label: str, offered: Mapping[str, str], *, key: str, default: str, help: str | None = None) -> str:
    """Draw a switch and return the chosen code.

    Parameters
    ----------
    label : str
    offered : mapping of code to what is shown
    key : str
        Of the widget and in the address.
    default : str
        Not written to the address.
    """
    state.from_address(key)
    if state.widget(key) not in offered:
        state.control(key, default)
    chosen: str = st.segmented_control(
        label, list(offered), format_func=offered.__getitem__, key=key, required=True, help=help
    )
    state.to_address(key, chosen, default=default)
    return chosen


def several(
    label: str,
    offered: Mapping[str, str],
    *,
    key: str,
    placeholder: str,
    help: str | None = None,
    width: int | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Draw a list to choose from and return the chosen codes; empty means what the placeholder says."""
    state.from_address(key, many=True)
    now: Sequence[str] = state.widget(key) or ()
    state.control(key, [code for code in now if code in offered])
    chosen = st.multiselect(
        label, list(offered), format_func=offered.__getitem__, key=key, placeholder=placeholder, help=help,
        width=width or "stretch",
    )  # fmt: skip
    state.to_address(key, chosen, default=[])
    return tuple(chosen)
