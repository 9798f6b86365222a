"""What pages about one prediction set share: the picked set, the ways out where a page does not fit it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import loading, state
from app.components import links
from app.components.confusion import per_class
from app.components.files import labels
from app.components.text import escape
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.knowledge import error_text
from diagnostics.knowledge.numbers import interval, number
from diagnostics.types import MetricValue, Predictions, Task
from diagnostics.workspace import PredictionsEntry


def entry() -> PredictionsEntry | None:
    """The picked prediction set; draws an invitation and returns None where there is none."""
    picked = state.selection()
    offered = loading.prediction_sets(picked.project)
    if not offered:
        st.info(_("No prediction file in this project yet. Add a file with a true and a predicted column."))
        links.to_page("files", _("Runs & files") + " ›")
        return None
    return next((one for one in offered if one.id == picked.predictions), offered[0])


def fits(predictions: Predictions, tasks: Sequence[Task]) -> bool:
    """Whether the page can show a set of this task; says which page does where it cannot."""
    if predictions.task in tasks:
        return True
    names = {
        Task.BINARY: _("classification"), Task.MULTICLASS: _("classification"),
        Task.MULTILABEL: _("classification"), Task.REGRESSION: _("regression"), Task.RANKING: _("ranking"),
    }  # fmt: skip
    pages = {
        Task.REGRESSION: ("regression", _("Regression")),
        Task.RANKING: ("ranking", _("Ranking")),
    }
    page, title = pages.get(predictions.task, ("confusion", _("Confusion matrix")))
    text = _("The picked set is a {task}: this page does not apply to it. The page {page} shows it.")
    st.info(text.format(task=names[predictions.task], page=title))
    links.to_page(page, f"{title} ›")
    others = [one for one in loading.prediction_sets(state.selection().project) if one.task in tasks]
    if others:
        st.caption(_("Sets of this project that this page can show:"))
        for one in others[:5]:
            links.to_page(_here(tasks), f"{loading.label(one, others)} ›", predictions=one.id)
    return False


def _here(tasks: Sequence[Task]) -> str:
    return {Task.REGRESSION: "regression", Task.RANKING: "ranking"}.get(tasks[0], "thresholds")


def told(name: str, value: MetricValue) -> str:
    """A metric in one phrase of Markdown: name, value, interval, or why there is none."""
    if value.value is None:
        return f"{escape(name)} **–** :gray[({escape(per_class.reason(value.reason))})]"
    spread = interval(value.low, value.high, language())
    return f"{escape(name)} **{escape(number(value.value, language()))}**" + (
        f" :gray[({escape(spread)})]" if spread else ""
    )


def refused(predictions: Predictions, error: RunClinicError) -> None:
    """Say why a set cannot be measured, and where that is mended."""
    st.warning(escape(error_text(error, language())))
    if labels.unlabelled(predictions):
        st.caption(_("This set has answers and no true labels. Where they stand in another file, upload it and join "
                     "the two by the id of the rows."))  # fmt: skip
        links.to_page("files", _("Join labels on Runs & files") + " ›")
    else:
        links.to_page("files", _("Runs & files") + " ›")


def line(parts: Sequence[str]) -> None:
    """Draw phrases beside each other; they wrap on narrow screens."""
    with st.container(horizontal=True, gap="medium"):
        for part in parts:
            st.markdown(part, width="content")


def separators() -> str:
    """Decimal and thousands sign for figures."""
    return ",." if language() == "pt_BR" else ".,"
