"""A list of rows of a prediction set: paged by the database, sortable, never the whole table in memory."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.text import plain
from app.i18n import _, language, ngettext
from diagnostics import queries
from diagnostics.knowledge.numbers import integer
from diagnostics.types import Predictions

PAGE = 25
_ROW = "__row__"


def draw(predictions: Predictions, *, where: str, key: str, empty: str) -> None:
    """Draw the rows for which a condition holds.

    Parameters
    ----------
    predictions : Predictions
    where : str
        From `queries.cell` or `queries.clause`.
    key : str
        Names the widgets; another condition should have another key so that its list starts on the first page.
    empty : str
        What to say where there are none.
    """
    total = queries.count(predictions, where=where)
    if not total:
        st.caption(empty)
        return
    columns = _columns(predictions)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        by = st.selectbox(
            _("Sort by"), [_ROW, *columns], format_func=lambda name: _("Place in the file") if name == _ROW else name,
            key=f"{key}-sort", width=240,
        )  # fmt: skip
        falling = st.toggle(_("Largest first"), key=f"{key}-falling")
        pages = -(-total // PAGE)
        number = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    order = None if by == _ROW else by
    table = queries.page(
        predictions, where=where, order_by=order, descending=falling, offset=(number - 1) * PAGE, limit=PAGE
    )
    shown = [_ROW, *columns]
    st.dataframe(
        table.select(shown),
        hide_index=True,
        column_config=_config(predictions),
        alt=_("Rows of the prediction file"),
        key=f"{key}-table",
    )
    first = (number - 1) * PAGE + 1
    text = ngettext("{n} row", "Rows {first} to {last} of {n}", total)
    st.caption(text.format(first=first, last=min(first + PAGE - 1, total), n=integer(total, language())))


def _columns(predictions: Predictions) -> list[str]:
    """Columns worth reading first: what the row is, what was expected and answered, then everything else."""
    roles = predictions.roles
    first = [roles.id, roles.image, roles.text, roles.truth, roles.predicted, roles.score]
    rest = [*roles.attributes, *roles.probabilities.values(), roles.split, roles.weight, roles.query]
    return list(dict.fromkeys(name for name in (*first, *rest) if name))


def _config(predictions: Predictions) -> dict[str, object]:
    roles = predictions.roles
    config: dict[str, object] = {_ROW: st.column_config.NumberColumn(_("Row"), format="%d", width="small")}
    named: Sequence[tuple[str | None, str]] = (
        (roles.truth, _("truth")), (roles.predicted, _("predicted")), (roles.score, _("score")),
    )  # fmt: skip
    for name, role in named:
        if name:
            config[name] = st.column_config.Column(f"{plain(name)} ({role})")
    return config
