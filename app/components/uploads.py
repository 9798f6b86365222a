"""Uploading: files, folders and archives go to the server's own route, or to Streamlit's uploader where there is none.

The route streams to disk; the uploader of `streamlit run` keeps files in memory, which is said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app import loading, state
from app.components.text import escape
from app.i18n import _, language, ngettext
from app.server import runtime
from diagnostics.exceptions import RunClinicError, UnreadableFile
from diagnostics.knowledge import error_text
from diagnostics.workspace import IngestResult

_HERE = Path(__file__).parent
_FILES = {kind: (_HERE / f"upload_area.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
_component = st.components.v2.component("run_clinic_upload", **_FILES)


def area(*, key: str) -> None:
    """Draw the place to drop files on, and read what arrives into the picked project (a new one where none is).

    Parameters
    ----------
    key : str
        Unique on the page.
    """
    report(state.kept("last_reading"))
    if runtime.has_routes():
        _by_route(key)
    else:
        _by_widget(key)


def report(reading: Mapping[str, Any] | None) -> None:
    """Draw what the last reading brought, until the next one."""
    if not reading:
        return
    if reading["runs"] or reading["sets"]:
        st.success(_summary(reading))
    for sentence in reading["errors"]:
        st.error(escape(sentence))
    if reading["ignored"]:
        with st.expander(
            ngettext("{n} file was left aside", "{n} files were left aside", len(reading["ignored"])).format(
                n=len(reading["ignored"])
            )
        ):
            st.markdown("\n".join(f"- {escape(sentence)}" for sentence in reading["ignored"]))


def _summary(reading: Mapping[str, Any]) -> str:
    runs = ngettext("{n} run read", "{n} runs read", reading["runs"]).format(n=reading["runs"])
    sets = ngettext("{n} prediction set read", "{n} prediction sets read", reading["sets"]).format(n=reading["sets"])
    return " · ".join(text for text, n in ((runs, reading["runs"]), (sets, reading["sets"])) if n)


def _by_route(key: str) -> None:
    project = state.selection().project
    token = runtime.upload_token(project) if project else None
    if project and token is None:
        _by_widget(key)
        return
    said = _component(
        key=f"upload-{key}",
        data={"url": runtime.upload_url(project) if project else "", "token": token or "", "texts": _texts()},
        on_wanted_change=_project_needed,
        on_finished_change=lambda: None,
    )
    if said.finished:
        refused = [_refusal(problem) for problem in said.finished.get("refused", ())]
        _read(project, said.finished.get("ids", ()), refused)


def _by_widget(key: str) -> None:
    round = state.kept(f"uploads_{key}", 0)
    files = st.file_uploader(
        _("Files, or a zip of a folder"), accept_multiple_files=True, key=f"uploader-{key}-{round}"
    )
    st.caption(_("Served without its own upload route: files pass through memory. Use run-clinic serve for big ones."))
    if not files:
        return
    _project_needed()
    state.keep(f"uploads_{key}", round + 1)
    project = state.selection().project
    stored, refused = loading.add_files(project, [(file.name, file.getvalue()) for file in files])
    _read(project, stored, refused)


def _read(project: str, ids: Sequence[str], refused: Sequence[RunClinicError]) -> None:
    """Read stored uploads, keep what came out for the next run, and draw the page anew."""
    result = IngestResult()
    if ids:
        with st.spinner(ngettext("Reading {n} file", "Reading {n} files", len(ids)).format(n=len(ids))):
            result = loading.ingest(project, ids)
    errors = [error_text(error, language()) for error in (*refused, *result.failures)]
    state.keep(
        "last_reading",
        {
            "project": project,
            "runs": len(result.runs),
            "sets": len(result.predictions),
            "errors": errors,
            "ignored": [error_text(error, language()) for error in result.ignored],
        },
    )
    state.select(project=project, runs=())
    st.rerun()


def _project_needed() -> None:
    if not state.selection().project:
        state.select(project=loading.create_project(_("My runs")).id)


def _refusal(problem: Mapping[str, Any]) -> RunClinicError:
    params = {name: value for name, value in dict(problem.get("params") or {}).items() if name != "file"}
    return UnreadableFile(str(problem.get("code")), file=str(problem.get("name")), **params)


def _texts() -> dict[str, str]:
    return {
        "label": _("Upload files"),
        "hint": _("Drop run logs, prediction files, folders or a zip here"),
        "files": _("Choose files"),
        "folder": _("Choose a folder"),
        "cancel": _("Cancel"),
        "sent": _("sent"),
        "failed": _("refused"),
        "cancelled": _("cancelled"),
        "reading": _("All files are sent and are being read"),
    }
