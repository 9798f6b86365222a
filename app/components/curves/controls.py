"""What to draw on the curves page: metrics, axis, smoothing and the rest; every choice lives in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import choices
from app.components.curves.words import axis_name, metric_name, split_name
from app.i18n import _
from diagnostics.curves import View, available, best_axis, first_choice, metrics
from diagnostics.types import Axis, Run, Split


def draw(runs: Sequence[Run]) -> View:
    """Draw the controls and return what they ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="rc-curve-controls"):
        chosen = _metrics(runs)
        axis = _axis(runs)
        smoothing = st.slider(
            _("Smoothing"), 0.0, 0.99, 0.0, 0.01, key="smooth", bind="query-params", width=150,
            help=_("Weight of the past in a trailing average. A smoothed point never knows what came after it; "
                   "the raw points stay visible underneath."),
        )  # fmt: skip
        with st.popover(_("More")):
            more = _more(runs)
    return View(axis=axis, metrics=chosen, smoothing=smoothing, **more)


def _metrics(runs: Sequence[Run]) -> tuple[str, ...]:
    first = first_choice(runs)
    chosen = choices.several(
        _("Metrics"), {name: metric_name(name) for name in metrics(runs)}, key="metrics", width=330,
        placeholder=", ".join(metric_name(name) for name in first),
        help=_("Empty shows the main loss, the main metrics and the learning rate."),
    )  # fmt: skip
    return chosen or first


def _axis(runs: Sequence[Run]) -> Axis:
    offered = {str(axis): axis_name(axis) for axis in available(runs)}
    return Axis(choices.one(_("Axis"), offered, key="axis", default=str(best_axis(runs))))


def _more(runs: Sequence[Run]) -> dict[str, object]:
    logged = {curve.split for run in runs for curve in run.curves}
    offered = {str(split): split_name(split) for split in Split if split in logged}
    splits = choices.several(_("Splits"), offered, key="splits", placeholder=_("All"))
    found: dict[str, object] = {"splits": tuple(Split(code) for code in splits) or tuple(Split)}
    found["log_x"] = st.toggle(_("Logarithmic horizontal axis"), key="logx", bind="query-params")
    found["log_y"] = st.toggle(_("Logarithmic vertical axis"), key="logy", bind="query-params")
    found["gaps"] = st.toggle(
        _("Gap between validation and training"), key="gaps", bind="query-params",
        help=_("Training is averaged over the batches since the last validation and moved by half an interval, "
               "because it describes the model as it was on the way."),
    )  # fmt: skip
    grouped = any(run.group for run in runs) and len(runs) > 1
    found["grouped"] = st.toggle(
        _("Mean of each group of runs"), key="grouped", bind="query-params", disabled=not grouped,
        help=_("Runs of one group (seeds of the same setting) become a mean with one standard deviation on either "
               "side; the single runs stay visible, faint."),
    )  # fmt: skip
    found["clip"] = not st.toggle(
        _("Full range, outliers included"), key="full", bind="query-params",
        help=_("A few points that lie far away flatten the rest; they are cut off, counted and marked at the edge "
               "until this is on."),
    )  # fmt: skip
    return found
