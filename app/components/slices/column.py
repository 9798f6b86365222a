"""Every value of one column, and one column by another."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import active_slice, chart, choices
from app.components.slices import forest, table
from app.components.slices import words as slice_words
from app.components.slices.controls import Reading
from app.components.text import plain
from app.i18n import _
from diagnostics.figures.slices_grid import grid
from diagnostics.slices.gauge import is_worse
from diagnostics.slices.listing import Listing, by_column, columns_to_slice, crossed_columns
from diagnostics.types import Predictions


def values(predictions: Predictions, reading: Reading) -> None:
    """Draw all values, or all ranges, of a column."""
    offered = dict(loading.measured(columns_to_slice, predictions))
    if not offered:
        st.info(_("There is no column to slice by."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        column = _column(_("Column"), list(offered), key="column", place=0)
        bins, method, cuts = (4, "quantile", ()) if not offered[column] else _cutting()
    found = loading.measured(by_column, predictions, reading.metric, reading.min_size, column, bins, method, cuts)
    key = f"{predictions.digest[:12]}-{column}"
    forest.draw(found.slices, found.overall, key=f"column-{key}")
    table.draw(found.slices, found.overall, key=f"column-table-{key}", tested=False,
                     alt=_("All values of {column}").format(column=plain(column)))  # fmt: skip
    st.caption(slice_words.untested())


def _column(label: str, offered: list[str], *, key: str, place: int) -> str:
    state.from_address(key)
    if state.widget(key) not in offered:
        state.control(key, offered[min(place, len(offered) - 1)])
    chosen: str = st.selectbox(label, offered, key=key, format_func=plain, width=240)
    state.to_address(key, chosen, default=offered[min(place, len(offered) - 1)])
    return chosen


def _cutting() -> tuple[int, str, tuple[float, ...]]:
    """How a number is divided."""
    methods = {"quantile": _("Equal rows"), "equal_width": _("Equal widths"), "own": _("Own cuts")}
    method = choices.one(_("Ranges"), methods, key="cutting", default="quantile")
    if method != "own":
        number = st.number_input(_("How many"), min_value=2, max_value=20, value=4, key="bins", width=110)
        return int(number), method, ()
    text = st.text_input(_("Cut points"), key="cuts", placeholder="18; 40; 65", width=200,
                         help=_("Numbers with semicolons or spaces between them."))  # fmt: skip
    return 4, "quantile", _cuts(text)


def _cuts(text: str) -> tuple[float, ...]:
    found = []
    for part in text.replace(";", " ").split():
        try:
            found.append(float(part.replace(",", ".")))
        except ValueError:
            st.caption(_("{text} is not a number.").format(text=plain(part)))
    return tuple(sorted(set(found)))


def crossed(predictions: Predictions, reading: Reading) -> None:
    """Draw one column by another as a heatmap, and its cells as a table."""
    offered = [name for name, _ordered in loading.measured(columns_to_slice, predictions)]
    if len(offered) < 2:
        st.info(_("There are not two columns to slice by."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = _column(_("Rows"), offered, key="first", place=0)
        second = _column(_("Columns"), [name for name in offered if name != first], key="second", place=0)
    found = loading.measured(crossed_columns, predictions, reading.metric, reading.min_size, first, second)
    key = f"{predictions.digest[:12]}-{first}-{second}"
    _heatmap(found, key)
    cells = [one for one in found.slices if one.n]
    sign = -1 if found.overall.greater_is_better is False else 1
    cells.sort(key=lambda one: (one.metric.value is None, sign * (one.metric.value or 0.0)))
    alt = _("Every value of {first} with every value of {second}")
    table.draw(cells, found.overall, key=f"cross-table-{key}", tested=False,
                     alt=alt.format(first=plain(first), second=plain(second)))  # fmt: skip
    st.caption(slice_words.untested())


def _heatmap(found: Listing, key: str) -> None:
    if found.overall.value is None or not found.slices:
        st.info(_("The metric is undefined on this file: {why}.").format(why=slice_words.reason(found.overall.reason)))
        return
    rows = [slice_words.told(one) for one in found.rows]
    columns = [slice_words.told(one) for one in found.columns]
    words = slice_words.figure_words(found.overall.name)
    figure = grid(
        rows, columns, [one.metric for one in found.slices], words, state.theme(), overall=found.overall.value
    )
    worse = [one for one in found.slices if is_worse(one)]
    worse.sort(key=lambda one: -abs(one.delta or 0.0))
    told = "; ".join(f"{slice_words.told(one.predicate)}: {slice_words.value(one.metric)}" for one in worse[:3])
    alt = _("{metric} of {rows} by {columns} cells. Worst: {worst}.").format(
        metric=words.metric, rows=len(rows), columns=len(columns), worst=told or "–"
    )
    events = chart.chart(figure, key=f"cross-{key}", alt=alt, file="slices", clickable=True)
    st.caption(_("Orange is worse than all rows, blue is better; grey cells have too few rows. Click a cell to narrow "
                 "every page to it."))  # fmt: skip
    if events.click is None:
        return
    row, column = round(float(events.click["y"])), round(float(events.click["x"]))
    if 0 <= row < len(rows) and 0 <= column < len(columns):
        predicate = (*found.rows[row], *found.columns[column])
        if predicate != active_slice.predicate():
            active_slice.activate(predicate)
            st.rerun()
