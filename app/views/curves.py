"""Placeholder until the page moves in."""

from __future__ import annotations


def render() -> None:
    """Draw the page."""
