"""Uploading: files, folders and archives go to the server's own route, or to Streamlit's uploader where there is none.

The route streams to disk; the uploader of `streamlit run` keeps files in memory, which is said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app import access, loading, state
from app.components.files import formats, uploaded
from app.components.text import escape
from app.i18n import _, language, ngettext
from app.server import runtime
from diagnostics.exceptions import RunClinicError, UnreadableFile
from diagnostics.workspace import IngestResult, Upload, UploadState

_HERE = Path(__file__).parent
_FILES = {kind: (_HERE / f"upload_area.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
_KEPT = "last_reading"
_component = st.components.v2.component("run_clinic_upload", **_FILES)


def area(*, key: str, hint: str = "") -> None:
    """Draw the place to drop files on, and read what arrives into the picked project (a new one where none is).

    Parameters
    ----------
    key : str
        Unique on the page.
    hint : str
        What this page waits for; "" for whatever a run leaves behind.
    """
    project = state.selection().project
    if not (access.may(access.WRITE, project) if project else access.may(access.CREATE)):
        st.caption(_("You may look at this project, not change it."))
        return
    if runtime.has_routes():
        _by_route(key, hint)
    else:
        _by_widget(key)
    formats.help()


def report(*, stored: bool = True) -> None:
    """Draw what the last reading brought to the picked project, until the next one or until it is dismissed.

    Parameters
    ----------
    stored : bool
        Whether to name the stored files that could not be read; the files page lists them anyway.
    """
    reading = state.kept(_KEPT)
    if not reading or reading["project"] != state.selection().project:
        return
    with st.container(key="rc-reading", gap="small"):
        for sentence in (*reading["refused"], *(reading["failures"] if stored else ())):
            st.error(escape(sentence))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_summary(reading), width="content")
            st.button(_("Dismiss"), key="reading_dismiss", on_click=state.keep, args=(_KEPT, None), type="tertiary")
        if aside := reading["ignored"]:
            with st.expander(ngettext("{n} file left aside", "{n} files left aside", len(aside)).format(n=len(aside))):
                st.markdown("\n".join(f"- {escape(sentence)}" for sentence in aside))


def _summary(reading: Mapping[str, Any]) -> str:
    runs = ngettext("{n} run read", "{n} runs read", reading["runs"]).format(n=reading["runs"])
    sets = ngettext("{n} prediction set read", "{n} prediction sets read", reading["sets"]).format(n=reading["sets"])
    parts = [text for text, n in ((runs, reading["runs"]), (sets, reading["sets"])) if n]
    return "✓ " + " · ".join(parts) if parts else _("Nothing new was read.")


def waiting(files: Sequence[Upload]) -> None:
    """Offer to read files that arrived and were never read, because a page was closed or the server stopped."""
    ids = [file.id for file in files if file.state is UploadState.RECEIVED]
    if not ids or not access.may(access.WRITE, state.selection().project):
        return
    label = ngettext("Read {n} file that has arrived", "Read {n} files that have arrived", len(ids)).format(n=len(ids))
    if st.button(label, key="read_waiting"):
        _read(state.selection().project, ids, ())


def _by_route(key: str, hint: str) -> None:
    project = state.selection().project
    token = runtime.upload_token(project) if project else None
    if project and token is None:
        _by_widget(key)
        return
    said = _component(
        key=f"upload-{key}",
        data=[
            {"url": runtime.upload_url(project) if project else "", "token": token or "", "texts": _texts(hint)}
        ],  # in a list: Streamlit imports pandas to look for tables inside a dict
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
    from diagnostics.knowledge import error_text

    result = IngestResult()
    if ids:
        with st.spinner(ngettext("Reading {n} file", "Reading {n} files", len(ids)).format(n=len(ids))):
            try:
                result = loading.ingest(project, ids)
                loading.measure_uploaded(project)
            except RunClinicError as error:
                refused = [*refused, error]
    state.keep(
        _KEPT,
        {
            "project": project,
            "runs": len(result.runs),
            "sets": len(result.predictions),
            "refused": [error_text(error, language()) for error in refused],
            "failures": [
                error_text(error, language()) for error in result.failures if error.code not in uploaded.ELSEWHERE
            ],
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


def _texts(hint: str) -> dict[str, str]:
    return {
        "label": _("Upload files"),
        "hint": hint or _("Drop run logs, prediction files, folders or a zip here"),
        "files": _("Choose files"),
        "folder": _("Choose a folder"),
        "cancel": _("Cancel"),
        "sent": _("sent"),
        "failed": _("refused"),
        "cancelled": _("cancelled"),
        "reading": _("All files are sent and are being read"),
    }
