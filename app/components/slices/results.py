"""What the search for weak slices found: how many were tried, which survived, which columns were left out and why."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.components.slices import forest, search, table, words
from app.components.slices.controls import Reading
from app.components.text import escape
from app.i18n import _, language, ngettext
from diagnostics.knowledge.numbers import integer, percent
from diagnostics.slices.attributes import LeftOut
from diagnostics.slices.surveying import Survey, survey
from diagnostics.types import Predictions


def draw(predictions: Predictions, reading: Reading) -> Survey | None:
    """Draw the search; None while it is still running.

    Raises
    ------
    RunClinicError
        The set cannot be searched.
    """
    found = search.result(survey, predictions, reading.metric, reading.min_size, reading.depth)
    if found is None:
        return None
    _header(found)
    if found.slices:
        forest.draw(found.slices, found.overall, key=f"search-{predictions.digest[:12]}", unit=found.unit)
        st.caption(_advice(found))
        table.draw(
            found.slices, found.overall, key=f"slices-{predictions.digest[:12]}", alt=_("Weak slices, worst first")
        )
        st.caption(_legend(found))
        _related(found)
    left_out(found.left_out)
    return found


def _header(found: Survey) -> None:
    with st.container(key="rc-verdict-slices", gap="xsmall"):
        st.markdown(f"**{escape(_sentence(found))}**")
        said = [
            f"{words.metric(found.metric)}: {words.value(found.overall)}",
            _("slices from {n} {unit} on").format(n=integer(found.min_size, language()), unit=_unit(found.unit)),
        ]
        if found.attributes:
            said.append(_("searched: {columns}").format(columns=", ".join(found.attributes[:12])))
        st.caption(escape(" · ".join(said)))
        if found.opened:
            text = _(
                "All single conditions were tried, and pairs under the {n} that look worst, in the random deals too."
            )
            st.caption(escape(text.format(n=found.opened)))
        if found.searched < found.units:
            text = _("Searched on an even sample of {n} rows; what is listed is measured on all.")
            st.caption(escape(text.format(n=integer(found.searched, language()))))
        if found.searched_by != found.metric:
            text = _("{metric} is no mean over rows: slices are found by {other} and then measured by {metric}.")
            st.caption(escape(text.format(metric=words.metric(found.metric),
                                          other=words.metric(found.searched_by))))  # fmt: skip


def _sentence(found: Survey) -> str:
    if not found.attributes:
        return _("There is no column to slice by.")
    n, tested = len(found.slices), integer(found.tested, language())
    head = ngettext("Tested {n} slice", "Tested {n} slices", found.tested).format(n=tested)
    if not n:
        return _("{tested}; none is worse than chance explains.").format(tested=head)
    survived = integer(found.survived, language())
    text = ngettext("{tested}; {survived} survives.", "{tested}; {survived} survive.", found.survived)
    if found.survived > n:
        text = ngettext("{tested}; {survived} survive and overlap, so they are told as {n}.",
                        "{tested}; {survived} survive and overlap, so they are told as {n}.", n)  # fmt: skip
    return text.format(tested=head, survived=survived, n=n)


def _unit(code: str) -> str:
    return {"queries": _("queries"), "positives": _("positive rows")}.get(code, _("rows"))


def _advice(found: Survey) -> str:
    return _("Click a dot or tick a row to narrow every page to that slice. The area of a dot follows its rows; "
             "whiskers are 95 % intervals.")  # fmt: skip


def _legend(found: Survey) -> str:
    text = _("Adjusted p: corrected for all slices tried, so that of what is listed about {share} is chance.")
    if found.familywise:
        text = _("Adjusted p: how often the worst slice of a random deal looks as bad; {share} is the chance that "
                 "anything at all is listed by chance.")  # fmt: skip
    said = [text.format(share=percent(found.level, language()))]
    if any(one.shrunk for one in found.slices):
        said.append(_("Differences to the rest are shrunk, because the worst of many looks worse than it is; "
                      "the other numbers are as counted."))  # fmt: skip
    return " ".join(said)


def _related(found: Survey) -> None:
    named = [(one, one.params.get("related", [])) for one in found.slices]
    if not any(others for _one, others in named):
        return
    with st.expander(_("Overlapping slices that are told as one")):
        for one, others in named:
            if others:
                st.markdown(f"**{escape(words.told(one.predicate))}**")
                st.markdown("\n".join(_other(other) for other in others))


def _other(other: dict[str, object]) -> str:
    text = _("{slice}: n = {n}, shares {overlap} of their rows")
    told = text.format(slice=words.told(other["predicate"]), n=integer(other["n"], language()),
                       overlap=percent(other["overlap"], language()))  # fmt: skip
    return f"- {escape(told)}"


def left_out(columns: Sequence[LeftOut]) -> None:
    """Draw the columns that are not sliced by, each with the reason."""
    if not columns:
        return
    title = ngettext("{n} column left out, and why", "{n} columns left out, and why", len(columns))
    with st.expander(title.format(n=len(columns))):
        st.markdown("\n".join(f"- **{escape(c.column)}**: {escape(words.left_out(c.reason))}" for c in columns))
