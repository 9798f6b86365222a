"""The uploaded files: what became of each, why some were refused, and their deletion."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state
from app.components import undo
from app.components.guard import guarded
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import error_text
from diagnostics.workspace import RunEntry, Upload, UploadState

_SHOWN = 20
ELSEWHERE = frozenset(
    {"seems_image", *(f"seems_{kind}_model" for kind in ("onnx", "lightgbm", "xgboost", "catboost", "skops"))}
)
"""Models and pictures are no logs, and yet nothing is wrong with them: they have pages of their own."""


def refused(uploads: Sequence[Upload]) -> None:
    """Draw the files that could not be read: one block a reason, with the remedy and the names."""
    broken = [upload for upload in uploads if any(failure.code not in ELSEWHERE for failure in upload.failures)]
    if not broken:
        return
    count = ngettext("{n} file could not be read", "{n} files could not be read", len(broken)).format(n=len(broken))
    st.header(count, anchor=False)
    stories: dict[tuple[str, ...], list[Upload]] = {}
    for upload in broken:
        stories.setdefault(_story(upload), []).append(upload)
    with st.container(key="rc-card-high-refused", gap="small"):
        for sentences, files in list(stories.items())[:_SHOWN]:
            st.markdown(", ".join(f"**{escape(upload.name)}**" for upload in files[:_SHOWN]))
            st.markdown("\n\n".join(escape(sentence) for sentence in sentences))
            ids = [upload.id for upload in files]
            label = ngettext("Delete this file", "Delete these {n} files", len(ids)).format(n=len(ids))
            st.button(label, key=f"drop-{ids[0]}", on_click=_delete, args=(ids,), type="tertiary")


def _story(upload: Upload) -> tuple[str, ...]:
    """Return why the file was refused, without its own name, so that files with the same story stand together."""
    told = (error_text(failure, language()) for failure in upload.failures[:_SHOWN])
    bare = (sentence.removeprefix(f"{upload.label}: ").replace(upload.label, _("this file")) for sentence in told)
    return tuple(dict.fromkeys(sentence[:1].upper() + sentence[1:] for sentence in bare))


def draw(uploads: Sequence[Upload], runs: Sequence[RunEntry]) -> None:
    """Draw all files as a table; ticked ones can be deleted with everything that was read from them."""
    made = {upload.id: [run.name for run in runs if upload.id in run.uploads] for upload in uploads}
    said = st.dataframe(
        {
            _("File"): [plain(upload.name) for upload in uploads],
            _("State"): [_state(upload) for upload in uploads],
            _("Runs"): [", ".join(made[upload.id][:3]) for upload in uploads],
            _("Bytes"): [upload.size for upload in uploads],
            _("Added"): [upload.created for upload in uploads],
        },
        hide_index=True,
        key="file_table",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            _("File"): st.column_config.TextColumn(width="large"),
            _("Bytes"): st.column_config.NumberColumn(format="bytes", width="small"),
            _("Added"): st.column_config.DatetimeColumn(format="distance", width="small"),
        },
        alt=_("Uploaded files and what became of them"),
    )
    ids = [uploads[row].id for row in said["selection"]["rows"] if row < len(uploads)]
    if ids:
        one, more = _("Delete {n} file and what was read from it"), _("Delete {n} files and what was read from them")
        label = (one if len(ids) == 1 else more).format(n=len(ids))
        st.button(label, key="delete_files", on_click=_delete, args=(ids,))


def _state(upload: Upload) -> str:
    words = {UploadState.RECEIVED: _("received"), UploadState.READ: _("read"), UploadState.REFUSED: _("refused")}
    if upload.failures and all(failure.code in ELSEWHERE for failure in upload.failures):
        return _("kept for other pages")
    return words[upload.state]


@guarded
def _delete(ids: Sequence[str]) -> None:
    loading.delete("upload", ids)
    undo.offer("upload", ids, ngettext("{n} file deleted.", "{n} files deleted.", len(ids)).format(n=len(ids)))
    state.keep("last_reading", None)
