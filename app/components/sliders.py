"""Numbers somebody sets on a page; they live in the address, so that a link restores them."""

from __future__ import annotations

import math

import streamlit as st

from app import state

STEPS = 300
"""About so many positions of a slider over its range."""


def slide(
    label: str, low: float, high: float, *, key: str, default: float, step: float | None = None,
    help: str | None = None,
) -> float:  # fmt: skip
    """Draw a slider and return its value.

    Parameters
    ----------
    low, high : float
        Widened to whole steps.
    key : str
        Of the widget and in the address.
    default : float
        Not written to the address.
    step : float, optional
        A power of ten that gives a few hundred positions by default.
    """
    step = step or 10.0 ** math.floor(math.log10(max(high - low, 1e-12) / STEPS))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    low, high = round(math.floor(low / step) * step, digits), round(math.ceil(high / step) * step, digits)
    high = max(high, low + step)
    default = round(min(max(default, low), high), digits)
    _settle(key, low, high, default)
    chosen = float(
        st.slider(label, low, high, step=step, key=key, format=f"%.{digits}f", help=help)
    )  # fmt: skip
    state.to_address(key, f"{chosen:.{digits}f}", default=f"{default:.{digits}f}")
    return chosen


def amount(label: str, *, key: str, default: float, low: float = 0.0, high: float = 1e9) -> float:
    """Draw a field for a number and return it."""
    _settle(key, low, high, default)
    chosen = float(st.number_input(label, low, high, key=key, step=1.0, format="%g", width=150))
    state.to_address(key, f"{chosen:g}", default=f"{default:g}")
    return chosen


def whole(label: str, *, key: str, default: int, low: int, high: int, help: str | None = None) -> int:
    """Draw a field for a whole number and return it."""
    _settle(key, low, high, default)
    state.control(key, int(state.widget(key)))
    chosen = int(st.number_input(label, low, high, key=key, step=1, help=help, width=150))
    state.to_address(key, str(chosen), default=str(default))
    return chosen


def _settle(key: str, low: float, high: float, default: float) -> None:
    """Give the widget a number inside its range: from the address, from before, or the default."""
    state.from_address(key)
    try:
        now = float(state.widget(key, default))
    except (TypeError, ValueError):
        now = default
    state.control(key, now if low <= now <= high else default)
