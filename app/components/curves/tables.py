"""The tables of the curves page: the best point of every curve, and the raw points for download."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.curves import words
from app.components.text import plain
from app.i18n import _
from diagnostics.curves import Best, View, best_table, origin
from diagnostics.curves.table import HEADER, point_count, point_rows
from diagnostics.exports import to_csv
from diagnostics.types import Axis, Run

LARGEST_DOWNLOAD = 2_000_000
"""Points above which the file would be of no use in a spreadsheet and slow to make."""


def best_points(runs: Sequence[Run], view: View) -> None:
    """Draw the table of best points: where each curve was best, and what going on has cost."""
    rows = [row for run in runs for row in best_table(run, view.axis, origin=origin(run, view.axis))]
    wanted = [row for row in rows if row.metric in view.metrics] or rows
    st.header(_("Best points"), anchor=False)
    if not wanted:
        st.caption(_("These runs log no loss and no metric."))
        return
    place = words.axis_name(view.axis).lower() + (" (s)" if view.axis is Axis.WALL_TIME else "")
    columns: dict[str, list[object]] = {
        _("Run"): [plain(row.run) for row in wanted],
        _("Metric"): [words.metric_name(row.metric) for row in wanted],
        _("Split"): [words.split_name(row.split) for row in wanted],
    }
    numbers: dict[str, list[object]] = {
        _("Best value"): [row.value for row in wanted],
        _("at {axis}").format(axis=place): [row.at for row in wanted],
        _("Last value"): [row.last for row in wanted],
        _("last {axis}").format(axis=place): [row.last_at for row in wanted],
        _("Lost since"): [row.lost for row in wanted],
        _("Points"): [row.n for row in wanted],
    }
    if any(row.reason for row in wanted):
        columns[_("Why no best value")] = [_reason(row) for row in wanted]
    st.dataframe(
        columns | numbers,
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.5g") for name in numbers},
        placeholder="–",
        alt=_("Best and last value of every curve"),
    )
    st.caption(_("Lost since: how much worse the last value is than the best one, in units of the metric."))


def _reason(row: Best) -> str:
    reasons = {"direction_unknown": _("direction unknown"), "nothing_finite": _("no finite value"), "": ""}
    return reasons[row.reason]


def download(runs: Sequence[Run], metrics: Sequence[str]) -> None:
    """Offer the raw points of the metrics on the screen."""
    count = point_count(runs, metrics)
    large = count > LARGEST_DOWNLOAD
    st.download_button(
        _("Data (CSV)"),
        data=lambda: to_csv(HEADER, point_rows(runs, metrics)),
        file_name="curves.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=large,
        help=_("More than two million points; choose fewer runs or metrics.") if large else None,
    )
