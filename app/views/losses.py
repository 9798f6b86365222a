"""Loss explorer: what each row costs, how the cost comes about, and how few rows carry most of it."""

from __future__ import annotations

import streamlit as st

from app import loading, state
from app.components import chart, label_picker, set_page, sliders
from app.components.findings import topic
from app.components.rows import row_list
from app.components.text import escape, plain
from app.i18n import _, language
from diagnostics.exceptions import RunClinicError
from diagnostics.figures.axes import AxisWords
from diagnostics.figures.histograms import histogram
from diagnostics.figures.histograms_share import concentration
from diagnostics.knowledge.numbers import integer, number, percent
from diagnostics.metrics.registry import value as metric_value
from diagnostics.queries.losses import LossGroups, LossSpread, RowLoss, loss_groups, loss_spread, row_loss
from diagnostics.types import Predictions, Task

TOPIC = (
    "suspected_label_errors", "residual_outliers", "miscalibration", "duplicated_rows", "duplicate_ids",
    "rare_class_low_recall", "scores_not_probabilities",
)  # fmt: skip


def render() -> None:
    """Draw the page."""
    st.title(_("Loss explorer"), anchor=False)
    st.caption(_("What does each row cost, why, and how few rows carry most of it?"))
    opened = set_page.opened("losses")
    if opened is None:
        return
    entry, predictions = opened
    topic.draw(entry, TOPIC)
    try:
        _losses(label_picker.draw(predictions))
    except RunClinicError as error:
        set_page.refused(predictions, error)


def _losses(predictions: Predictions) -> None:
    alpha = None
    if predictions.task is Task.REGRESSION:
        chosen = sliders.slide(
            _("Alpha: weight of answers that are too low"), 0.01, 0.99, key="alpha", default=0.5, step=0.01,
            help=_("At 0.5 the loss is the squared residual; elsewhere alpha × residual² where the answer was too low "
                   "and (1 − alpha) × residual² where it was too high."),
        )  # fmt: skip
        alpha = None if chosen == 0.5 else chosen
    loss = row_loss(predictions, alpha=alpha)
    found = loading.measured(_spread, predictions, alpha)
    if not found.n:
        st.warning(_("No row has a loss: the truth, the prediction or the probabilities are missing everywhere."))
        return
    key = f"{predictions.digest[:12]}{predictions.digest[64:]}-{loss.kind}"
    _headline(found, loss)
    _charts(found, key)
    if predictions.task is not Task.REGRESSION and predictions.roles.truth:
        _classes(loading.measured(_by_class, predictions, predictions.roles.truth), found, key)
    st.header(_("Rows by what they cost"), anchor=False)
    row = row_list.draw(predictions, where="", key=f"losses-{key}", empty=_("No row."), loss=loss, chosen=_named_row())
    state.to_address("row", None if row is None else str(row + 1))
    with st.expander(_("How this is counted")):
        _method(loss, found)


def _spread(predictions: Predictions, alpha: float | None) -> LossSpread:
    return loss_spread(predictions, row_loss(predictions, alpha=alpha))


def _by_class(predictions: Predictions, column: str) -> LossGroups:
    return loss_groups(predictions, row_loss(predictions), column)


def _named_row() -> int | None:
    """The row that a link names, counted from 1 there."""
    asked = state.asked("row")
    return int(asked) - 1 if asked.isdecimal() and int(asked) > 0 else None


def titles() -> dict[str, str]:
    """Names of the losses."""
    return {
        "log_loss": _("Log loss"), "confidence_loss": _("Log loss of the confidence"),
        "zero_one": _("Share of mistakes"), "squared": _("Squared error"),
        "asymmetric_squared": _("Asymmetric squared error"),
    }  # fmt: skip


def _headline(found: LossSpread, loss: RowLoss) -> None:
    half = 1.96 * found.deviation / found.n**0.5
    name = loss.kind if loss.kind == "log_loss" else "mean_loss"
    mean = metric_value(name, found.mean, found.n, low=max(0.0, found.mean - half), high=found.mean + half)
    parts = [set_page.told(titles()[loss.kind], mean)]
    if found.total > 0:
        for part in (1, 10):
            if len(found.share) > part:
                share = percent(float(found.share[part]), language())
                rows = percent(float(found.rows[part]), language())
                text = _("The costliest {rows} of the rows carry {share}")
                parts.append(text.format(rows=escape(rows), share=f"**{escape(share)}**"))
    parts.append(f"{_('Rows')} **{escape(integer(found.n, language()))}**")
    set_page.line(parts)


def _charts(found: LossSpread, key: str) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(_("How the loss is spread"), anchor=False)
        words = AxisWords(x=_("loss of a row"), y=_("rows"), separators=set_page.separators())
        groups = [(_("rows"), found.counts)]
        figure = histogram(found.edges, groups, words, state.theme(), at=found.mean, height=320, logarithmic=True)
        alt = _("Histogram of the loss of a row on a logarithmic scale; mean {mean}, largest {largest}.").format(
            mean=number(found.mean, language()), largest=number(found.largest, language())
        )
        chart.chart(figure, key=f"loss-{key}", alt=alt, file="loss")
    with right:
        st.header(_("How few rows carry it"), anchor=False)
        if found.total <= 0:
            st.caption(_("No row costs anything."))
            return
        words = AxisWords(x=_("rows, costliest first"), y=_("part of the total loss"), separators=set_page.separators())
        figure = concentration(found.rows, found.share, words, state.theme())
        alt = _("Part of the total loss carried by the costliest rows; the dotted line is an even spread.")
        chart.chart(figure, key=f"carried-{key}", alt=alt, file="loss-concentration")


def _classes(groups: LossGroups, found: LossSpread, key: str) -> None:
    st.header(_("By true class"), anchor=False)
    half = [1.96 * d / n**0.5 if n > 1 else None for d, n in zip(groups.deviation, groups.count, strict=True)]
    st.dataframe(
        {
            _("Class"): [plain(name) or _("(missing)") for name in groups.names],
            _("Rows"): groups.count.astype(int).tolist(),
            _("Mean loss"): groups.mean.round(5).tolist(),
            _("± (95 %)"): [None if one is None else round(float(one), 5) for one in half],
            _("Part of the total"): [
                percent(float(one) / found.total, language()) if found.total else "–" for one in groups.total
            ],
        },
        hide_index=True,
        key=f"classes-{key}",
        alt=_("Loss by true class"),
    )


def _method(loss: RowLoss, found: LossSpread) -> None:
    known = {
        "log_loss": _("The loss of a row is minus the natural logarithm of the probability its true class got; "
                      "probabilities are normalised to one and clipped at 1e-15, logits go through the softmax."),
        "confidence_loss": _("Only the confidence of the answer is stored: the loss is minus the logarithm of the "
                             "confidence where the answer is right, of one minus it where it is wrong."),
        "zero_one": _("There are no probabilities, so a row costs 0 where it is right and 1 where it is wrong. Save "
                      "probabilities to see which mistakes were sure."),
        "squared": _("The loss of a row is the square of truth minus prediction."),
        "asymmetric_squared": _("The loss of a row is the square of its residual, weighted by the side it lies on."),
    }  # fmt: skip
    lines = [known[loss.kind], _("Rows are not weighted here.")]
    if found.undefined:
        lines.append(_("{n} rows have no loss and are left out.").format(n=integer(found.undefined, language())))
    st.markdown("\n".join(f"- {line}" for line in lines))
