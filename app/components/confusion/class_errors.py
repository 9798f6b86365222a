"""One class looked at closely: what its missed and its falsely answered rows have in common, and how sure they were."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import choices, set_page
from app.components.rows import row_list
from app.components.text import escape, plain
from app.i18n import _, language, ngettext
from diagnostics import queries
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge.numbers import integer, percent, percent_interval
from diagnostics.metrics.lift import Lift, lifts
from diagnostics.queries.losses import row_loss
from diagnostics.queries.over_represented import NEAR, SURE, Sureness, sureness, value_counts
from diagnostics.types import ConfusionCounts, Predictions

LISTED = 25


def draw(predictions: Predictions, confusion: ConfusionCounts, key: str, *, first: str = "") -> None:
    """Draw the choice of class and side, and what its errors have in common; `first` is chosen at first."""
    st.header(_("Errors of one class"), anchor=False)
    usual = first or confusion.classes[int((confusion.support - confusion.correct).argmax())]
    state.from_address("class")
    if state.widget("class") not in confusion.classes:
        state.control("class", usual)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name: str = st.selectbox(_("Class"), confusion.classes, format_func=plain, key="class", width=300)
        state.to_address("class", name, default=usual)
        sides = {"missed": _("Missed (false negatives)"), "false": _("Wrongly answered (false positives)")}
        side = choices.one(_("Errors"), sides, key="errors", default="missed")
    errors, among = loading.measured(_conditions, predictions, name, side)
    wrong = queries.count(predictions, where=errors)
    if not wrong:
        st.caption(_("There is none."))
        return
    rows = queries.count(predictions, where=among)
    text = _("**{errors}** of {rows} rows ({share}; 95 %: {interval})")
    parts = [text.format(errors=_n(wrong), rows=_n(rows), share=_p(wrong / rows), interval=_interval(wrong, rows))]
    parts += _sure(predictions, errors)
    set_page.line(parts)
    found = lifts(loading.measured(value_counts, predictions, errors, among), wrong, rows)
    _table(found, key=f"{key}-{name}-{side}")
    with st.expander(_("The rows")):
        row_list.draw(predictions, where=errors, key=f"errors-{key}-{name}-{side}", empty=_("No row."))


def _conditions(predictions: Predictions, name: str, side: str) -> tuple[str, str]:
    """SQL of the errors, and of the rows they are counted among: the class's own rows, or all others."""
    own, answered = queries.cell(predictions, name, None), queries.cell(predictions, None, name)
    truth = predictions.roles.truth or ""
    others = f"NOT ({own}) AND {queries.engine.quote(truth)} IS NOT NULL"
    return (f"({own}) AND NOT ({answered})", own) if side == "missed" else (f"{others} AND ({answered})", others)


def _sure(predictions: Predictions, errors: str) -> list[str]:
    try:
        loss = row_loss(predictions)
    except RunClinicError:
        return []
    if "behind" not in loss.terms:
        return []
    terms = (loss.terms["behind"], loss.terms["probability_of_answer"])
    found: Sureness = loading.measured(sureness, predictions, errors, *terms)
    near, sure = percent(NEAR, language()), percent(SURE, language())
    return [
        _("hard (truth less than {near} behind): **{n}**").format(near=escape(near), n=_n(found.hard)),
        _("silly (wrong with at least {sure}): **{n}**").format(sure=escape(sure), n=_n(found.silly)),
        _("between: **{n}**").format(n=_n(found.between)),
    ]


def _table(found: tuple[Lift, ...], key: str) -> None:
    clear = sum(one.clear for one in found)
    if not found:
        st.caption(_("The file has no attributes to compare these rows by."))
        return
    if clear:
        text = ngettext(
            "{n} value goes along with these errors by more than chance, adjusted for all values tried.",
            "{n} values go along with these errors by more than chance, adjusted for all values tried.", clear,
        )  # fmt: skip
        st.caption(text.format(n=_n(clear)))
    else:
        st.caption(_("No value of an attribute goes along with these errors by more than chance explains."))
    shown = found[:LISTED]
    st.dataframe(
        {
            _("Attribute"): [plain(one.column) for one in shown],
            _("Value"): [plain(one.value) or _("(missing)") for one in shown],
            _("Errors"): [one.errors for one in shown],
            _("Rows"): [one.rows for one in shown],
            _("Share"): [f"{_q(one.share)} ({percent_interval(one.share_low, one.share_high, language())})"
                         for one in shown],
            _("Elsewhere"): [_q(one.rest) for one in shown],
            _("More than chance"): [one.clear for one in shown],
        },
        hide_index=True,
        key=f"lift-{key}",
        alt=_("Values of attributes that are more frequent among these errors"),
    )  # fmt: skip


def _interval(errors: int, rows: int) -> str:
    from diagnostics.metrics.intervals import wilson

    low, high = wilson(errors, rows) or (0.0, 1.0)
    return escape(percent_interval(low, high, language()))


def _q(value: float) -> str:
    return percent(value, language())


def _p(value: float) -> str:
    return escape(percent(value, language()))


def _n(value: int) -> str:
    return escape(integer(value, language()))
