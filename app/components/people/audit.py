"""The audit log as a table, and as a CSV file that a spreadsheet can open without running anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app import people
from app.components.text import plain
from app.i18n import N_, _
from diagnostics.exports import to_csv
from diagnostics.workspace.audit import AuditEntry

SHOWN = 200
EXPORTED = 100_000
ACTIONS = {
    "create_project": N_("made a project"),
    "rename_project": N_("renamed a project"),
    "delete_project": N_("deleted a project"),
    "restore_project": N_("took a deletion of a project back"),
    "upload": N_("uploaded a file"),
    "delete_upload": N_("deleted a file"),
    "restore_upload": N_("took a deletion of a file back"),
    "rename_run": N_("renamed a run"),
    "delete_run": N_("deleted a run"),
    "restore_run": N_("took a deletion of a run back"),
    "set_group": N_("grouped a run"),
    "rename_predictions": N_("renamed a prediction set"),
    "delete_predictions": N_("deleted a prediction set"),
    "restore_predictions": N_("took a deletion of a prediction set back"),
    "join_labels": N_("joined labels to a prediction set"),
    "take_labels_off": N_("took joined labels off a prediction set"),
    "set_role": N_("changed a role"),
    "make_link": N_("made a link"),
    "open_link": N_("opened a link"),
    "revoke_link": N_("revoked a link"),
    "sign_in": N_("signed in"),
    "sign_out": N_("signed out"),
    "sign_out_everywhere": N_("ended all sign-ins of a person"),
}
_COLUMNS = ("number", "at", "who", "action", "project", "object", "details")


def draw(project: str | None) -> None:
    """Draw the newest lines and offer all of them as a file.

    Parameters
    ----------
    project : str or None
        None for the whole workspace.
    """
    entries = people.log(project, limit=SHOWN)
    if not entries:
        st.caption(_("Nothing has happened yet."))
        return
    st.dataframe(
        {
            _("When (UTC)"): [entry.at for entry in entries],
            _("Who"): [plain(entry.who) for entry in entries],
            _("What"): [_(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action for entry in entries],
            _("Project"): [plain(entry.project) for entry in entries],
            _("Object"): [plain(entry.object) for entry in entries],
            _("Details"): [_details(entry) for entry in entries],
        },
        hide_index=True,
        column_config={_("When (UTC)"): st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss")},
        key=f"audit-{project}",
        alt=_("Who did what, newest first"),
    )
    st.download_button(
        _("Download as CSV"),
        data=_export(project),
        file_name="audit.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"audit-csv-{project}",
    )


def as_csv(entries: Sequence[AuditEntry]) -> str:
    """Return the entries as CSV; text that could be taken for a formula stands behind an apostrophe."""
    return to_csv(
        _COLUMNS,
        (
            (e.number, e.at.isoformat(), *(plain(text) for text in (e.who, e.action, e.project, e.object, _details(e))))
            for e in entries
        ),
    )


def _export(project: str | None) -> Callable[[], bytes]:
    return lambda: as_csv(people.log(project, limit=EXPORTED)).encode("utf-8-sig")


def _details(entry: AuditEntry) -> str:
    return ", ".join(f"{plain(name)}: {plain(value)}" for name, value in entry.details.items() if value != "")
