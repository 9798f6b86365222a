"""Ranking: how well the groups are ordered, whether size matters, and which groups come out worst."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import chart, set_page, sliders
from app.components.confusion import per_class
from app.components.findings import topic
from app.components.rows import row_list
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.figures.axes import AxisWords
from diagnostics.figures.histograms import histogram
from diagnostics.figures.ranking import scores
from diagnostics.knowledge.numbers import integer, number
from diagnostics.metrics import compute
from diagnostics.metrics.group_sizes import by_size, spread, worst
from diagnostics.queries import group_ndcg
from diagnostics.queries.cutting import in_group
from diagnostics.types import GroupScores, MetricValue, Predictions

DEPTHS = (1, 3, 5, 10, 20, 50)
LISTED = 100


def render() -> None:
    """Draw the page."""
    st.title(_("Ranking"), anchor=False)
    st.caption(_("How well are the groups ordered, and which come out worst?"))
    opened = set_page.opened("ranking")
    if opened is None:
        return
    entry, predictions = opened
    topic.draw(entry)
    try:
        _groups(predictions)
    except RunClinicError as error:
        set_page.refused(predictions, error)


def _groups(predictions: Predictions) -> None:
    k = sliders.whole(
        _("Places that count (k)"), key="k", default=10, low=1, high=1000,
        help=_("NDCG@k looks at the first k rows of each group, as the score orders them. 1 is a perfect order."),
    )  # fmt: skip
    found = loading.measured(group_ndcg, predictions, k)
    overall = compute("ndcg", groups=found)
    undefined = len(found.groups) - overall.n
    set_page.line([
        set_page.told(f"NDCG@{k}", overall),
        f"{_('Groups')} **{escape(integer(len(found.groups), language()))}**",
        _("{n} without a relevant row").format(n=integer(undefined, language())),
        f"{_('Rows')} **{escape(integer(int(found.size.sum()), language()))}**",
    ])  # fmt: skip
    if overall.value is None:
        st.warning(_("No group has a relevant row: there is nothing to rank first."))
        return
    key = f"{predictions.digest[:12]}-{k}"
    _charts(predictions, found, overall, k, key)
    _sizes(found, key)
    _worst(predictions, found, k, key)
    with st.expander(_("How this is counted")):
        _method(predictions)


def _charts(predictions: Predictions, found: GroupScores, overall: MetricValue, k: int, key: str) -> None:
    left, right = st.columns(2, gap="medium")
    names = {"interval": _("95 %:"), "groups": _("groups")}
    with left:
        st.header(_("By places that count"), anchor=False)
        depths = sorted({*DEPTHS, k})
        rows = [(f"@{d}", compute("ndcg", groups=loading.measured(group_ndcg, predictions, d))) for d in depths]
        words = AxisWords(x="k", y="NDCG@k", separators=set_page.separators(), names=names)
        alt = _("NDCG by the number of places that count: {told}.").format(
            told="; ".join(f"{label} {number(value.value, language())}" for label, value in rows)
        )
        chart.chart(scores(rows, words, state.theme()), key=f"depths-{key}", alt=alt, file="ndcg-by-k")
    with right:
        st.header(_("Over the groups"), anchor=False)
        edges, counts = spread(found)
        words = AxisWords(x=f"NDCG@{k}", y=_("groups"), separators=set_page.separators())
        figure = histogram(edges, [(_("groups"), counts)], words, state.theme(), at=overall.value, height=320)
        alt = _("Histogram of NDCG over the groups; the line is the mean, {mean}.").format(
            mean=number(overall.value, language())
        )
        chart.chart(figure, key=f"groups-{key}", alt=alt, file="ndcg-groups")


def _sizes(found: GroupScores, key: str) -> None:
    st.header(_("By size of the group"), anchor=False)
    ranges = by_size(found)
    names = [f"{one.low}–{one.high}" if one.low < one.high else str(one.low) for one in ranges]
    st.dataframe(
        {
            _("Rows in the group"): names,
            _("Groups"): [one.groups for one in ranges],
            _("Without a relevant row"): [one.undefined for one in ranges],
            _("Mean NDCG"): [None if one.score.value is None else round(one.score.value, 4) for one in ranges],
            _("Mean NDCG, 95 %"): [per_class.spread(one.score) for one in ranges],
        },
        hide_index=True,
        key=f"sizes-{key}",
        alt=_("NDCG by size of the group"),
    )
    st.caption(_("Small groups are ordered well by chance more easily: compare groups of one size."))


def _worst(predictions: Predictions, found: GroupScores, k: int, key: str) -> None:
    st.header(_("Worst groups"), anchor=False)
    listed = worst(found, LISTED)
    said = st.dataframe(
        {
            _("Group"): [plain(name) for name in listed.groups],
            _("Rows"): listed.size.tolist(),
            f"NDCG@{k}": listed.value.round(4).tolist(),
        },
        hide_index=True,
        height=min(38 * len(listed.groups) + 40, 420),
        key=f"worst-{key}",
        on_select="rerun",
        selection_mode="single-row",
        alt=_("Groups with the lowest score"),
    )
    ticked = said["selection"]["rows"]
    if not ticked or ticked[0] >= len(listed.groups):
        st.caption(_("Tick a group to see its rows in the order of the score."))
        return
    group = listed.groups[ticked[0]]
    st.markdown(f"**{escape(group)}**")
    where = in_group(predictions, group)
    order = predictions.roles.score or predictions.roles.predicted or ""
    row_list.draw(predictions, where=where, key=f"group-{key}-{ticked[0]}", empty=_("No row."), order=order)


def _method(predictions: Predictions) -> None:
    lines = [
        _("NDCG@k of a group: gains of its rows, divided by the logarithm of their place, against the best possible "
          "order. Tied scores share their places."),
        _("The mean counts every group once; its interval comes from the spread between groups."),
        _("A group without a relevant row, or with a negative relevance, has no score and is not counted as 0."),
    ]  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines))
