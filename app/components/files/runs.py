"""The list of runs: name, shape, findings, what was read; ticking rows offers what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import access, loading, state, theme
from app.components import undo
from app.components.findings import grouping
from app.components.guard import guarded
from app.components.text import plain
from app.i18n import _, language, ngettext
from diagnostics.knowledge import label, title
from diagnostics.types import Severity, Split
from diagnostics.workspace import RunEntry

KEY = "run_table"
_AUTO = 12


def draw(runs: Sequence[RunEntry]) -> list[RunEntry]:
    """Draw the list and return the ticked runs."""
    columns = {
        _("Name"): [plain(run.name) for run in runs],
        _("Training"): [_spark(run, Split.TRAIN) for run in runs],
        _("Validation"): [_spark(run, Split.VALIDATION) for run in runs],
        _("Finding"): [_finding(run) for run in runs],
        _("Points"): [run.summary.n_points for run in runs],
        _("Splits"): [", ".join(label(split, language()) for split in run.summary.splits) for run in runs],
        _("Format"): [_formats(run) for run in runs],
        _("Added"): [run.created for run in runs],
    }
    if any(run.group for run in runs):
        columns[_("Group")] = [plain(run.group) for run in runs]
    said = st.dataframe(
        columns,
        hide_index=True,
        key=KEY,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=_config(),
        height="content" if len(runs) <= _AUTO else 560,
        row_height=44,
        alt=_("Runs of this project with the shape of their losses and their most important finding"),
    )
    return [runs[row] for row in said["selection"]["rows"] if row < len(runs)]


def actions(ticked: Sequence[RunEntry]) -> None:
    """Draw what can be done with the ticked runs."""
    if not access.may(access.WRITE, ticked[0].project):
        return
    ids = [run.id for run in ticked]
    with st.container(key="rc-run-actions", horizontal=True, vertical_alignment="bottom"):
        if len(ticked) == 1:
            key = f"rename-{ids[0]}-{ticked[0].version}"
            st.text_input(
                _("Name"), value=ticked[0].name, key=key, on_change=_rename, args=("run", ids[0], key), width=260
            )
        key = f"group-{'-'.join(ids)[:80]}"
        shared = {run.group for run in ticked}
        value = shared.pop() if len(shared) == 1 else ""
        st.text_input(_("Group"), value=value, key=key, on_change=_group, args=(ids, key), width=200)
        st.button(
            ngettext("Delete {n} run", "Delete {n} runs", len(ids)).format(n=len(ids)),
            key="delete_runs",
            on_click=_delete,
            args=(ids,),
        )


def _config() -> dict[str, Any]:
    mode = state.theme()
    return {
        _("Name"): st.column_config.TextColumn(width="medium"),
        _("Group"): st.column_config.TextColumn(width="small"),
        _("Training"): st.column_config.LineChartColumn(width=90, color=theme.SPLIT_COLOURS[mode]["train"]),
        _("Validation"): st.column_config.LineChartColumn(width=90, color=theme.SPLIT_COLOURS[mode]["validation"]),
        _("Finding"): st.column_config.TextColumn(width="medium"),
        _("Points"): st.column_config.NumberColumn(width=70, format="localized"),
        _("Added"): st.column_config.DatetimeColumn(width="small", format="distance"),
    }


def _spark(run: RunEntry, split: Split) -> list[float | None] | None:
    """Return the values of the split's small curve; a curve of no split stands under training."""
    for line in run.summary.sparklines:
        if line.split is split or (line.split is None and split is Split.TRAIN):
            return list(line.values)
    return None


def _finding(run: RunEntry) -> str:
    found = loading.report([run]).findings
    top = next((finding for finding in found if finding.id not in grouping.FINE), None)
    if top is None:
        return f"✓ {title(found[0].id, language())}" if found else ""
    mark = theme.SEVERITY_MARKS[top.severity][0] if top.severity is not Severity.INFO else "·"
    more = len([f for f in found if f.id not in grouping.FINE]) - 1
    return f"{mark} {title(top, language())}" + (f" +{more}" if more else "")


def _formats(run: RunEntry) -> str:
    return ", ".join(dict.fromkeys(label(source.format, language()) for source in run.sources))


@guarded
def _rename(kind: str, id: str, key: str) -> None:
    loading.rename(kind, id, state.widget(key, ""))


@guarded
def _group(ids: Sequence[str], key: str) -> None:
    loading.set_group(ids, state.widget(key, ""))


@guarded
def _delete(ids: Sequence[str]) -> None:
    loading.delete("run", ids)
    undo.offer("run", ids, ngettext("{n} run deleted.", "{n} runs deleted.", len(ids)).format(n=len(ids)))
    state.select(runs=[id for id in state.selection().runs if id not in ids])
