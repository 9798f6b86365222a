"""The chart of the curves page: samples the runs for what is on the screen, draws, and says what it left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from app import state
from app.components import chart
from app.components.curves import rail
from app.components.curves import words as curve_words
from app.components.text import escape
from app.i18n import _, language, ngettext
from diagnostics import figures
from diagnostics.curves import Facet, View, facets, oddities, places
from diagnostics.knowledge.numbers import integer
from diagnostics.types import Finding, Run

KEY = "curves_chart"


def draw(runs: Sequence[Run], found: Sequence[Finding], view: View) -> int | None:
    """Draw the chart with its rail; return the place in `found` of the finding that is open, or None."""
    frame = {"axis": str(view.axis), "log": view.log_x, "runs": "".join(run.digest[:8] for run in runs)}
    shown = replace(view, window=chart.zoom(KEY, frame))
    drawn = facets(runs, shown)
    if not any(facet.traces for facet in drawn):
        st.info(_("None of these curves has this axis. Choose another one above."))
        return None
    words, theme = curve_words.words(drawn, view.axis), state.theme()
    figure = figures.curves(drawn, places(runs, found, view.axis), shown, words, theme)
    events = chart.chart(
        figure,
        key=KEY,
        alt=curve_words.alternative(drawn, view.axis),
        file="curves",
        legend=figures.key(drawn, words, theme),
        rail=rail.items(found, several=len(runs) > 1),
        zoomable=frame,
    )
    st.caption(" ".join(_remarks(runs, drawn, shown)))
    return events.selected if events.selected is not None and events.selected < len(found) else None


def _remarks(runs: Sequence[Run], drawn: Sequence[Facet], view: View) -> list[str]:
    """Everything the picture alone would hide."""
    said = [_points(drawn), _cut(drawn), _unshown(drawn), _missing(drawn, view), _odd(runs)]
    if view.grouped and any(facet.spreads for facet in drawn):
        said.append(_("Bands: mean and one standard deviation of the runs of a group."))
    return [sentence for sentence in said if sentence]


def _points(drawn: Sequence[Facet]) -> str:
    total = sum(trace.total for facet in drawn for trace in facet.traces)
    shown = sum(facet.points for facet in drawn)
    if shown >= total:
        return ""
    text = _("{shown} of {total} points are drawn: the lowest and the highest of every few pixels. Drag over the "
             "chart to see more of them; a double click goes back.")  # fmt: skip
    return text.format(shown=integer(shown, language()), total=integer(total, language()))


def _cut(drawn: Sequence[Facet]) -> str:
    cut = [(facet, facet.range.above + facet.range.below) for facet in drawn if facet.range and facet.range.clipped]
    if not cut:
        return ""
    parts = ", ".join(
        ngettext("{n} point of {metric}", "{n} points of {metric}", n).format(
            n=integer(n, language()), metric=escape(curve_words.metric_name(facet.metric))
        )
        for facet, n in cut
    )
    return _("Outside the vertical range and marked at its edge: {points} (More: full range).").format(points=parts)


def _unshown(drawn: Sequence[Facet]) -> str:
    n = sum(facet.range.unshown for facet in drawn if facet.range)
    text = ngettext(
        "{n} value at or below zero has no place on a logarithmic axis; it is marked at the lower edge.",
        "{n} values at or below zero have no place on a logarithmic axis; they are marked at the lower edge.",
        n,
    )
    return text.format(n=integer(n, language())) if n else ""


def _missing(drawn: Sequence[Facet], view: View) -> str:
    names = list(dict.fromkeys(name for facet in drawn for name in facet.without_axis))
    if not names:
        return ""
    return _("Not shown, because they do not log this axis ({axis}): {runs}.").format(
        axis=curve_words.axis_title(view.axis), runs=", ".join(escape(name) for name in names)
    )


def _odd(runs: Sequence[Run]) -> str:
    facts = [fact for run in runs for fact in oddities(run)]
    nonfinite, repeated = sum(fact.nonfinite for fact in facts), sum(fact.repeated for fact in facts)
    said = []
    if nonfinite:
        said.append(
            ngettext(
                "{n} value is NaN or infinite: marked at the edge, a gap in the line.",
                "{n} values are NaN or infinite: marked at the edge, gaps in the lines.",
                nonfinite,
            ).format(n=integer(nonfinite, language()))
        )
    if repeated:
        said.append(
            ngettext(
                "{n} point repeats a step that was logged before; both are drawn.",
                "{n} points repeat a step that was logged before; all are drawn.",
                repeated,
            ).format(n=integer(repeated, language()))
        )
    if any(len(run.segments) > 1 for run in runs):
        said.append(_("Restarted logs: the parts before and after are never joined."))
    return " ".join(said)
