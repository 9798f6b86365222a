"""How the slices page looks: what is shown, by which metric, from which size on."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app import loading, state
from app.components import choices
from app.components.slices import words
from app.i18n import _, language
from diagnostics.knowledge.numbers import integer
from diagnostics.slices.gauge import default_size, metrics_of
from diagnostics.types import Predictions, Task


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was chosen; `min_size` is None for the default."""

    mode: str
    metric: str
    min_size: int | None
    depth: int


def draw(predictions: Predictions) -> Reading:
    """Draw the switches.

    Raises
    ------
    NeedsAnswer
        Roles that the task needs are missing.
    """
    names, default = loading.measured(metrics_of, predictions)
    modes = {
        "search": _("Weak slices"), "own": _("My slices"), "column": _("One column"), "cross": _("Two columns"),
        "compare": _("Two sets"), "tree": _("Tree"),
    }  # fmt: skip
    mode = choices.one(_("Show"), modes, key="show", default="search")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        metric = default if mode == "compare" else _metric(names, default)
        smallest = loading.measured(default_size, predictions, metric)
        size = _size(smallest, predictions)
        depth = _depth() if mode == "search" else 3
    return Reading(
        mode=mode, metric=metric, min_size=None if size == smallest else size, depth=depth
    )  # fmt: skip


def _metric(names: tuple[str, ...], default: str) -> str:
    state.from_address("metric")
    if state.widget("metric") not in names:
        state.control("metric", default)
    chosen: str = st.selectbox(
        _("Metric"), names, format_func=words.metric, key="metric", width=260,
        help=_("By default the one that fits the task: recall where the positive class is rare, accuracy for other "
               "classes, mean absolute error for numbers, NDCG for rankings."),
    )  # fmt: skip
    state.to_address("metric", chosen, default=default)
    return chosen


def _size(smallest: int, predictions: Predictions) -> int:
    state.from_address("least")
    asked = str(state.widget("least") or "")
    # Another file or metric has another default: the old one must not stay behind as if it had been chosen.
    if not asked.isdigit() or state.recall("least_default") not in (smallest, None):
        asked = str(smallest)
    state.remember("least_default", smallest)
    state.control("least", max(1, int(asked)))
    unit = _("queries") if predictions.task is Task.RANKING else _("rows")
    chosen = st.number_input(
        _("Smallest slice"), min_value=1, step=10, key="least", width=150,
        help=_("Slices with fewer {unit} are greyed and get no number. Default for this file: {n}.").format(
            unit=unit, n=integer(smallest, language())
        ),
    )  # fmt: skip
    state.to_address("least", str(chosen), default=str(smallest))
    return int(chosen)


def _depth() -> int:
    offered = {"1": "1", "2": "2", "3": "3"}
    help = _("How many conditions a slice may combine. Three takes longer on large files.")
    return int(choices.one(_("Conditions"), offered, key="depth", default="2", help=help))
