"""The prediction sets of a project and the part each column plays in them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import access, loading, state
from app.components import undo
from app.components.files import roles as role_form
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import label, note_text
from diagnostics.types import Predictions
from diagnostics.workspace import PredictionsEntry

_SINGLE = ("truth", "predicted", "score", "positive", "id", "split", "weight", "query", "text", "image")


def draw(sets: Sequence[PredictionsEntry]) -> list[PredictionsEntry]:
    """Draw the list and return the ticked sets."""
    said = st.dataframe(
        {
            _("Name"): [plain(loading.label(entry, sets)) for entry in sets],
            _("Task"): [label(entry.task, language()) for entry in sets],
            _("Rows"): [entry.n_rows for entry in sets],
            _("Open questions"): [0 if entry.answered else entry.n_questions for entry in sets],
            _("Added"): [entry.created for entry in sets],
        },
        hide_index=True,
        key="set_table",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            _("Name"): st.column_config.TextColumn(width="large"),
            _("Rows"): st.column_config.NumberColumn(format="localized"),
            _("Added"): st.column_config.DatetimeColumn(format="distance"),
        },
        alt=_("Prediction sets of this project"),
    )
    return [sets[row] for row in said["selection"]["rows"] if row < len(sets)]


def actions(ticked: Sequence[PredictionsEntry]) -> None:
    """Draw what can be done with the ticked sets, and the roles of a single one."""
    ids = [entry.id for entry in ticked]
    if access.may(access.WRITE, ticked[0].project):
        st.button(
            ngettext("Delete {n} prediction set", "Delete {n} prediction sets", len(ids)).format(n=len(ids)),
            key="delete_sets",
            on_click=_delete,
            args=(ids,),
        )
    if len(ticked) == 1:
        roles(loading.predictions(ticked[0]))
        with st.expander(_("Change what the columns are"), expanded=bool(ticked[0].n_questions)):
            role_form.draw(ticked[0])


def roles(given: Predictions) -> None:
    """Draw which column plays which part, and what the reader noticed."""
    found = {name: getattr(given.roles, name) for name in _SINGLE if getattr(given.roles, name)}
    parts = [label(f"role_{name}", language()) for name in found]
    columns = [plain(column) for column in found.values()]
    if given.roles.probabilities:
        parts.append(_("probabilities"))
        columns.append(", ".join(plain(column) for column in list(given.roles.probabilities.values())[:12]))
    if given.roles.attributes:
        parts.append(_("attributes"))
        columns.append(", ".join(plain(column) for column in given.roles.attributes[:20]))
    st.dataframe(
        {_("Part"): parts, _("Column"): columns}, hide_index=True, alt=_("Part that each column plays in this file")
    )
    for note in given.notes:
        st.markdown(f"- {escape(note_text(note, language()))}")


@guarded
def _delete(ids: Sequence[str]) -> None:
    loading.delete("predictions", ids)
    undo.offer(
        "predictions",
        ids,
        ngettext("{n} prediction set deleted.", "{n} prediction sets deleted.", len(ids)).format(n=len(ids)),
    )
    if state.selection().predictions in ids:
        state.select(predictions="")
