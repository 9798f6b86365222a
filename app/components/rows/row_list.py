"""The list of rows of a prediction set, wherever rows are shown: paged, sorted and narrowed by the database.

Text and pictures are shown where the file names them; ticking a row tells why it costs what it costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

from app import state
from app.components.rows import narrowing as row_filter
from app.components.rows import picture, sending, story
from app.components.text import plain
from app.i18n import _, language, ngettext
from diagnostics import queries
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import integer
from diagnostics.queries.losses import RowLoss, row_loss
from diagnostics.queries.pages import rows_page
from diagnostics.types import Predictions

PAGE = 25
LOSS = "__loss__"
_ROW = "__row__"


def draw(
    predictions: Predictions, *, where: str, key: str, empty: str, loss: RowLoss | None = None,
    chosen: int | None = None, order: str = "",
) -> int | None:  # fmt: skip
    """Draw the rows for which a condition holds.

    Parameters
    ----------
    predictions : Predictions
    where : str
        SQL condition from `queries`; "" for all rows.
    key : str
        Names the widgets; another condition should have another key so that its list starts on the first page.
    empty : str
        What to say where there are none.
    loss : RowLoss, optional
        Adds its value and terms as columns, costliest rows first.
    chosen : int, optional
        A row that a link names; told about until another is ticked.
    order : str
        Column to sort by at first, largest values first.

    Returns
    -------
    int or None
        Place of the row that is told about.
    """
    narrowing = row_filter.condition(predictions, key)
    both = " AND ".join(f"({part})" for part in (where, narrowing) if part)
    total = queries.count(predictions, where=both)
    columns = _columns(predictions)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        by, falling = _order(columns, key, LOSS if loss is not None else order)
        row_filter.draw(predictions, columns, key)
        pages = max(1, -(-total // PAGE))
        number = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    if not total:
        st.caption(_("No row passes the filter.") if narrowing else empty)
        return None
    number = min(number, pages)
    computed = {} if loss is None else {LOSS: loss.value, **loss.terms}
    table = rows_page(
        predictions, columns, computed=computed, where=both, order_by=by, descending=falling,
        offset=(number - 1) * PAGE, limit=PAGE,
    )  # fmt: skip
    picked = _table(predictions, table, columns, computed, key)
    first = (number - 1) * PAGE + 1
    text = ngettext("{n} row", "Rows {first} to {last} of {n}", total)
    said = text.format(first=first, last=min(first + PAGE - 1, total), n=integer(total, language()))
    st.caption(f"{said} · {_('Tick a row to see why it is here.')}")
    if both:
        sending.rows(predictions, both, total, key=key)
    row = picked if picked is not None else chosen
    if row is not None:
        story.draw(predictions, row, loss or _loss(predictions), key=key)
    return row


def _table(
    predictions: Predictions, table: pa.Table, columns: Sequence[str], computed: Mapping[str, str], key: str
) -> int | None:
    """Draw the page and return the row that is ticked."""
    shown = [_ROW, *([LOSS, *(name for name in computed if name != LOSS)] if computed else []), *columns]
    table = table.select(shown)
    image = predictions.roles.image
    pictures = picture.thumbnails(table.column(image).to_pylist()) if image in columns else None
    config = _config(predictions)
    if pictures is not None:
        table = table.append_column("__picture__", pa.array(pictures, pa.string()))
        table = table.select(["__picture__", *shown])
        config["__picture__"] = st.column_config.ImageColumn(_("Picture"), width="small")
    places = table.column(_ROW).to_pylist()
    # People count rows from 1, as editors and spreadsheets do.
    index = table.schema.get_field_index(_ROW)
    table = table.set_column(index, _ROW, pa.array([place + 1 for place in places]))
    said = st.dataframe(
        table, hide_index=True, column_config=config, alt=_("Rows of the prediction file"), key=f"{key}-table",
        on_select="rerun", selection_mode="single-row", row_height=72 if pictures is not None else None,
    )  # fmt: skip
    ticked = said["selection"]["rows"]
    return int(places[ticked[0]]) if ticked and ticked[0] < len(places) else None


def _order(columns: Sequence[str], key: str, first: str) -> tuple[str, bool]:
    """Draw what to sort by and in which direction."""
    names = {_ROW: _("Place in the file"), LOSS: _("Loss")}
    offered = list(dict.fromkeys([*([first] if first else []), _ROW, *columns]))
    by = st.selectbox(
        _("Sort by"), offered, format_func=lambda name: names.get(name, plain(name)), key=f"{key}-sort", width=240
    )
    falling = st.toggle(_("Largest first"), key=f"{key}-falling", value=bool(first))
    return ("" if by == _ROW and not falling else by), falling


def _loss(predictions: Predictions) -> RowLoss | None:
    try:
        return row_loss(predictions)
    except RunClinicError:
        return None


def _columns(predictions: Predictions) -> list[str]:
    """Columns worth reading first: what the row is, what was expected and answered, then everything else."""
    roles = predictions.roles
    first = [roles.id, roles.image, roles.text, roles.truth, roles.predicted, roles.score]
    labels = [*roles.label_truth.values(), *roles.label_predicted.values()]
    rest = [*roles.attributes, *labels, *roles.probabilities.values(), roles.split, roles.weight, roles.query]
    return list(dict.fromkeys(name for name in (*first, *rest) if name))


def _config(predictions: Predictions) -> dict[str, object]:
    roles = predictions.roles
    config: dict[str, object] = {
        _ROW: st.column_config.NumberColumn(_("Row"), format="%d", width="small"),
        LOSS: st.column_config.NumberColumn(_("Loss"), format="%.4g", width="small"),
    }
    config |= {code: st.column_config.NumberColumn(name, format="%.4g") for code, name in story.terms().items()}
    named: Sequence[tuple[str | None, str]] = (
        (roles.truth, _("truth")), (roles.predicted, _("predicted")), (roles.score, _("score")),
    )  # fmt: skip
    for name, role in named:
        if name:
            config[name] = st.column_config.Column(f"{plain(name)} ({role})")
    if roles.text:
        config[roles.text] = st.column_config.TextColumn(width="large")
    return config


def restart(key: str) -> None:
    """Go back to the first page, as when another cell was chosen."""
    state.control(f"{key}-page", 1)
