"""The catalogue as an editable table: what is known of each category and what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app import access, boards, loading, state
from app.components.board import facts
from app.components.catalogue.sheet import Sheet, turned
from app.components.guard import guarded
from app.components.text import plain
from app.i18n import _
from diagnostics.catalogue import board as acts
from diagnostics.catalogue.events import Event, State
from diagnostics.catalogue.table import CatalogueRow
from diagnostics.exceptions import Conflict
from diagnostics.workspace import BoardView, PredictionsEntry

EDITED = ("name", "hypothesis", "action", "owner", "severity", "priority", "priority_reason", "status")
# A column of nothing but gaps would get another type with its first number, and the browser a new table for it.
TYPES = {"severity": "Int64", "computed": "Float64", "priority": "Float64"}


def statuses() -> dict[str, str]:
    """Return what a category's status is called, by code."""
    return {"open": _("open"), "in_progress": _("in progress"), "fixed": _("fixed"), "accepted": _("accepted")}


def draw(entry: PredictionsEntry, view: BoardView, rows: Sequence[CatalogueRow], titles: Mapping[str, str]) -> None:
    """Draw the table; a changed cell is written at once, and refused where somebody else was faster."""
    values = _values(rows, titles)
    versions = {row.category.id: row.category.version for row in rows}
    before = state.recall("catalogue_sheet")
    sheet = turned(before, view.entry.id, versions, values)
    state.remember("catalogue_sheet", sheet)
    errors = boards.errors(loading.predictions(entry))
    worth = facts.worth(errors)
    # Where no answer is simply wrong, "mended" means a smaller loss and not more right answers.
    told = [
        name for name in ("impact", "loss") if (name == "loss" and worth) or (name == "impact" and errors.tail is None)
    ]
    editable = access.may(access.WRITE, entry.project)
    st.data_editor(
        pd.DataFrame(values).astype(TYPES),
        key=sheet.key,
        hide_index=True,
        num_rows="fixed",
        disabled=("examples", "count", "frequency", "impact", "loss", "computed") if editable else True,
        placeholder="–",
        column_config=_config(worth),
        column_order=("name", "count", "frequency", *told, "severity", "computed", "hypothesis", "action", "owner",
                      "status", "priority", "priority_reason", "examples"),
        on_change=_changed,
        args=(entry, sheet),
    )  # fmt: skip
    shown = [value for row in rows for value in (row.frequency, *(getattr(row, name) for name in told))]
    if why := facts.undefined(shown):
        st.caption(why)
    st.caption(
        _("Frequency is an estimate over all errors, from the random part of the sample only, with its 95 % interval. "
          "Impact is the gain if the category were mended. Priority is frequency times severity; a priority set by "
          "hand keeps its reason.")
    )  # fmt: skip


def _values(rows: Sequence[CatalogueRow], titles: Mapping[str, str]) -> dict[str, list[Any]]:
    names = statuses()
    fields = [row.category.fields for row in rows]
    return {
        "name": [plain(row.category.name) for row in rows],
        "count": [len(row.category.examples) for row in rows],
        "examples": [", ".join(plain(titles.get(k, k))[:24] for k in row.category.examples[:3]) for row in rows],
        "frequency": [facts.share(row.frequency, interval=True) for row in rows],
        "impact": [facts.share(row.impact, interval=True) for row in rows],
        "loss": [facts.saved(row.loss, row.loss_share) for row in rows],
        "severity": [one.get("severity") for one in fields],
        "computed": [None if row.overridden else row.priority for row in rows],
        "priority": [one.get("priority") for one in fields],
        "priority_reason": [plain(one.get("priority_reason") or "") for one in fields],
        "hypothesis": [plain(one.get("hypothesis") or "") for one in fields],
        "action": [plain(one.get("action") or "") for one in fields],
        "owner": [plain(one.get("owner") or "") for one in fields],
        "status": [names.get(str(one.get("status") or "open")) for one in fields],
    }


def _config(worth: str) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(_("Category"), required=True, max_chars=80, pinned=True),
        "count": column.NumberColumn(_("Examples"), format="%d"),
        "examples": column.TextColumn(_("For example")),
        "frequency": column.TextColumn(_("Frequency")),
        "impact": column.TextColumn(_("Impact"), help=_("Share of all rows that would become right")),
        "loss": column.TextColumn(
            worth,
            help=_(
                "Fall of the mean loss if each of its errors cost what a good row "
                "costs, with the 95 % interval; then the share of the whole loss"
            ),
        ),
        "severity": column.SelectboxColumn(_("Severity"), options=list(acts.SEVERITIES), help=_("1 harmless, 5 grave")),
        "computed": column.NumberColumn(_("Priority"), format="%.3f", help=_("Frequency times severity")),
        "priority": column.NumberColumn(_("Priority by hand"), help=_("Needs a reason in the next column first")),
        "priority_reason": column.TextColumn(_("Reason"), max_chars=300),
        "hypothesis": column.TextColumn(_("Hypothesis"), max_chars=1000),
        "action": column.TextColumn(_("Action"), max_chars=1000),
        "owner": column.TextColumn(_("Owner"), max_chars=80),
        "status": column.SelectboxColumn(_("Status"), options=list(statuses().values())),
    }


@guarded
def _changed(entry: PredictionsEntry, sheet: Sheet) -> None:
    for id, cells in sheet.take((state.widget(sheet.key) or {}).get("edited_rows", {})).items():
        try:
            after = boards.write(entry.project, sheet.board, _edit(id, cells), {f"category/{id}": sheet.versions[id]})
        except Conflict:
            state.flash("error", text=_refused(cells))
        except ValueError as error:
            state.flash("error", text=_explained(error))
        else:
            sheet.versions[id] = after.state.version(f"category/{id}")


def _refused(cells: Mapping[str, Any]) -> str:
    text = _("Somebody else changed this category first; the table shows what it says now. Not written: {cells}.")
    return text.format(cells="; ".join("–" if value is None else f"“{value}”" for value in cells.values()))


def _edit(id: str, cells: Mapping[str, Any]) -> boards.Act:
    codes = {text: code for code, text in statuses().items()}
    fields: dict[str, Any] = {}
    for name, value in cells.items():
        if name in EDITED:
            fields[name] = codes.get(value) if name == "status" else value or None
    if "name" in fields and not fields["name"]:
        del fields["name"]

    def act(now: State, who: str) -> Event:
        return acts.edit(now, who, id, **fields)

    return act


def _explained(error: ValueError) -> str:
    if "reason" in str(error):
        return _("A priority set by hand needs its reason: write the reason first.")
    return str(error)
