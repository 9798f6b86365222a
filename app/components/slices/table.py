"""The table of slices: sortable, coloured by direction with sign and word; a ticked row is the active slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import state
from app.components import active_slice
from app.components.slices import words
from app.i18n import _, language
from diagnostics.figures.palette import palette
from diagnostics.knowledge.numbers import integer, interval, number, p_value
from diagnostics.slices.gauge import against_whole, is_worse
from diagnostics.types import MetricValue, Slice

if TYPE_CHECKING:
    import pandas as pd

HEIGHT = 460
FEW = 12
"""Up to so many rows the table is as high as they are."""


def draw(
    slices: Sequence[Slice], overall: MetricValue, *, key: str, alt: str, names: Sequence[str] = (), tested: bool = True
) -> None:
    """Draw the table.

    Parameters
    ----------
    slices : sequence of Slice
    overall : MetricValue
        The metric of all rows.
    key : str
    alt : str
    names : sequence of str
        In place of the conditions.
    tested : bool
        Whether the slices have an adjusted p; the column is left out otherwise.
    """
    from pandas import DataFrame

    names = names or [words.told(one.predicate) for one in slices]
    table = DataFrame(_columns(slices, overall, names, tested=tested))
    st.dataframe(
        _dressed(table, slices),
        hide_index=True,
        height="content" if len(slices) <= FEW else HEIGHT,
        placeholder="–",
        key=key,
        on_select=lambda: _ticked(key, slices),
        selection_mode="single-row",
        column_config=_heads(),
        alt=alt,
    )


def _heads() -> dict[str, object]:
    """Short heads, so that the adjusted p is seen without scrolling; the whole name is the tooltip."""
    short = {
        _("All other rows"): _("Rest"), _("Difference to the rest"): _("vs. rest"),
        _("Difference, 95 %"): _("vs. rest, 95 %"), _("Difference to all rows"): _("vs. all"),
        _("Share of the loss"): _("Loss share"), _("Adjusted p"): _("Adj. p"),
    }  # fmt: skip
    heads: dict[str, object] = {name: st.column_config.Column(label, help=name) for name, label in short.items()}
    return {_("Slice"): st.column_config.TextColumn(width="medium"), **heads}


def _columns(
    slices: Sequence[Slice], overall: MetricValue, names: Sequence[str], *, tested: bool
) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        _("Slice"): list(names),
        "n": [one.n for one in slices],
        words.metric(overall.name): [one.metric.value for one in slices],
        _("All other rows"): [one.rest.value if one.metric.value is not None else None for one in slices],
        _("Direction"): [words.direction(one) for one in slices],
        _("Difference to the rest"): [one.delta for one in slices],
        _("Difference, 95 %"): [interval(one.delta_low, one.delta_high, language()) or "–" for one in slices],
        _("Difference to all rows"): [against_whole(one, overall) for one in slices],
        _("Share of the loss"): [one.share_of_loss for one in slices],
    }
    if tested:
        columns[_("Adjusted p")] = [one.adjusted_p for one in slices]
    return columns


def _dressed(table: pd.DataFrame, slices: Sequence[Slice]) -> object:
    """Numbers in the reader's language, still sorted as numbers; differences in the colour of their direction."""
    told: dict[str, Callable[[object], str]] = {
        "n": lambda v: integer(v, language()),
        words.metric(slices[0].metric.name) if slices else "": lambda v: number(v, language()),
        _("All other rows"): lambda v: number(v, language()),
        _("Difference to the rest"): words.delta,
        _("Difference to all rows"): words.delta,
        _("Share of the loss"): words.share,
        _("Adjusted p"): lambda v: p_value(v, language()),
    }
    styled = table.style.format({name: how for name, how in told.items() if name in table.columns}, na_rep="–")
    colours = palette(state.theme())
    hue = {True: f"color: {colours.worse}", False: f"color: {colours.better}", None: ""}
    coloured = [_("Difference to the rest"), _("Direction"), _("Difference, 95 %")]

    def paint(row: pd.Series) -> list[str]:
        found = slices[int(row.name)]
        if found.metric.value is None:
            return [f"color: {colours.muted}"] * len(row)
        return [hue[is_worse(found)] if name in coloured else "" for name in row.index]

    return styled.apply(paint, axis=1)


def _ticked(key: str, slices: Sequence[Slice]) -> None:
    chosen = state.widget(key, {})
    rows = chosen["selection"]["rows"] if chosen else []
    if rows and rows[0] < len(slices):
        active_slice.activate(slices[rows[0]].predicate)
