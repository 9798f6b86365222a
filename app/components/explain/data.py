"""What the explanation charts share: rows as people know them, the chosen row, names with values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app import state
from app.components import set_page
from app.components.text import shorten
from app.i18n import _, language
from diagnostics.figures.axes import AxisWords
from diagnostics.knowledge.numbers import number

if TYPE_CHECKING:
    from app.components.explain.picture import Picture
    from diagnostics.explanations.encoding import Encoding

ROW = "explained_row"
NAME = 26
"""Letters of a name beside a bar; the figures cut what is longer."""


def encoding(picture: Picture) -> Encoding:
    """Return how the picture's columns are encoded."""
    from diagnostics.explanations.encoding import Encoding

    if picture.outcome is not None:
        return picture.outcome.subject.encoding
    known = [n for n in picture.explained.attribution.features if n in picture.sample.columns]
    return Encoding.of(picture.sample.columns, known)


def cell(picture: Picture, column: int, place: int) -> str:
    """Return a cell as people know it."""
    attribution = picture.explained.attribution
    name, code = attribution.features[column], float(attribution.rows[place, column])
    values = picture.sample.columns.get(name)
    if values is not None and values.dtype.kind == "O":
        return "–" if values[place] is None else str(values[place])
    return "–" if np.isnan(code) else number(code, language(), 4)


def named(picture: Picture, column: int, place: int) -> str:
    """Return "feature = value"."""
    value = shorten(cell(picture, column, place), 14)
    return f"{shorten(picture.explained.attribution.features[column], NAME - 3 - len(value))} = {value}"


def categories(picture: Picture, column: int) -> tuple[str, ...]:
    """Return the texts of a categorical column in the order of their codes; empty for numbers."""
    name = picture.explained.attribution.features[column]
    return next((f.categories for f in encoding(picture).features if f.name == name), ())


def pick_row(picture: Picture) -> int:
    """Draw the choice of a row and return its place in the picture; the row in the address or a clicked one leads."""
    rows = picture.sample.row[: len(picture.explained.attribution.rows)]
    places = {str(int(rows[place])): int(place) for place in np.argsort(rows)}
    first = next(iter(places))
    state.from_address(ROW)
    if state.widget(ROW) not in places:
        state.control(ROW, first)
    chosen: str = st.selectbox(
        _("Row"), list(places), format_func=lambda row: _told(picture, places[row]), key=ROW, width=420,
        help=_("Place in the file, counted from 0. A click on a dot above chooses its row."),
    )  # fmt: skip
    state.to_address(ROW, chosen, default=first)
    return places[chosen]


def choose_row(picture: Picture, place: int) -> None:
    """Make a row the chosen one; before `pick_row` is drawn."""
    state.control(ROW, str(int(picture.sample.row[place])))


def chosen_row(picture: Picture) -> int | None:
    """Return the place of the row that was chosen before, or None."""
    rows = picture.sample.row[: len(picture.explained.attribution.rows)]
    chosen = state.widget(ROW)
    found = np.flatnonzero(rows == int(chosen)) if isinstance(chosen, str) and chosen.isdigit() else ()
    return int(found[0]) if len(found) else None


def _told(picture: Picture, place: int) -> str:
    sample = picture.sample
    truth, answer = sample.truth[place], sample.answer[place]
    if sample.is_classification:
        said = [sample.classes[int(v)] if v >= 0 else "–" for v in (truth, answer)]
    else:
        said = [number(float(v), language()) for v in (truth, answer)]
    text = _("{row}: truth {truth}, answered {answer}")
    return text.format(row=int(sample.row[place]), truth=shorten(said[0], 24), answer=shorten(said[1], 24))


def words(x: str, y: str = "", **names: str) -> AxisWords:
    """Return the words of a figure in the session's language."""
    return AxisWords(x=x, y=y, names=names, separators=set_page.separators())
