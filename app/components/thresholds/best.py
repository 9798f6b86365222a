"""The best threshold for the goal: where it is, how sure that is, and what it gains over the one in use."""

from __future__ import annotations

import streamlit as st

from app import state
from app.components.text import escape
from app.components.thresholds.goal import Goal
from app.i18n import _, language
from diagnostics.knowledge.numbers import interval, number
from diagnostics.metrics.thresholds import BestThreshold

SLIDER = "threshold"


def draw(best: BestThreshold | None, goal: Goal) -> None:
    """Draw one sentence, and a button that moves the slider there."""
    if best is None:
        st.info(_("No threshold reaches this goal in this file."))
        return
    said = _("Best threshold: **{threshold}** (95 % interval {low} to {high}); {metric} there: **{value}**.").format(
        threshold=_n(best.threshold), low=_n(best.low), high=_n(best.high), metric=escape(goal.title),
        value=_n(_shown(best.value, goal)),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"{said} {_gain(best, goal)}".strip(), width="stretch")
        st.button(_("Move to the best"), key="move_best", on_click=_move, args=(best.threshold,))


def _gain(best: BestThreshold, goal: Goal) -> str:
    if best.used is None or best.gain is None or best.gain_low is None or best.gain_high is None:
        return _("The threshold in use is not known, so no gain can be told.")
    spread = escape(interval(best.gain_low, best.gain_high, language()))
    used, now = _n(best.used), _n(_shown(best.used_value or 0.0, goal))
    if best.gain_low <= 0:
        text = _("The decisions in the file come from {used} ({now}); moving would gain {gain} ({spread}), which may "
                 "be chance.")  # fmt: skip
    else:
        text = _("The decisions in the file come from {used} ({now}); moving gains **{gain}** ({spread}) on rows the "
                 "threshold was not chosen on.")  # fmt: skip
    return text.format(used=used, now=now, gain=_n(best.gain), spread=spread)


def _shown(value: float, goal: Goal) -> float:
    """Goals are maximised, so a cost is kept with its sign turned."""
    return -value if goal.lower_is_better else value


def _n(value: float) -> str:
    return escape(number(value, language()))


def _move(threshold: float) -> None:
    state.control(SLIDER, float(threshold))
