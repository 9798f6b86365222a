"""What pages about one prediction set share: the picked set, the ways out where a page does not fit it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components import active_slice, links, picked_set
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
    found = picked_set.entry()
    if found is None:
        st.info(_("No prediction file in this project yet. Add a file with a true and a predicted column."))
        links.to_page("files", _("Runs & files") + " ›")
    return found


def opened(page: str) -> tuple[PredictionsEntry, Predictions] | None:
    """The picked set and its rows in the active slice; None, and a word on what to do, where there is none to show."""
    found = entry()
    if found is None:
        return None
    predictions = active_slice.picked(found)
    if predictions.task in picked_set.TASKS[page]:
        return found, predictions
    names = {Task.REGRESSION: _("regression"), Task.RANKING: _("ranking")}
    pages = {Task.REGRESSION: ("regression", _("Regression")), Task.RANKING: ("ranking", _("Ranking"))}
    other, title = pages.get(predictions.task, ("confusion", _("Confusion matrix")))
    text = _("No set of this project is for this page: the picked one is a {task}. The page {page} shows it.")
    st.info(text.format(task=names.get(predictions.task, _("classification")), page=title))
    links.to_page(other, f"{title} ›")
    return None


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
